import { type Output, outputTo } from "../src/terminal.ts";

/** Makes an output without colours that keeps what is written to it. */
export function recordingOutput(overrides: Partial<Output> = {}): Output & { readonly text: () => string } {
  let text = "";
  return {
    ...outputTo(process.stderr, { NO_COLOR: "1" }),
    async write(part) {
      text += part;
    },
    ...overrides,
    text: () => text,
  };
}

import type { Output } from "./terminal.ts";

const FIRST_AFTER_MS = 300;
const EVERY_MS = 100;

/** A line that tells how far long work is. */
export interface ProgressLine {
  /** Shows the text, when it is time to; it is made only then. */
  show(text: () => string): void;
  /** Takes the line away. */
  clear(): void;
}

/** Starts a progress line: silent where nobody looks, and during the first moments, so that quick work shows none. */
export function progressLine(err: Output): ProgressLine {
  if (!err.isTerminal) return { show() {}, clear() {} };
  let next = performance.now() + FIRST_AFTER_MS;
  let shown = false;
  return {
    show(text) {
      const now = performance.now();
      if (now < next) return;
      next = now + EVERY_MS;
      shown = true;
      void err.write(`\r\x1b[K${err.colors.dim(text().slice(0, err.width - 1))}`);
    },
    clear() {
      if (shown) void err.write("\r\x1b[K");
      shown = false;
    },
  };
}

import { expect, it } from "vitest";
import { decodeText } from "./decode-text.ts";
import { textCache } from "./text-cache.ts";

it("keeps a byte order mark, as the samples do", () => {
  for (const text of ["\uFEFFa", `\uFEFF${"é".repeat(50)}`]) {
    const bytes = new TextEncoder().encode(text);
    expect(decodeText(bytes, 0, bytes.length)).toBe(text);
    expect(textCache()(bytes)).toBe(text);
  }
});

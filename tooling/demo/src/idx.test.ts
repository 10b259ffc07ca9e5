import { describe, expect, it } from "vitest";
import { parseIdx } from "./idx.ts";

const small = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

describe("IDX files", () => {
  it("give shape and elements", () => {
    expect(parseIdx(small, 2)).toEqual({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  });

  it.each([
    ["a cut header", small.subarray(0, 11), /12 bytes, got 11/],
    ["another start", Uint8Array.of(1, ...small.subarray(1)), /two zero bytes/],
    ["another element type", Uint8Array.of(0, 0, 0x0d, ...small.subarray(3)), /0xd/],
    ["another rank", Uint8Array.of(0, 0, 8, 3, ...small.subarray(4)), /rank 2, got 3/],
    ["missing elements", small.subarray(0, -1), /2×3 needs 18 bytes, the file has 17/],
    ["elements too many", Uint8Array.of(...small, 0), /needs 18 bytes, the file has 19/],
  ])("are refused with %s", (_, bytes, message) => {
    expect(() => parseIdx(bytes, 2)).toThrow(message);
  });
});

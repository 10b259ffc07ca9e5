import { describe, expect, it } from "vitest";
import { partBytes } from "./s3-upload.ts";

describe("partBytes", () => {
  it("grows so that 10,000 parts make the longest object that S3 takes, each of a length it takes", () => {
    let total = 0;
    for (let n = 0; n < 10_000; n++) total += partBytes(n);
    expect(total).toBeGreaterThan(5 * 2 ** 40);
    expect(partBytes(9_999)).toBeLessThanOrEqual(5 * 2 ** 30);
    expect(new Set(Array.from({ length: 5000 }, (_, n) => partBytes(n)))).toEqual(new Set([8 << 20]));
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatToHalf, halfToFloat } from "./half.ts";

const oracle = new (globalThis as unknown as { Float16Array: new (n: number) => Float32Array }).Float16Array(1);
const bits = new Uint16Array(oracle.buffer);

describe("halfToFloat and floatToHalf", () => {
  it("agree with the runtime on all 65,536 halves, both ways", () => {
    for (let half = 0; half < 65_536; half++) {
      bits[0] = half;
      const value = oracle[0] as number;
      if (!Object.is(halfToFloat(half), value)) expect(halfToFloat(half)).toBe(value);
      if (!Number.isNaN(value) && floatToHalf(value) !== half) expect(floatToHalf(value)).toBe(half);
    }
  });

  it("round numbers as the runtime does, ties included", () => {
    const near = fc.tuple(fc.nat({ max: 0x7bff }), fc.double({ min: 0, max: 1 })).map(([half, part]) => {
      return halfToFloat(half) + part * (halfToFloat(half + 1) - halfToFloat(half));
    });
    const tie = fc.nat({ max: 0x7bfe }).map((half) => (halfToFloat(half) + halfToFloat(half + 1)) / 2);
    const agree = fc.property(fc.oneof(near, tie, fc.double()), (value) => {
      oracle[0] = value;
      expect(halfToFloat(floatToHalf(value))).toBe(oracle[0]);
    });
    fc.assert(agree, { numRuns: 2000 });
  });
});

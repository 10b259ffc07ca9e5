import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BloomFilter } from "./bloom.ts";
import { columnValue } from "./column-value.ts";

const int = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.maxSafeInteger());
const values = {
  string: fc.string({ unit: "grapheme" }),
  int64: int,
  double: fc.double({ noNaN: true }),
  boolean: fc.boolean(),
} as const;

describe("a Bloom filter", () => {
  it("has every value that was added, however much it was folded", () => {
    for (const [type, value] of Object.entries(values)) {
      const added = fc.array(value as fc.Arbitrary<string>, { maxLength: 40 });
      fc.assert(
        fc.property(added, fc.constantFrom(32, 64, 4096), (all, maxBytes) => {
          const filter = new BloomFilter(type as "string", 2 ** 15);
          for (const one of all) filter.add(one);
          const short = filter.shrink(maxBytes);
          if (short === undefined) return;
          expect(short.toBytes().length).toBeLessThanOrEqual(maxBytes);
          const read = BloomFilter.fromBytes(type as "string", short.toBytes());
          for (const one of all) expect([filter, short, read].map((f) => f.mayHave(one))).toEqual([true, true, true]);
        }),
      );
    }
  });

  it("rules most other values out", () => {
    const filter = new BloomFilter("string", 2 ** 15);
    for (let i = 0; i < 1000; i++) filter.add(`in-${i}`);
    const short = filter.shrink(2 ** 12) as BloomFilter;
    let wrong = 0;
    for (let i = 0; i < 10_000; i++) if (short.mayHave(`out-${i}`)) wrong++;
    expect(short.toBytes().length).toBe(1024);
    // Four of half the bits: at most one in sixteen, and some to spare.
    expect(wrong).toBeLessThan(1000);
    expect(wrong).toBeGreaterThan(0);
  });

  it("takes equal numbers of any form for one, and has no value of another kind", () => {
    const filter = new BloomFilter("int64", 256);
    filter.add(7n);
    filter.add(-0);
    expect([7, 7n, 0, 0n].map((value) => filter.mayHave(value))).toEqual([true, true, true, true]);
    expect([7.5, "7", true, Number.NaN, 2n ** 63n].map((value) => filter.mayHave(value))).not.toContain(true);
  });

  it("is not given when it would be more than half full", () => {
    const filter = new BloomFilter("int64", 256);
    for (let i = 0; i < 200; i++) filter.add(i);
    expect(filter.full).toBe(true);
    expect(filter.shrink(32)).toBeUndefined();
  });

  it("refuses lengths that it cannot have", () => {
    for (const length of [0, 16, 33, 2 ** 22]) {
      expect(() => BloomFilter.fromBytes("string", new Uint8Array(length))).toThrow(`have ${length} bytes`);
    }
  });
});

describe("the one form of a value", () => {
  it("is shared by numbers that are equal, and by no others", () => {
    const number = fc.oneof(int, fc.double(), fc.constantFrom(2 ** 53, 2 ** 63, -(2 ** 63), 2n ** 53n, 0.5, -0));
    fc.assert(
      fc.property(number, number, fc.constantFrom("int64" as const, "double" as const), (a, b, type) => {
        const [x, y] = [columnValue(type, a), columnValue(type, b)];
        if (x === undefined || y === undefined) return;
        expect(x === y).toBe(a <= b && a >= b);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cast } from "./cast.ts";
import type { CastKind } from "./field-lens-spec.ts";

describe("cast", () => {
  it.each<[unknown, CastKind, unknown]>([
    [2.9, "int", 2],
    [-2.9, "int", -2],
    [-0.5, "int", 0],
    [2.9, "int64", 2n],
    [Number.NaN, "int", undefined],
    [1e300, "int", undefined],
    [1e300, "int64", undefined],
    [Number.POSITIVE_INFINITY, "int64", undefined],
    [2n ** 53n, "int", undefined],
    [7n, "int", 7],
    [2n ** 53n + 1n, "float", 2 ** 53],
    [-0, "str", "-0"],
    [0.1, "str", "0.1"],
    [2n ** 63n, "str", "9223372036854775808"],
    [true, "str", "true"],
    [true, "int", 1],
    [false, "int64", 0n],
    [0n, "bool", false],
    [0.5, "bool", true],
    ["true", "bool", true],
    ["yes", "bool", undefined],
    ["+17", "int", 17],
    ["17.0", "int", undefined],
    ["", "int", undefined],
    ["", "float", undefined],
    [" 1", "float", undefined],
    ["0x10", "float", undefined],
    ["1e3", "float", 1000],
    ["-Infinity", "float", Number.NEGATIVE_INFINITY],
    ["NaN", "float", Number.NaN],
    ["9".repeat(100_000), "int64", undefined],
    [[1], "int", undefined],
  ])("%o to %s is %o", (value, to, want) => {
    expect(cast(value, to)).toBe(want);
  });

  it("goes back without loss where the other kind holds every value", () => {
    const there = (value: unknown, to: CastKind, from: CastKind) => cast(cast(value, to), from);
    fc.assert(fc.property(fc.maxSafeInteger(), (n) => Object.is(there(n, "str", "int"), n + 0)));
    fc.assert(fc.property(fc.maxSafeInteger(), (n) => there(n, "int64", "int") === n + 0));
    fc.assert(fc.property(fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n), (n) => there(n, "str", "int64") === n));
    fc.assert(fc.property(fc.double(), (x) => Object.is(there(x, "str", "float"), x)));
  });
});

import { describe, expect, it } from "vitest";
import { toHex } from "../../tests/arrays.ts";
import { dict, list } from "./container-fields.ts";
import type { Field } from "./field.ts";
import { sample } from "./sample.ts";
import type { SampleType } from "./sample-type.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";

/** The bytes of a field's value: those behind the head of a map of one and the key `x`. */
function valueHex(field: Field, x: unknown): string {
  const type: SampleType = sample("A", { x: field });
  const payload = type.encode({ x });
  expect(type.decode(payload)).toEqual({ x });
  expect(toHex(payload.subarray(0, 3))).toBe("81a178");
  return toHex(payload.subarray(3));
}

describe("the bytes of scalars", () => {
  it.each([
    [0, "00"],
    [127, "7f"],
    [128, "cc80"],
    [255, "ccff"],
    [256, "cd0100"],
    [65535, "cdffff"],
    [65536, "ce00010000"],
    [2 ** 32 - 1, "ceffffffff"],
    [2 ** 32, "cf0000000100000000"],
    [Number.MAX_SAFE_INTEGER, "cf001fffffffffffff"],
    [-1, "ff"],
    [-32, "e0"],
    [-33, "d0df"],
    [-128, "d080"],
    [-129, "d1ff7f"],
    [-32768, "d18000"],
    [-32769, "d2ffff7fff"],
    [-(2 ** 31), "d280000000"],
    [-(2 ** 31) - 1, "d3ffffffff7fffffff"],
    [Number.MIN_SAFE_INTEGER, "d3ffe0000000000001"],
  ])("write the integer %d in its shortest form", (value, hex) => {
    expect(valueHex(int(), value)).toBe(hex);
    expect(valueHex(int64(), BigInt(value))).toBe(hex);
  });

  it.each([
    [2n ** 53n, "cf0020000000000000"],
    [2n ** 63n - 1n, "cf7fffffffffffffff"],
    [2n ** 64n - 1n, "cfffffffffffffffff"],
    [-(2n ** 53n), "d3ffe0000000000000"],
    [-(2n ** 63n), "d38000000000000000"],
  ])("write the bigint %s", (value, hex) => {
    expect(valueHex(int64(), value)).toBe(hex);
  });

  it.each([
    [0, "cb0000000000000000"],
    [-0, "cb8000000000000000"],
    [1, "cb3ff0000000000000"],
    [0.1, "cb3fb999999999999a"],
    [Number.NaN, "cb7ff8000000000000"],
    [Number.POSITIVE_INFINITY, "cb7ff0000000000000"],
    [Number.NEGATIVE_INFINITY, "cbfff0000000000000"],
    [Number.MIN_VALUE, "cb0000000000000001"],
  ])("write the float %d with 64 bits, whole or not", (value, hex) => {
    expect(valueHex(float(), value)).toBe(hex);
  });

  it.each([
    [0, "a0"],
    [31, "bf"],
    [32, "d920"],
    [255, "d9ff"],
    [256, "da0100"],
    [65535, "daffff"],
    [65536, "db00010000"],
  ])("write a text of %d bytes with the shortest head", (length, head) => {
    const ascii = "x".repeat(length);
    expect(valueHex(str(), ascii)).toBe(head + "78".repeat(length));
    const wide = "é".repeat(length >> 1) + "y".repeat(length & 1);
    expect(valueHex(str(), wide).slice(0, head.length)).toBe(head);
  });

  it.each([
    [0, "c400"],
    [255, "c4ff"],
    [256, "c50100"],
    [65535, "c5ffff"],
    [65536, "c600010000"],
  ])("write %d bytes with the shortest head", (length, head) => {
    expect(valueHex(bytes(), new Uint8Array(length))).toBe(head + "00".repeat(length));
  });

  it.each([
    [0, "90", "80"],
    [15, "9f", "8f"],
    [16, "dc0010", "de0010"],
    [65536, "dd00010000", "df00010000"],
  ])("write %d items and entries with the shortest head", (length, listHead, dictHead) => {
    const items = Array.from({ length }, () => true);
    expect(valueHex(list(bool()), items)).toBe(listHead + "c3".repeat(length));
    const entries = Object.fromEntries(items.map((item, i) => [`k${i}`, item]));
    expect(valueHex(dict(bool()), entries).slice(0, dictHead.length)).toBe(dictHead);
  });

  it("write more than fifteen fields with a wider head", () => {
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    const type = sample("A", Object.fromEntries(names.map((name) => [name, bool()])));
    const value = Object.fromEntries(names.map((name) => [name, true]));
    const payload = type.encode(value);
    expect(toHex(payload.subarray(0, 3))).toBe("de0014");
    expect(type.decode(payload)).toEqual(value);
  });
});

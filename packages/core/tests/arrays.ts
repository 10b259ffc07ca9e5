import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect } from "vitest";
import { isAtdataError } from "../src/errors.ts";
import { dtypeInfo, formatDType, lanesOf } from "../src/ndarray/dtype.ts";
import { littleEndianBytes } from "../src/ndarray/elements.ts";
import { contiguousData } from "../src/ndarray/layout.ts";
import type { DType, NdArray } from "../src/ndarray/ndarray.ts";
import { toNested } from "../src/ndarray/nested.ts";
import { reshape } from "../src/ndarray/reshape.ts";
import { elementCount } from "../src/ndarray/shape.ts";

/** How many mutated inputs a fuzz test tries. */
export const fuzzRuns: number = Number(process.env.ATDATA_FUZZ ?? 2000);

/** Every dtype, times standing for their kind. */
export const dtypes: readonly DType[] = (
  "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128 str bytes " +
  "datetime64[ns] timedelta64[10ms] datetime64[generic]"
).split(" ") as DType[];

/** An array as the vectors describe it. */
export interface ArrayCase {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly unknown[];
}

/** Bytes of a fixture's hex. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Hex of bytes, for readable differences. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A JSON file of `fixtures/`: cases by name. */
export function vectors<T>(path: string): Record<string, T> {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url), "utf8"));
}

/** Expects an array to be what Python says it is. */
export function expectArray(array: NdArray, want: ArrayCase): void {
  expect(array.shape).toEqual(want.shape);
  expect(formatDType(array.dtype, array.itemLength)).toBe(want.dtype.replace(">", "<"));
  const flat = toNested(reshape(array, [-1])) as unknown[];
  expect(flat.length).toBe(want.values.length);
  flat.forEach((got, i) => {
    expect(sameAsPython(got, want.values[i])).toBe(`${want.values[i]}`);
  });
}

/** Runs a decoder on damaged copies of good bytes: it may succeed, but throw nothing other than an AtdataError. */
export function fuzz(seeds: readonly Uint8Array[], decode: (bytes: Uint8Array) => unknown, share = 1): void {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
  const cut = fc.oneof(fc.constant(undefined), fc.nat());
  let failed = 0;
  const attempt = (seed: Uint8Array, spots: readonly (readonly [number, number])[], end: number | undefined): void => {
    const bytes = seed.slice(0, end === undefined ? undefined : end % (seed.length + 1));
    // Most damage goes to the first bytes, where the headers are.
    for (const [spot, value] of spots) bytes[spot % (spot % 2 === 0 ? 160 : bytes.length)] = value;
    try {
      decode(bytes);
    } catch (error) {
      failed++;
      if (!isAtdataError(error)) throw error;
    }
  };
  const runs = Math.max(10, Math.ceil(fuzzRuns / share));
  fc.assert(fc.property(fc.constantFrom(...seeds), damage, cut, attempt), { numRuns: runs });
  expect(failed).toBeGreaterThan(0);
}

/** Arrays of any dtype, shape and bits; some laid out in another order than C. */
export function anyArray(only: readonly DType[] = dtypes): fc.Arbitrary<NdArray> {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
  return fc
    .tuple(fc.constantFrom(...only), shape, fc.integer({ min: 1, max: 3 }), fc.boolean())
    .chain(([dtype, axes, length, reversed]) => {
      const info = dtypeInfo(dtype);
      const itemLength = info.lanes === 0 ? { itemLength: length } : {};
      const size = elementCount(axes) * lanesOf(info, itemLength.itemLength) * info.unitBytes;
      const bits = fc.uint8Array({ minLength: size, maxLength: size });
      return bits.map((bytes): NdArray => {
        // Texts hold code points and booleans 0 or 1; every other dtype takes any bits.
        const plain =
          dtype === "str"
            ? bytes.map((b, i) => (i % 4 === 0 ? b : 0))
            : dtype === "bool"
              ? bytes.map((b) => b & 1)
              : bytes;
        const data = new info.Data(plain.slice().buffer, 0, size / info.unitBytes);
        const array: NdArray = { data, shape: axes, dtype, ...itemLength };
        if (!reversed || axes.length < 2) return array;
        let step = 1;
        const strides = axes.map((axis) => {
          const stride = step;
          step *= axis;
          return stride;
        });
        return { ...array, strides };
      });
    });
}

/** Expects the same dtype, shape and bits, however the arrays are laid out. */
export function expectSameBits(got: NdArray, want: NdArray): void {
  expect([got.dtype, got.shape, got.itemLength]).toEqual([want.dtype, want.shape, want.itemLength]);
  const [a, b] = [got, want].map((array) => toHex(littleEndianBytes(contiguousData(array))));
  expect(a).toBe(b);
}

function sameAsPython(got: unknown, want: unknown): string {
  if (got instanceof Uint8Array) return toHex(got);
  if (Array.isArray(got) && Array.isArray(want)) return got.map((part, i) => sameAsPython(part, want[i])).join(",");
  if (typeof got !== "number" || typeof want !== "string") return String(got);
  const number = want === "nan" ? Number.NaN : Number(want.replace("inf", "Infinity"));
  return Object.is(got, number) ? want : String(got);
}

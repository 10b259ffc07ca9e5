import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ArrayCase,
  anyArray,
  dtypes,
  expectArray,
  expectSameBits,
  fromHex,
  fuzz,
  toHex,
  vectors,
} from "../../tests/arrays.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { compactSize, decodeCompact, encodeCompact, encodeCompactInto } from "./compact.ts";
import { zeros } from "./create.ts";
import { decodeNdArray } from "./npy.ts";
import { transpose } from "./reshape.ts";

const arrays = vectors<ArrayCase & { compact?: string }>("python-extra/arrays.json");
const first = vectors<ArrayCase & { hex: string }>("python/vectors.json");
const plain = "f4_2 i8_scalar u1_empty dt64ns be_i2 noncontig f2 u8max bool unicode".split(" ");

describe("encodeCompact and decodeCompact", () => {
  for (const [name, want] of Object.entries(arrays)) {
    if (want.compact === undefined) continue;
    it(`reads and writes Python's bytes: ${name}`, () => {
      const bytes = fromHex(want.compact as string);
      const array = decodeCompact(bytes);
      expectArray(array, want);
      expect(toHex(encodeCompact(array))).toBe(want.compact);
    });
  }

  for (const name of plain) {
    it(`reads what atdata wrote: ${name}`, () => {
      const { hex, dtype, shape, values } = first[name] as ArrayCase & { hex: string };
      const array = decodeNdArray(fromHex(hex));
      const want =
        dtype === "|b1" ? values.map((v) => v === "True") : dtype.includes("f") ? values.map(python) : values;
      expectArray(array, { dtype, shape, values: want });
      if (!dtype.startsWith(">")) expect(toHex(encodeCompact(array))).toBe(hex);
    });
  }

  it("reads complex numbers and bytes that atdata wrote", () => {
    expect([...decodeCompact(fromHex(first.c16?.hex as string)).data]).toEqual([1, 2]);
    expect([...decodeCompact(fromHex(first.bytes?.hex as string)).data]).toEqual([0x61, 0x62]);
  });

  it("gives back every array it wrote", () => {
    const roundTrip = (array: ReturnType<typeof zeros>): void => {
      const bytes = encodeCompact(array);
      expect(bytes.length).toBe(compactSize(array));
      expectSameBits(decodeCompact(bytes), array);
      expectSameBits(decodeCompact(bytes, { copy: false }), array);
    };
    fc.assert(fc.property(anyArray() as fc.Arbitrary<ReturnType<typeof zeros>>, roundTrip), { numRuns: 300 });
  });

  it("appends behind what a writer holds, after any growth", () => {
    const out = new ByteWriter(4);
    out.append(Uint8Array.of(9));
    const array = zeros([3, 5], "int16");
    encodeCompactInto(out, array);
    expect(toHex(out.toBytes())).toBe(`09${toHex(encodeCompact(array))}`);
  });

  it("leaves a writer as it was when the array is malformed", () => {
    const out = new ByteWriter(4);
    const broken = { data: new Float32Array(3), shape: [2, 2], dtype: "float32" } as const;
    expect(() => encodeCompactInto(out, broken)).toThrow(RangeError);
    expect(out.length).toBe(0);
    const wrong = { data: new Int32Array(4) as never, shape: [4], dtype: "float32" } as const;
    expect(() => encodeCompact(wrong)).toThrow(TypeError);
  });

  it("writes strided arrays in C order", () => {
    const array = { data: Int16Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3], dtype: "int16" } as const;
    expect(toHex(encodeCompact(transpose(array)))).toBe(first.noncontig?.hex);
  });

  it("keeps the bits of NaN in strided floats", () => {
    const single = new Uint32Array([0x7f81_ff00, 0xff80_0001, 0, 1]);
    const array = { data: new Float32Array(single.buffer), shape: [2, 2], dtype: "float32" } as const;
    expect(new Uint32Array(encodeCompact(transpose(array)).slice(-16).buffer)).toEqual(
      Uint32Array.of(0x7f81_ff00, 0, 0xff80_0001, 1),
    );
    const double = new BigUint64Array([0x7ff0_0000_0000_0001n, 1n, 2n, 3n]);
    const wide = { data: new Float64Array(double.buffer), shape: [2, 2], dtype: "float64" } as const;
    expect(new BigUint64Array(encodeCompact(transpose(wide)).slice(-32).buffer)[0]).toBe(0x7ff0_0000_0000_0001n);
  });

  it("copies unless told not to, and always when elements are not aligned", () => {
    const aligned = new Uint8Array(64);
    const bytes = encodeCompact({ data: Float32Array.of(1, 2), shape: [2], dtype: "float32" });
    const at = 16 - (bytes.length - 8);
    aligned.set(bytes, at);
    const window = aligned.subarray(at, at + bytes.length);
    expect(decodeCompact(window, { copy: false }).data.buffer).toBe(aligned.buffer);
    expect(decodeCompact(window).data.buffer).not.toBe(aligned.buffer);
    const shifted = Uint8Array.of(0, ...window).subarray(1);
    expect([...decodeCompact(shifted, { copy: false }).data]).toEqual([1, 2]);
  });

  const refused: [string, string, RegExp][] = [
    ["nothing", "", /header is cut off/],
    ["a header without shape", "033c6634", /header is cut off/],
    ["a shape that is cut off", "033c66340102000000", /header is cut off/],
    ["too few elements", "033c66340102000000000000000000c03f", /take 8 bytes, found 4/],
    ["too many elements", "037c753101010000000000000000aa", /take 1 bytes, found 2/],
    ["a negative axis", "037c75310180ffffffffffffff", /axis length/],
    ["a shape whose product overflows", `037c753103${"00000000ffff0f00".repeat(3)}`, /too large/],
    ["more than 64 axes", `037c753141${"0100000000000000".repeat(65)}00`, /65 axes/],
    ["Python objects", "027c4f00", /Python objects/],
    ["long doubles", "043c66313600", /long double/],
    ["void", "037c563800", /void dtype/],
    ["an unknown dtype", "033c783900", /unknown dtype string; dtype=<x9/],
    ["texts without length", "033c5530010400000000000000", /length 0/],
  ];
  for (const [what, bytes, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => decodeCompact(fromHex(bytes))).toThrow(message);
    });
  }

  it("throws only AtdataError on damaged bytes", () => {
    const seeds = Object.values(arrays).flatMap(({ compact }) => (compact === undefined ? [] : [fromHex(compact)]));
    expect(seeds.length).toBeGreaterThan(dtypes.length);
    fuzz(seeds, decodeCompact, 2);
  });
});

function python(value: unknown): unknown {
  return String(value);
}

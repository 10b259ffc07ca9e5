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
  vectors,
} from "../../tests/arrays.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { transpose } from "../ndarray/reshape.ts";
import { fromStrings } from "../ndarray/strings.ts";
import { decodeArrowTensor, encodeArrowTensor, isArrowTensor } from "./tensor.ts";

const cases = vectors<ArrayCase & { bytes: string; names: string[] | null }>("python-extra/arrow-tensor.json");
const numbers = dtypes.filter((dtype) => /^(u?int|float)/.test(dtype));
const grid: NdArray = { data: Int16Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3], dtype: "int16" };

describe("decodeArrowTensor and encodeArrowTensor", () => {
  for (const [name, want] of Object.entries(cases)) {
    it(`read what pyarrow wrote: ${name}`, () => {
      const tensor = decodeArrowTensor(fromHex(want.bytes));
      expectArray(tensor, want);
      expect(tensor.dimensionNames ?? null).toEqual(want.names);
      const again = decodeArrowTensor(encodeArrowTensor(tensor));
      expectSameBits(again, tensor);
      expect(again.dimensionNames).toEqual(tensor.dimensionNames);
    });
  }

  it("give back every array they wrote, its Fortran order included", () => {
    const roundTrip = fc.property(anyArray(numbers), (array) => {
      const bytes = encodeArrowTensor(array);
      expect((8 + new DataView(bytes.buffer).getUint32(4, true)) % 64).toBe(0);
      expectSameBits(decodeArrowTensor(bytes), array);
    });
    fc.assert(roundTrip, { numRuns: 300 });
    expect(decodeArrowTensor(encodeArrowTensor(transpose(grid))).strides).toEqual([1, 3]);
  });

  it("read messages from before the continuation word", () => {
    const bytes = fromHex(cases.named?.bytes as string);
    expectArray(decodeArrowTensor(bytes.slice(4)), cases.named as ArrayCase);
  });

  it("refuse what is no tensor of numbers", () => {
    expect(() => decodeArrowTensor(new Uint8Array(0))).toThrow(/cut off or damaged/);
    expect(() => decodeArrowTensor(fromHex(cases.named?.bytes as string).slice(0, -1))).toThrow(/of a body of 47/);
    const longer = fromHex(cases.named?.bytes as string);
    expect(() => decodeArrowTensor(longer.subarray(0, 100))).toThrow(/metadata ends at byte \d+ of 100/);
    expect(isArrowTensor(fromStrings(["a"]))).toBe(false);
    expect(isArrowTensor({ ...grid, dimensionNames: ["a"] })).toBe(false);
    expect(() => encodeArrowTensor(fromStrings(["a"]))).toThrow(TypeError);
  });

  it("throw only AtdataError on damaged bytes", () => {
    fuzz(
      Object.values(cases).map(({ bytes }) => fromHex(bytes)),
      decodeArrowTensor,
      2,
    );
  });
});

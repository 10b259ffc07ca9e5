import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { expectArray, fromHex, fuzz, toHex, vectors } from "../../tests/arrays.ts";
import { fromNested, toNested } from "../ndarray/nested.ts";
import { encodeNpy } from "../ndarray/npy.ts";
import { sample } from "../schema/sample.ts";
import { decodeSparse, encodeSparse, isSparse, type SparseMatrix, sparse, toDense } from "./index.ts";
import { decodeNpz } from "./npz.ts";

interface Case {
  readonly npz: string;
  readonly shape: readonly number[];
  readonly dense: readonly unknown[];
}
const cases = vectors<Case>("python-extra/sparse.json");
const first = vectors<{ hex: string }>("python/vectors.json");

const coo: SparseMatrix = {
  format: "coo",
  shape: [2, 2],
  data: fromNested([1.5, 2, 3], "float16"),
  coords: [fromNested([0, 0, 1], "int32"), fromNested([1, 1, 0], "int32")],
  isArray: false,
};

describe("decodeSparse and encodeSparse", () => {
  for (const [name, want] of Object.entries(cases)) {
    it(`read what scipy wrote, and write the same members: ${name}`, () => {
      const bytes = fromHex(want.npz);
      const matrix = decodeSparse(bytes);
      const dense = toDense(matrix);
      expectArray(dense, {
        dtype: dense.dtype === "int64" ? "<i8" : dense.dtype === "float64" ? "<f8" : "<f4",
        shape: want.shape,
        values: want.dense,
      });
      const again = encodeSparse(matrix);
      expect([...decodeNpz(again)].map(([key, a]) => [key, toHex(encodeNpy(a))])).toEqual(
        [...decodeNpz(bytes)].map(([key, a]) => [key, toHex(encodeNpy(a))]),
      );
      expect(decodeSparse(again)).toEqual(matrix);
    });
  }

  it("read what atdata wrote", () => {
    for (const name of ["sparse_csr", "sparse_coo"]) {
      const matrix = decodeSparse(fromHex(first[name]?.hex as string));
      expect(matrix.format).toBe(name.slice(-3));
      expect(decodeSparse(encodeSparse(matrix))).toEqual(matrix);
    }
  });

  it("keep whether scipy calls it an array", () => {
    expect(decodeSparse(fromHex(cases.csr?.npz as string)).isArray).toBe(false);
    expect(decodeSparse(fromHex(cases.csrArray?.npz as string)).isArray).toBe(true);
  });

  it("give the same bytes for the same matrix", () => {
    expect(encodeSparse(coo)).toEqual(encodeSparse({ ...coo }));
  });

  it("make a field kind", () => {
    const type = sample("Graph", { edges: sparse() });
    expect(type.decode(type.encode({ edges: coo })).edges).toEqual(coo);
    expect(() => type.encode({ edges: { ...coo, shape: [1, 1] } })).toThrow(/edges/);
  });

  it("refuse archives that claim to unpack to more than they can", () => {
    const member = zipSync({ "data.npy": new Uint8Array(1 << 20) });
    expect(() => decodeSparse(member)).toThrow(/not a \.npy file/);
    const view = new DataView(member.buffer);
    const directory = member.length - 22 - (46 + 8);
    expect(view.getUint32(directory, true)).toBe(0x02014b50);
    view.setUint32(directory + 24, 1 << 29, true);
    expect(() => decodeSparse(member)).toThrow(/data\.npy cannot unpack to 536870912 bytes/);
    view.setUint32(directory + 24, 0xfffffff0, true);
    expect(() => decodeSparse(member)).toThrow(/more than 1073741824 bytes/);
  });

  it("refuse archives of many members, of none, and other files", () => {
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`m${i}`, new Uint8Array(1)]));
    expect(() => decodeSparse(zipSync(many))).toThrow(/more than 16 members/);
    expect(() => decodeSparse(zipSync({}))).toThrow(/no member shape\.npy/);
    expect(() => decodeSparse(new Uint8Array(100))).toThrow(/no readable zip/);
  });

  it("throw only AtdataError on damaged bytes", () => {
    fuzz(
      Object.values(cases).map(({ npz }) => fromHex(npz)),
      decodeSparse,
      2,
    );
  });

  it("throw only AtdataError on damaged members", () => {
    const seeds = [...decodeNpz(encodeSparse(coo))].map(([name, a]) => ({ name: `${name}.npy`, bytes: encodeNpy(a) }));
    for (const { name, bytes } of seeds) {
      fuzz(
        [bytes],
        (damaged) =>
          decodeSparse(
            zipSync({ ...Object.fromEntries(seeds.map((s) => [s.name, s.bytes])), [name]: damaged }, { level: 0 }),
          ),
        40,
      );
    }
  });
});

describe("isSparse", () => {
  const csr = decodeSparse(fromHex(cases.csr?.npz as string));
  it("refuses indices and lengths that do not fit the shape", () => {
    const broken: unknown[] = [
      null,
      { ...coo, format: "lil" },
      { ...coo, shape: [2] },
      { ...coo, shape: [2, 1] },
      { ...coo, isArray: undefined },
      { ...coo, data: fromNested(["a", "b", "c"], "str") },
      { ...coo, coords: [fromNested([0], "int32"), fromNested([1], "int32")] },
      { ...coo, coords: [fromNested([0, 0, 1], "float32"), fromNested([1, 1, 0], "int32")] },
      { ...csr, shape: [3, 4] },
      { ...csr, shape: [4, 2] },
      { ...csr, indptr: fromNested([0, 9, 3, 3, 5], "int32") },
      { ...csr, indptr: fromNested([1, 1, 3, 3, 5], "int32") },
      {
        format: "dia",
        shape: [2, 2],
        data: fromNested([[1, 2]], "int8"),
        offsets: fromNested([0, 1], "int32"),
        isArray: true,
      },
    ];
    for (const value of broken) expect(isSparse(value)).toBe(false);
    expect(() => encodeSparse({ ...coo, shape: [2, 1] })).toThrow(TypeError);
    expect(() => toDense({ ...coo, shape: [2, 1] })).toThrow(TypeError);
  });
});

describe("toDense", () => {
  it("adds values at one place in their own dtype", () => {
    expect(toNested(toDense(coo))).toEqual([
      [0, 3.5],
      [3, 0],
    ]);
    expect(toNested(toDense({ ...coo, data: fromNested([true, true, false], "bool") }))).toEqual([
      [false, true],
      [false, false],
    ]);
    expect(toNested(toDense({ ...coo, data: fromNested([100, 100, 1], "int8") }))).toEqual([
      [0, -56],
      [1, 0],
    ]);
    expect(
      toNested(
        toDense({
          ...coo,
          data: fromNested(
            [
              [1, 2],
              [3, 4],
              [0, 1],
            ],
            "complex64",
          ),
        }),
      ),
    ).toEqual([
      [
        [0, 0],
        [4, 6],
      ],
      [
        [0, 1],
        [0, 0],
      ],
    ]);
  });
});

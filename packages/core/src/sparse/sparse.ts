import { AtdataError } from "../errors.ts";
import { contiguous } from "../ndarray/layout.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { fromNested, toNested } from "../ndarray/nested.ts";
import { checkedCount } from "../ndarray/shape.ts";
import { isSparse, type SparseMatrix, sparseProblem } from "./matrix.ts";
import { decodeNpz, encodeNpz } from "./npz.ts";

type Index = NdArray<"int32" | "int64">;

/**
 * Decodes what scipy's `save_npz` writes: csr, csc, bsr, coo and dia.
 *
 * Copies: always. Limits: 16 members, 1 GiB unpacked.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – malformed, an unknown format, or indices outside the shape.
 */
export function decodeSparse(bytes: Uint8Array): SparseMatrix {
  const arrays = decodeNpz(bytes);
  const take = (name: string): NdArray => {
    const array = arrays.get(name);
    if (array === undefined) throw invalid(`npz has no member ${name}.npy`);
    return contiguous(array);
  };
  const shape = readShape(take("shape"));
  const base = { shape, data: take("data"), isArray: arrays.get("_is_array")?.data[0] === 1 };
  const matrix = readFormat(take("format"), base, take, arrays.has("coords"));
  const problem = sparseProblem(matrix);
  if (problem !== undefined) throw invalid(`sparse matrix is malformed: ${problem}`);
  return matrix;
}

/**
 * Encodes a sparse matrix for scipy's `load_npz`. Members equal scipy's; the deflated bytes may differ.
 *
 * @throws TypeError – a value that {@link isSparse} refuses.
 */
export function encodeSparse(matrix: SparseMatrix): Uint8Array {
  if (!isSparse(matrix)) throw new TypeError("not a well-formed sparse matrix");
  const shape: NdArray = {
    data: BigInt64Array.from(matrix.shape, BigInt),
    shape: [matrix.shape.length],
    dtype: "int64",
  };
  const format = fromNested(new TextEncoder().encode(matrix.format), "bytes");
  const arrays: [string, NdArray][] = [
    ...indexMembers(matrix),
    ["format", format],
    ["shape", shape],
    ["data", matrix.data],
  ];
  if (matrix.isArray) arrays.push(["_is_array", { data: Uint8Array.of(1), shape: [], dtype: "bool" }]);
  return encodeNpz(arrays);
}

function readFormat(
  stored: NdArray,
  base: Pick<SparseMatrix, "shape" | "data" | "isArray">,
  take: (name: string) => NdArray,
  hasCoords: boolean,
): SparseMatrix {
  const format = formatName(stored);
  switch (format) {
    case "csr":
    case "csc":
    case "bsr":
      return { format, ...base, indices: take("indices") as Index, indptr: take("indptr") as Index };
    case "coo":
      return {
        format,
        ...base,
        coords: hasCoords ? splitCoords(take("coords")) : [take("row") as Index, take("col") as Index],
      };
    case "dia":
      return { format, ...base, offsets: take("offsets") as Index };
    default:
      throw invalid(`sparse format ${format} is none of csr, csc, bsr, coo, dia`);
  }
}

function indexMembers(matrix: SparseMatrix): [string, NdArray][] {
  switch (matrix.format) {
    case "coo": {
      const [row, col] = matrix.coords;
      if (row !== undefined && col !== undefined && matrix.coords.length === 2)
        return [
          ["row", row],
          ["col", col],
        ];
      return [["coords", joinCoords(matrix.coords)]];
    }
    case "dia":
      return [["offsets", matrix.offsets]];
    default:
      return [
        ["indices", matrix.indices],
        ["indptr", matrix.indptr],
      ];
  }
}

function splitCoords(coords: NdArray): Index[] {
  const [axes = 0, count = 0] = coords.shape;
  if (coords.shape.length !== 2 || (coords.dtype !== "int32" && coords.dtype !== "int64"))
    throw invalid("coords are malformed");
  return Array.from({ length: axes }, (_, axis) => {
    return { data: coords.data.slice(axis * count, (axis + 1) * count), shape: [count], dtype: coords.dtype } as Index;
  });
}

function joinCoords(coords: readonly Index[]): NdArray {
  const count = coords[0]?.shape[0] ?? 0;
  const shape = [coords.length, count];
  if (coords.every(({ dtype }) => dtype === "int32")) {
    return { data: Int32Array.from(coords.flatMap(({ data }) => [...data].map(Number))), shape, dtype: "int32" };
  }
  return { data: BigInt64Array.from(coords.flatMap(({ data }) => [...data].map(BigInt))), shape, dtype: "int64" };
}

function formatName(stored: NdArray): string {
  if (stored.shape.length !== 0) throw invalid("sparse format is no single text");
  const value = toNested(stored);
  return value instanceof Uint8Array ? String.fromCharCode(...value.subarray(0, 16)) : String(value).slice(0, 16);
}

function readShape(stored: NdArray): number[] {
  if (stored.shape.length !== 1 || (stored.dtype !== "int32" && stored.dtype !== "int64"))
    throw invalid("sparse shape is malformed");
  if (stored.data.length > 64) throw invalid(`sparse matrix has ${stored.data.length} axes`);
  const shape = Array.from(stored.data as ArrayLike<number | bigint>, Number);
  checkedCount(shape);
  return shape;
}

function invalid(clause: string): AtdataError {
  return new AtdataError("NDARRAY_INVALID", clause, {});
}

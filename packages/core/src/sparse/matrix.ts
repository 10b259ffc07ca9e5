import { dtypeInfo } from "../ndarray/dtype.ts";
import { isNdArray } from "../ndarray/layout.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { sameShape } from "../ndarray/shape.ts";

/** What every sparse matrix has. */
interface SparseBase {
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** The stored values. */
  readonly data: NdArray;
  /** Whether it is one of scipy's sparse arrays, not one of its older matrices; kept when it is written again. */
  readonly isArray: boolean;
}

/** Compressed rows (`csr`) or columns (`csc`); in `bsr` each value is a block and `data` has the shape `[blocks, rows, columns]`. */
export interface CompressedMatrix extends SparseBase {
  readonly format: "csr" | "csc" | "bsr";
  /** The column (in `csc` the row) of each value. */
  readonly indices: NdArray<"int32" | "int64">;
  /** Where the values of each row (in `csc` column) start; one more than there are rows. */
  readonly indptr: NdArray<"int32" | "int64">;
}

/** Values with their coordinates, in any order; values at one place add up. */
export interface CoordinateMatrix extends SparseBase {
  readonly format: "coo";
  /** One array of positions an axis. */
  readonly coords: readonly NdArray<"int32" | "int64">[];
}

/** Whole diagonals: `data[k, j]` stands in column `j` of the diagonal `offsets[k]`. */
export interface DiagonalMatrix extends SparseBase {
  readonly format: "dia";
  /** The distance of each diagonal from the main one, positive above it. */
  readonly offsets: NdArray<"int32" | "int64">;
}

/** A sparse matrix in one of the formats that scipy stores. */
export type SparseMatrix = CompressedMatrix | CoordinateMatrix | DiagonalMatrix;

/** Tells whether a value is a well-formed sparse matrix; every index is looked at. */
export function isSparse(value: unknown): value is SparseMatrix {
  if (typeof value !== "object" || value === null) return false;
  const { shape, data, isArray } = value as Partial<SparseMatrix>;
  if (!Array.isArray(shape) || typeof isArray !== "boolean" || !isNdArray(data)) return false;
  return sparseProblem(value as SparseMatrix) === undefined;
}

/** Says in a clause what is wrong with a sparse matrix whose `shape` and `data` are well-formed. */
export function sparseProblem(matrix: SparseMatrix): string | undefined {
  const { shape, data } = matrix;
  if (shape.length === 0 || shape.some((length) => !Number.isSafeInteger(length) || length < 0)) {
    return `[${shape.join(", ")}] is no shape of a sparse matrix`;
  }
  if (!"biufc".includes(dtypeInfo(data.dtype).kind)) return `dtype ${data.dtype} is no number`;
  switch (matrix.format) {
    case "csr":
    case "csc":
    case "bsr":
      return compressedProblem(matrix);
    case "coo":
      return coordinateProblem(matrix);
    case "dia":
      return diagonalProblem(matrix);
    default:
      return `format ${(matrix as { format: unknown }).format} is none of csr, csc, bsr, coo, dia`;
  }
}

/** Gives the rows and columns of one block: 1 × 1 unless the format is `bsr`. */
export function blockShape(matrix: CompressedMatrix): readonly [number, number] {
  return matrix.format === "bsr" ? [matrix.data.shape[1] ?? 0, matrix.data.shape[2] ?? 0] : [1, 1];
}

function compressedProblem(matrix: CompressedMatrix): string | undefined {
  const { format, shape, data, indices, indptr } = matrix;
  if (shape.length !== 2 && !(format === "csr" && shape.length === 1)) return `${format} has ${shape.length} axes`;
  if (data.shape.length !== (format === "bsr" ? 3 : 1)) return `data of ${format} has ${data.shape.length} axes`;
  const [rows, columns] = shape.length === 1 ? [1, shape[0] as number] : (shape as [number, number]);
  const [blockRows, blockColumns] = blockShape(matrix);
  if (rows % blockRows !== 0 || columns % blockColumns !== 0) return "blocks do not divide the shape";
  const outer = format === "csc" ? columns : rows / blockRows;
  const inner = format === "csc" ? rows : columns / blockColumns;
  const count = data.shape[0] as number;
  if (!isIndex(indices, count)) return `indices are no ${count} whole numbers`;
  if (!isIndex(indptr, outer + 1)) return `indptr is no list of ${outer + 1} whole numbers`;
  let last = 0;
  for (let i = 0; i <= outer; i++) {
    const start = Number(indptr.data[i]);
    if (start < last || start > count || (i === 0 && start !== 0)) return `indptr[${i}] is ${start}`;
    last = start;
  }
  return outside(indices, inner, "indices");
}

function coordinateProblem({ shape, data, coords }: CoordinateMatrix): string | undefined {
  if (data.shape.length !== 1) return `data of coo has ${data.shape.length} axes`;
  if (!Array.isArray(coords) || coords.length !== shape.length)
    return `want one list of coordinates for each of ${shape.length} axes`;
  const count = data.shape[0] as number;
  for (const [axis, positions] of coords.entries()) {
    if (!isIndex(positions, count)) return `coordinates of axis ${axis} are no ${count} whole numbers`;
    const wrong = outside(positions, shape[axis] as number, `coordinates of axis ${axis}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function diagonalProblem({ shape, data, offsets }: DiagonalMatrix): string | undefined {
  if (shape.length !== 2 || data.shape.length !== 2) return "dia and its data have two axes";
  return isIndex(offsets, data.shape[0] as number) ? undefined : `offsets are no ${data.shape[0]} whole numbers`;
}

function isIndex(value: unknown, length: number): value is NdArray {
  if (!isNdArray(value) || value.strides !== undefined) return false;
  return (value.dtype === "int32" || value.dtype === "int64") && sameShape(value.shape, [length]);
}

function outside(positions: NdArray, length: number, what: string): string | undefined {
  for (const position of positions.data) {
    if (position < 0 || position >= length) return `${what} hold ${position}, outside 0 … ${length - 1}`;
  }
  return undefined;
}

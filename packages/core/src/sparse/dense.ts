import { dtypeInfo } from "../ndarray/dtype.ts";
import { floatToHalf, halfToFloat } from "../ndarray/half.ts";
import { contiguousData } from "../ndarray/layout.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { cStrides, elementCount } from "../ndarray/shape.ts";
import { blockShape, type CompressedMatrix, isSparse, type SparseMatrix } from "./matrix.ts";

/**
 * Gives a sparse matrix as an array with all its zeros, in the dtype of its values; values at one place add up.
 *
 * @throws TypeError – a value that `isSparse` refuses.
 * @throws RangeError – the array is larger than the runtime can hold.
 */
export function toDense(matrix: SparseMatrix): NdArray {
  if (!isSparse(matrix)) throw new TypeError("not a well-formed sparse matrix");
  const info = dtypeInfo(matrix.data.dtype);
  const out = new info.Data(elementCount(matrix.shape) * info.lanes);
  const values = contiguousData(matrix.data);
  const sum = adder(matrix.data.dtype);
  eachValue(matrix, (from, to) => {
    for (let lane = 0; lane < info.lanes; lane++) {
      const at = to * info.lanes + lane;
      out[at] = sum(out[at] as number, values[from * info.lanes + lane] as number) as never;
    }
  });
  return { data: out, shape: [...matrix.shape], dtype: matrix.data.dtype };
}

type Visit = (from: number, to: number) => void;

function eachValue(matrix: SparseMatrix, visit: Visit): void {
  if (matrix.format === "coo") {
    const strides = cStrides(matrix.shape);
    const count = matrix.data.shape[0] as number;
    for (let i = 0; i < count; i++) {
      let to = 0;
      for (const [axis, { data }] of matrix.coords.entries()) to += Number(data[i]) * (strides[axis] as number);
      visit(i, to);
    }
  } else if (matrix.format === "dia") {
    const [rows = 0, columns = 0] = matrix.shape;
    const [diagonals = 0, length = 0] = matrix.data.shape;
    for (let k = 0; k < diagonals; k++) {
      const offset = Number(matrix.offsets.data[k]);
      const end = Math.min(length, columns, rows + offset);
      for (let j = Math.max(0, offset); j < end; j++) visit(k * length + j, (j - offset) * columns + j);
    }
  } else {
    eachCompressed(matrix, visit);
  }
}

function eachCompressed(matrix: CompressedMatrix, visit: Visit): void {
  const { format, indices, indptr } = matrix;
  const columns = matrix.shape.at(-1) as number;
  const [blockRows, blockColumns] = blockShape(matrix);
  for (let outer = 0; outer + 1 < indptr.data.length; outer++) {
    for (let i = Number(indptr.data[outer]); i < Number(indptr.data[outer + 1]); i++) {
      const inner = Number(indices.data[i]);
      const [row, column] = format === "csc" ? [inner, outer] : [outer, inner];
      for (let r = 0; r < blockRows; r++) {
        const to = (row * blockRows + r) * columns + column * blockColumns;
        for (let c = 0; c < blockColumns; c++) visit((i * blockRows + r) * blockColumns + c, to + c);
      }
    }
  }
}

function adder(dtype: string): (a: number, b: number) => number {
  if (dtype === "bool") return (a, b) => a | b;
  if (dtype === "float16") return (a, b) => floatToHalf(halfToFloat(a) + halfToFloat(b));
  return (a, b) => a + b;
}

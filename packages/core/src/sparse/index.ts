/**
 * The `sparse` field kind: scipy's sparse matrices. Needs `fflate`.
 *
 * @module
 */

import { type BytesCodec, bytesField } from "../schema/bytes-field.ts";
import type { Field, FieldOptions } from "../schema/field.ts";
import type { FieldCodecPack } from "../schema/field-codec-pack.ts";
import { isSparse, type SparseMatrix } from "./matrix.ts";
import { decodeSparse, encodeSparse } from "./sparse.ts";

export { toDense } from "./dense.ts";
export {
  type CompressedMatrix,
  type CoordinateMatrix,
  type DiagonalMatrix,
  isSparse,
  type SparseMatrix,
} from "./matrix.ts";
export { decodeSparse, encodeSparse } from "./sparse.ts";

/** Encodes and decodes the values of `sparse` fields; goes into `codecs` where a type is rebuilt from a stored schema. */
export const sparseCodec: BytesCodec<SparseMatrix> & FieldCodecPack = {
  kind: "sparse",
  decode: decodeSparse,
  encode: encodeSparse,
  is: isSparse,
  field: (details) => bytesField("sparse", sparseCodec, details),
};

/**
 * Declares a field of sparse matrices, stored as scipy's NPZ.
 *
 * @example
 * ```ts
 * import { fromNested, sample } from "@atdata/core";
 * import { sparse, toDense } from "@atdata/core/sparse";
 * const Graph = sample("Graph", { edges: sparse() });
 * const edges = {
 *   format: "coo",
 *   shape: [2, 2],
 *   data: fromNested([1.5], "float32"),
 *   coords: [fromNested([0], "int32"), fromNested([1], "int32")],
 *   isArray: true,
 * } as const;
 * toDense(Graph.decode(Graph.encode({ edges })).edges).data; // -> [0, 1.5, 0, 0]
 * ```
 */
export function sparse(options: FieldOptions = {}): Field<SparseMatrix> {
  return bytesField("sparse", sparseCodec, options);
}

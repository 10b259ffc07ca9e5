import type { NdArray } from "../ndarray/ndarray.ts";

/** Samples by columns: required array fields are stacked on a new first axis, every other field is a list. */
export type Batch<S> = {
  [K in keyof S]-?: S[K] extends NdArray<infer D> ? NdArray<D> : S[K][];
};

/** Samples by columns, where arrays of differing shapes are lists. */
export type RaggedBatch<S> = {
  [K in keyof S]-?: S[K] extends NdArray<infer D> ? NdArray<D> | NdArray<D>[] : S[K][];
};

/** How batches are formed. */
export interface BatchOptions {
  /** What becomes of a last, short batch. Default `"keep"`. */
  readonly partial?: "keep" | "drop";
  /** What becomes of arrays whose shapes differ. Default `"error"`. */
  readonly ragged?: "error" | "list";
}

/** The batch that options make. */
export type BatchOf<S, O> = O extends { readonly ragged: "list" } ? RaggedBatch<S> : Batch<S>;

/** Gives the number of samples in a batch. */
export function batchSize(batch: object): number {
  for (const column of Object.values(batch) as readonly (readonly unknown[] | NdArray)[]) {
    return Array.isArray(column) ? column.length : ((column as NdArray).shape[0] ?? 0);
  }
  return 0;
}

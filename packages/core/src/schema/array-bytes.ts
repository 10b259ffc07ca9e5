import { isAtdataError } from "../errors.ts";
import { readCompactHeader } from "../ndarray/compact.ts";
import { parseDType } from "../ndarray/dtype.ts";
import type { DType } from "../ndarray/ndarray.ts";
import { isNpy, readNpyHeader } from "../ndarray/npy-header.ts";

/** What bytes hold that are exactly an array. */
export interface ArrayBytes {
  /** Element type; absent for an array of records. */
  readonly dtype?: DType;
  /** Length of each axis. */
  readonly shape: readonly number[];
}

/**
 * Tells whether bytes are exactly an array: the compact form with a known dtype and the length that its shape asks for, or a
 * `.npy` file. Elements are not looked at.
 *
 * Random bytes all but never pass: they would have to start with a dtype string behind its length.
 */
export function detectArray(bytes: Uint8Array): ArrayBytes | undefined {
  try {
    if (!isNpy(bytes)) {
      const { type, shape, count, dataStart } = readCompactHeader(bytes);
      return dataStart + count * type.itemBytes === bytes.length ? { dtype: type.dtype, shape } : undefined;
    }
    const { descr, shape, count, dataStart } = readNpyHeader(bytes);
    if (typeof descr !== "string") return { shape };
    const type = parseDType(descr);
    return dataStart + count * type.itemBytes === bytes.length ? { dtype: type.dtype, shape } : undefined;
  } catch (error) {
    if (isAtdataError(error, "NDARRAY_INVALID")) return undefined;
    throw error;
  }
}

import { AtdataError } from "../errors.ts";
import { dtypeInfo, lanesOf } from "./dtype.ts";
import { contiguousData, requireArray } from "./layout.ts";
import type { DType, DTypeData, NdArray } from "./ndarray.ts";
import { elementCount, sameShape } from "./shape.ts";

/**
 * Makes an array of zeros: `false`, empty text of room for one character, or the epoch where the dtype says so.
 *
 * @throws RangeError – an axis is no length.
 */
export function zeros<D extends DType = "float64">(shape: readonly number[], dtype: D = "float64" as D): NdArray<D> {
  const info = dtypeInfo(dtype);
  const itemLength = info.lanes === 0 ? { itemLength: 1 } : {};
  const wrong = shape.find((length) => !Number.isSafeInteger(length) || length < 0);
  if (wrong !== undefined) throw new RangeError(`axis length ${wrong} is not a whole number`);
  const data = new info.Data(elementCount(shape) * lanesOf(info, itemLength.itemLength));
  return { data, shape: [...shape], dtype, ...itemLength };
}

/**
 * Joins arrays along a new leading axis.
 *
 * Shapes: `n` arrays of shape `(…s)` → `(n, …s)`; all agree on `…s` and dtype. Text and bytes take the longest item length.
 * Copies: one of everything, in C order.
 *
 * @param arrays - At least one.
 * @throws {@link AtdataError} `SHAPE_MISMATCH` – another shape or dtype than the first; fields `want`, `got`.
 * @throws RangeError – no arrays.
 */
export function stack<D extends DType>(arrays: readonly NdArray<D>[]): NdArray<D> {
  const first = arrays[0];
  if (first === undefined) throw new RangeError("stack wants at least one array");
  const info = dtypeInfo(first.dtype);
  let itemLength = first.itemLength;
  for (const array of arrays) {
    if (array.dtype !== first.dtype || !sameShape(array.shape, first.shape)) {
      const fields = { want: describe(first), got: describe(array) };
      throw new AtdataError("SHAPE_MISMATCH", "arrays differ in dtype or shape", fields);
    }
    requireArray(array as NdArray<DType>);
    if (itemLength !== undefined) itemLength = Math.max(itemLength, array.itemLength as number);
  }
  const step = elementCount(first.shape) * lanesOf(info, itemLength);
  const data = new info.Data(step * arrays.length);
  for (let i = 0; i < arrays.length; i++) copyInto(data, i * step, arrays[i] as NdArray<D>, itemLength);
  const shape = [arrays.length, ...first.shape];
  return itemLength === undefined
    ? { data, shape, dtype: first.dtype }
    : { data, shape, dtype: first.dtype, itemLength };
}

function copyInto<D extends DType>(
  out: DTypeData<D>,
  start: number,
  array: NdArray<D>,
  itemLength: number | undefined,
): void {
  const from = contiguousData(array) as Uint8Array;
  const to = out as DTypeData as Uint8Array;
  if (array.itemLength === itemLength || itemLength === undefined) {
    to.set(from, start);
    return;
  }
  const length = array.itemLength as number;
  for (let at = 0, item = start; at < from.length; at += length, item += itemLength) {
    to.set(from.subarray(at, at + length), item);
  }
}

function describe(array: NdArray): string {
  return `${array.dtype} [${array.shape.join(", ")}]`;
}

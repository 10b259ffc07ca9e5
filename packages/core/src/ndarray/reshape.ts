import { AtdataError } from "../errors.ts";
import { contiguousData, stridesOf } from "./layout.ts";
import type { DType, NdArray } from "./ndarray.ts";
import { elementCount, isLaidOut } from "./shape.ts";

/**
 * Gives the same elements, in C order, under another shape; one axis may be −1 and is worked out.
 *
 * Copies: none when the array is in C order: the result shares `data`.
 *
 * @throws {@link AtdataError} `SHAPE_MISMATCH` – the shapes hold different numbers of elements; fields `want`, `got`.
 * @throws RangeError – an axis is no length, or more than one is −1.
 */
export function reshape<D extends DType>(array: NdArray<D>, shape: readonly number[]): NdArray<D> {
  const open = shape.indexOf(-1);
  const known = shape.filter((_, axis) => axis !== open);
  const wrong = known.find((length) => !Number.isSafeInteger(length) || length < 0);
  if (wrong !== undefined) throw new RangeError(`axis length ${wrong} is not a whole number`);
  const have = elementCount(array.shape);
  const rest = elementCount(known);
  const filled = open === -1 ? shape : shape.map((length, axis) => (axis === open ? have / rest : length));
  if (filled.some((length) => !Number.isInteger(length)) || elementCount(filled) !== have) {
    const fields = { want: `[${shape.join(", ")}]`, got: `[${array.shape.join(", ")}]` };
    throw new AtdataError("SHAPE_MISMATCH", `${have} elements do not fit the new shape`, fields);
  }
  const { strides: _, ...plain } = array;
  return { ...plain, data: contiguousData(array), shape: [...filled] };
}

/**
 * Reorders the axes: reversed, or `axes[i]` becomes axis `i`.
 *
 * Copies: none; the result shares `data` and has `strides`, unless the order of elements stays the same.
 *
 * @throws RangeError – `axes` is not a permutation of the axes.
 */
export function transpose<D extends DType>(array: NdArray<D>, axes?: readonly number[]): NdArray<D> {
  const old = stridesOf(array as NdArray<DType>);
  const order = axes ?? array.shape.map((_, axis) => array.shape.length - 1 - axis);
  if (order.length !== array.shape.length || !array.shape.every((_, axis) => order.includes(axis))) {
    throw new RangeError(`axes [${order.join(", ")}] do not name each of ${array.shape.length} axes once`);
  }
  const shape = order.map((axis) => array.shape[axis] as number);
  const strides = order.map((axis) => old[axis] as number);
  const { strides: _, ...plain } = array;
  // A window into longer data keeps its strides even where they are those of C order.
  const whole = array.strides === undefined && isLaidOut(shape, strides, "C");
  return whole ? { ...plain, shape } : { ...plain, shape, strides };
}

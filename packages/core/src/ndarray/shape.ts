import { AtdataError } from "../errors.ts";

/** The most axes an array may have, as in numpy 2. */
export const maxDimensions = 64;

/** Counts the elements of a shape: the product of its axes, 1 for `[]`. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (let axis = 0; axis < shape.length; axis++) count *= shape[axis] as number;
  return count;
}

/**
 * Counts the elements of a shape that came from outside.
 *
 * Axes are counted even when another one is 0: a shape that claims 2^60 empty rows is refused like any other too large one.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – more than 64 axes, an axis that is no length, or more than 2^53 elements.
 */
export function checkedCount(shape: readonly number[]): number {
  if (shape.length > maxDimensions) {
    throw new AtdataError(
      "NDARRAY_INVALID",
      `array has ${shape.length} axes, at most ${maxDimensions} are allowed`,
      {},
    );
  }
  let count = 1;
  let bound = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new AtdataError("NDARRAY_INVALID", `axis length ${length} is not a whole number from 0 to 2^53`, {});
    }
    count *= length;
    bound *= length === 0 ? 1 : length;
    if (bound > Number.MAX_SAFE_INTEGER) {
      throw new AtdataError("NDARRAY_INVALID", `array of shape [${shape.join(", ")}] is too large`, {});
    }
  }
  return count;
}

/** Gives the strides of C order (last axis fastest), in elements. */
export function cStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

/** Gives the strides of Fortran order (first axis fastest), in elements. */
export function fortranStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

/** Tells whether strides lay elements out in the given order; axes of length 1 may have any stride, as in numpy. */
export function isLaidOut(shape: readonly number[], strides: readonly number[], order: "C" | "F"): boolean {
  let step = 1;
  for (let i = 0; i < shape.length; i++) {
    const axis = order === "C" ? shape.length - 1 - i : i;
    const length = shape[axis] as number;
    if (length === 0) return true;
    if (length !== 1 && strides[axis] !== step) return elementCount(shape) === 0;
    step *= length;
  }
  return true;
}

/** Tells whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

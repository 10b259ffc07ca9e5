import { type DTypeInfo, dtypeInfo, isDType, lanesOf } from "./dtype.ts";
import type { DType, DTypeData, NdArray } from "./ndarray.ts";
import { cStrides, elementCount, isLaidOut, maxDimensions } from "./shape.ts";

/**
 * Tells whether a value is a well-formed array: the typed array of its dtype, long enough for its shape and strides.
 *
 * Elements are not looked at.
 */
export function isNdArray(value: unknown): value is NdArray {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data } = value as Partial<NdArray>;
  if (!isDType(dtype) || !Array.isArray(shape) || !ArrayBuffer.isView(data)) return false;
  return problem(value as NdArray, dtypeInfo(dtype)) === undefined;
}

/** Throws what is wrong with an array that a caller passed: TypeError for its kind, RangeError for its sizes. */
export function requireArray(array: NdArray, info: DTypeInfo = dtypeInfo(array.dtype)): void {
  // One typed array can stand for another realm's: its tag is compared, not its constructor.
  const wrong = problem(array, info);
  if (wrong !== undefined) throw wrong;
}

/** Gives the elements in C order: `data` itself where it is so already, else a new typed array. */
export function contiguousData<D extends DType>(
  array: NdArray<D>,
  info: DTypeInfo<D> = dtypeInfo(array.dtype),
): DTypeData<D> {
  const { shape, strides, data } = array;
  const lanes = lanesOf(info, array.itemLength);
  const length = elementCount(shape) * lanes;
  if (strides === undefined || (isLaidOut(shape, strides, "C") && data.length === length)) return data;
  const out = new info.Data(length);
  const [from, to] = [asBits(data as DTypeData), asBits(out as DTypeData)];
  gather(from, to, shape, strides, out.length === 0 ? 0 : (to.length / out.length) * lanes);
  return out;
}

/** Gives the strides of an array, whether it names them or not, in elements. */
export function stridesOf(array: NdArray): readonly number[] {
  return array.strides ?? cStrides(array.shape);
}

/** Gives the array in C order with `strides` left out: itself where it is so already, else a copy. */
export function contiguous<D extends DType>(array: NdArray<D>): NdArray<D> {
  if (array.strides === undefined) return array;
  const { strides: _, ...rest } = array;
  return { ...rest, data: contiguousData(array) };
}

function problem(array: NdArray, info: DTypeInfo): TypeError | RangeError | undefined {
  const { data, shape, strides, itemLength } = array;
  if (data[Symbol.toStringTag] !== info.dataName) {
    return new TypeError(`data of dtype ${info.dtype} is a ${info.dataName}, got ${data[Symbol.toStringTag]}`);
  }
  let count = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis] as number;
    if (!Number.isSafeInteger(length) || length < 0)
      return new RangeError(`axis length ${length} is not a whole number`);
    count *= length;
  }
  if (shape.length > maxDimensions) return new RangeError(`${shape.length} axes, at most ${maxDimensions} are allowed`);
  if (info.lanes === 0 ? !isItemLength(itemLength, count) : itemLength !== undefined) {
    return new RangeError(`item length ${itemLength} does not fit dtype ${info.dtype}`);
  }
  const lanes = lanesOf(info, itemLength);
  if (strides !== undefined) return stridesProblem(array, strides, count, lanes);
  if (data.length === count * lanes) return undefined;
  return new RangeError(`shape [${shape.join(", ")}] takes ${count * lanes} entries of data, got ${data.length}`);
}

function isItemLength(itemLength: number | undefined, count: number): boolean {
  return Number.isInteger(itemLength) && (itemLength as number) >= (count === 0 ? 0 : 1);
}

function stridesProblem(
  array: NdArray,
  strides: readonly number[],
  count: number,
  lanes: number,
): RangeError | undefined {
  const { shape, data } = array;
  if (strides.length !== shape.length) return new RangeError(`${strides.length} strides for ${shape.length} axes`);
  let last = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const stride = strides[axis] as number;
    if (!Number.isSafeInteger(stride) || stride < 0) return new RangeError(`stride ${stride} is not a whole number`);
    last += stride * Math.max(0, (shape[axis] as number) - 1);
  }
  if (count === 0 || (last + 1) * lanes <= data.length) return undefined;
  return new RangeError(`strides [${strides.join(", ")}] reach entry ${(last + 1) * lanes} of ${data.length}`);
}

// A float that passes through a number may lose the bits of its NaN.
function asBits(data: DTypeData): DTypeData {
  const floats = data instanceof Float32Array || data instanceof Float64Array;
  return floats ? new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4) : data;
}

function gather(
  data: DTypeData,
  out: DTypeData,
  shape: readonly number[],
  strides: readonly number[],
  lanes: number,
): void {
  const last = shape.length - 1;
  const inner = shape[last] ?? 1;
  const step = (strides[last] ?? 0) * lanes;
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; ) {
    for (let i = 0, at = from; i < inner; i++, at += step) {
      for (let lane = 0; lane < lanes; lane++) out[to++] = data[at + lane] as never;
    }
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      from += (strides[axis] as number) * lanes;
      if (++(index[axis] as number) < (shape[axis] as number)) break;
      from -= (strides[axis] as number) * lanes * (shape[axis] as number);
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

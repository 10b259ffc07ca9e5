import { type DTypeInfo, dtypeInfo, lanesOf } from "./dtype.ts";
import { floatToHalf, halfToFloat } from "./half.ts";
import { requireArray, stridesOf } from "./layout.ts";
import type { DType, DTypeData, NdArray } from "./ndarray.ts";
import { elementCount } from "./shape.ts";

/** One element as JavaScript shows it: complex as `[re, im]`, `bytes` without their zero padding, times as counts of their unit. */
export type ElementOf<D extends DType = DType> = D extends "bool"
  ? boolean
  : D extends "int64" | "uint64" | `datetime64[${string}]` | `timedelta64[${string}]`
    ? bigint
    : D extends "complex64" | "complex128"
      ? readonly [number, number]
      : D extends "str"
        ? string
        : D extends "bytes"
          ? Uint8Array
          : number;

/** Elements in nested lists, one level an axis; a scalar is the bare element. */
export type Nested<T> = T | readonly Nested<T>[];

// Lists of empty lists are the one thing that a small file can blow up: a shape such as [2^50, 0] takes no bytes.
const maxEmptyLists = 1 << 20;

/**
 * Gives the element at an index; negative indices count from the end of their axis.
 *
 * @throws RangeError – another number of indices than axes, or one outside its axis.
 */
export function itemAt<D extends DType>(array: NdArray<D>, ...index: readonly number[]): ElementOf<D> {
  const { shape } = array;
  const strides = stridesOf(array as NdArray<DType>);
  if (index.length !== shape.length) throw new RangeError(`${index.length} indices for ${shape.length} axes`);
  let at = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis] as number;
    const given = index[axis] as number;
    const position = given < 0 ? given + length : given;
    if (!Number.isInteger(position) || position < 0 || position >= length) {
      throw new RangeError(`index ${given} lies outside axis ${axis} of length ${length}`);
    }
    at += position * (strides[axis] as number);
  }
  const info: DTypeInfo = dtypeInfo(array.dtype);
  return readElement(array.data, at, info, array.itemLength) as ElementOf<D>;
}

/**
 * Gives all elements as nested lists, for printing and JSON.
 *
 * @throws RangeError – an array without elements whose shape stands for more than a million empty lists.
 */
export function toNested<D extends DType>(array: NdArray<D>): Nested<ElementOf<D>> {
  requireArray(array as NdArray<DType>);
  const { shape, data, itemLength } = array;
  const strides = stridesOf(array as NdArray<DType>);
  const info: DTypeInfo = dtypeInfo(array.dtype);
  const empty = shape.indexOf(0);
  if (empty !== -1 && elementCount(shape.slice(0, empty)) > maxEmptyLists) {
    throw new RangeError(`shape [${shape.join(", ")}] stands for too many empty lists`);
  }
  const build = (axis: number, at: number): Nested<ElementOf<D>> => {
    if (axis === shape.length) return readElement(data, at, info, itemLength) as ElementOf<D>;
    const list = new Array<Nested<ElementOf<D>>>(shape[axis] as number);
    for (let i = 0; i < list.length; i++) list[i] = build(axis + 1, at + i * (strides[axis] as number));
    return list;
  };
  return build(0, 0);
}

/**
 * Builds an array from nested lists of elements.
 *
 * The length of `str` and `bytes` items is that of the longest one, at least 1. Numbers are stored as a typed array stores them.
 *
 * @throws RangeError – lists of one level differ in length.
 * @throws TypeError – an element is not of a kind that the dtype takes.
 */
export function fromNested<D extends DType>(nested: Nested<ElementOf<D>>, dtype: D): NdArray<D> {
  const info: DTypeInfo = dtypeInfo(dtype);
  const shape: number[] = [];
  const elements: unknown[] = [];
  const depth = depthOf(nested, info);
  const visit = (value: unknown, axis: number): void => {
    if (axis === depth) {
      elements.push(value);
      return;
    }
    if (!Array.isArray(value)) throw new TypeError(`want a list at depth ${axis}, got ${typeof value}`);
    shape[axis] ??= value.length;
    if (shape[axis] !== value.length) throw new RangeError(`lists at depth ${axis} differ in length`);
    for (const item of value) visit(item, axis + 1);
  };
  visit(nested, 0);
  // Below an empty list there is nothing to measure.
  while (shape.length < depth) shape.push(0);
  const items = info.lanes === 0 ? elements.map((value) => codesOf(value, info)) : [];
  const itemLength = info.lanes === 0 ? items.reduce((most, item) => Math.max(most, item.length), 1) : undefined;
  const data = new info.Data(elements.length * lanesOf(info, itemLength));
  for (let i = 0; i < elements.length; i++) {
    if (itemLength === undefined) writeElement(data, i, info, elements[i]);
    else (data as Uint32Array).set(items[i] as ArrayLike<number>, i * itemLength);
  }
  return { data: data as DTypeData<D>, shape, dtype, ...(itemLength === undefined ? {} : { itemLength }) };
}

function depthOf(nested: unknown, info: DTypeInfo): number {
  let depth = 0;
  let value = nested;
  while (Array.isArray(value)) {
    if (info.kind === "c" && value.length === 2 && !Array.isArray(value[0])) return depth;
    depth++;
    if (value.length === 0) return depth;
    value = value[0];
  }
  return depth;
}

function readElement(data: DTypeData, at: number, info: DTypeInfo, itemLength: number | undefined): unknown {
  switch (info.kind) {
    case "b":
      return data[at] !== 0;
    case "c":
      return [data[2 * at], data[2 * at + 1]];
    case "f":
      return info.unitBytes === 2 ? halfToFloat(data[at] as number) : data[at];
    case "U":
    case "S": {
      const length = itemLength ?? 0;
      let end = (at + 1) * length;
      while (end > at * length && data[end - 1] === 0) end--;
      if (info.kind === "S") return (data as Uint8Array).slice(at * length, end);
      return textOf(data as Uint32Array, at * length, end);
    }
    default:
      return data[at];
  }
}

function writeElement(data: DTypeData, at: number, info: DTypeInfo, value: unknown): void {
  if (info.kind === "c") {
    if (!Array.isArray(value) || value.length !== 2) throw wrongElement(value, info);
    data[2 * at] = Number(value[0]) as never;
    data[2 * at + 1] = Number(value[1]) as never;
    return;
  }
  const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const want = big ? "bigint" : info.kind === "b" ? "boolean" : "number";
  if (typeof value !== want) throw wrongElement(value, info);
  data[at] = (info.dtype === "float16" ? floatToHalf(value as number) : value) as never;
}

function codesOf(value: unknown, info: DTypeInfo): ArrayLike<number> {
  if (info.kind === "S" && value instanceof Uint8Array) return value;
  if (info.kind === "U" && typeof value === "string") return Array.from(value, (char) => char.codePointAt(0) as number);
  throw wrongElement(value, info);
}

function textOf(codes: Uint32Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) {
    const code = codes[i] as number;
    // numpy refuses code points beyond Unicode too, but only when the element is looked at.
    text += code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  }
  return text;
}

function wrongElement(value: unknown, info: DTypeInfo): TypeError {
  return new TypeError(`${value === null ? "null" : typeof value} is no element of dtype ${info.dtype}`);
}

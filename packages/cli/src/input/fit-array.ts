import {
  astype,
  contiguous,
  type DType,
  dtypeInfo,
  type Field,
  fromNested,
  isDType,
  isNdArray,
  type NdArray,
  reshape,
} from "@atdata/core";
import { floatOf } from "./floats.ts";

const NAT = -(2n ** 63n);

/**
 * Turns an array, `{"$ndarray": …}` or nested lists into an array of a field: of its dtype, and where the number of elements is that
 * of its shape, of its shape. `undefined` for what is no array, or has elements that the dtype does not hold.
 */
export function fitArray(value: unknown, field: Pick<Field, "dtype" | "shape">): NdArray | undefined {
  const array = isNdArray(value) ? value : (described(value) ?? nested(value, field.dtype));
  if (array === undefined) return undefined;
  const typed = field.dtype === undefined || field.dtype === array.dtype ? array : converted(array, field.dtype);
  const { shape } = field;
  if (typed === undefined || shape === undefined || array.shape.length === shape.length) return typed;
  const lengths = shape.filter((length) => length !== null);
  const fits = lengths.length === shape.length && count(lengths) === count(array.shape);
  return fits ? reshape(typed, lengths) : typed;
}

/** Reads the form that `preview --json` prints. */
function described(value: unknown): NdArray | undefined {
  if (typeof value !== "object" || value === null || !("$ndarray" in value)) return undefined;
  const { dtype, shape, data } = value.$ndarray as { dtype?: unknown; shape?: unknown; data?: unknown };
  if (!isDType(dtype) || !isShape(shape) || !Array.isArray(data)) return undefined;
  const flat = /^complex/.test(dtype) ? pairs(data) : data;
  if (flat.length !== count(shape)) return undefined;
  const array = nested(flat, dtype);
  return array && reshape(array, shape);
}

function nested(value: unknown, dtype: DType | undefined): NdArray | undefined {
  if (!Array.isArray(value) && dtype === undefined) return undefined;
  const wanted = dtype ?? dtypeOf(value);
  if (wanted === undefined) return undefined;
  try {
    const array = fromNested(elements(value, wanted) as number, wanted as "float64");
    return holds(array, value) ? array : undefined;
  } catch (error) {
    // Ragged lists, and elements of another kind.
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Turns elements into what the dtype takes. */
function elements(value: unknown, dtype: DType): unknown {
  if (Array.isArray(value) && !(isComplex(dtype) && isPair(value))) return value.map((item) => elements(item, dtype));
  if (dtypeInfo(dtype).dataName.startsWith("Big")) {
    if (value === "NaT") return NAT;
    if (Number.isSafeInteger(value)) return BigInt(value as number);
    return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt(value) : value;
  }
  if (dtype === "bytes" && typeof value === "string") return new Uint8Array(Buffer.from(value, "base64"));
  if (isComplex(dtype) || /^float/.test(dtype)) return floatOf(value);
  return typeof value === "bigint" && /int/.test(dtype) ? Number(value) : value;
}

/** Typed arrays cut what is too large for them without a word. */
function holds({ data, dtype }: NdArray, value: unknown): boolean {
  if (!/^u?int/.test(dtype)) return true;
  const flat: readonly unknown[] = Array.isArray(value) ? value.flat(Infinity) : [value];
  return flat.every((item, i) => {
    const held = data[i];
    return held === item || (typeof item !== "boolean" && typeof held !== "undefined" && String(held) === String(item));
  });
}

/** Converts where no whole number changes; floats may round. */
function converted(array: NdArray, dtype: DType): NdArray | undefined {
  try {
    const cast = astype(array, dtype as "float64");
    if (/^(float|complex)/.test(dtype)) return cast;
    const back = astype(cast, array.dtype as "float64").data;
    return (contiguous(array).data as Float64Array).every((item, i) => item === back[i]) ? cast : undefined;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function dtypeOf(value: unknown): DType | undefined {
  const flat: readonly unknown[] = (value as readonly unknown[]).flat(Infinity);
  if (flat.every((item) => typeof item === "boolean")) return flat.length === 0 ? "float64" : "bool";
  if (flat.every((item) => typeof item === "bigint" || Number.isSafeInteger(item))) return "int64";
  if (flat.every((item) => typeof item === "number")) return "float64";
  return flat.every((item) => typeof item === "string") ? "str" : undefined;
}

function isComplex(dtype: DType): boolean {
  return dtype === "complex64" || dtype === "complex128";
}

function isPair(value: readonly unknown[]): boolean {
  return value.length === 2 && value.every((item) => !Array.isArray(item));
}

function pairs(flat: readonly unknown[]): unknown[] {
  return Array.from({ length: Math.ceil(flat.length / 2) }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

import { AtdataError } from "../errors.ts";
import { type DTypeInfo, dtypeInfo } from "./dtype.ts";
import { floatToHalf, halfToFloat } from "./half.ts";
import { contiguousData, requireArray } from "./layout.ts";
import type { DType, DTypeData, NdArray } from "./ndarray.ts";

/** What ES2025's `Float16Array` shares with every typed array of numbers. */
export interface HalfFloats extends ArrayBufferView, Iterable<number> {
  /** Number of elements. */
  readonly length: number;
  /** Always 2. */
  readonly BYTES_PER_ELEMENT: number;
  [index: number]: number;
}

/** How {@link astype} treats conversions. */
export interface CastOptions {
  /** `"safe"` refuses a dtype that cannot hold every value of the old one; default `"unsafe"`, as in numpy. */
  readonly casting?: "safe" | "unsafe";
}

/**
 * Converts the elements to another numeric dtype, as numpy's `astype` does.
 *
 * Floats lose their fraction towards zero, whole numbers wrap around, wider numbers round to nearest, ties to even; a complex number
 * loses its imaginary part. Where numpy's result depends on the machine (NaN, infinities and too large floats as whole numbers), NaN and
 * infinities become 0 and the rest wraps. Times convert to and from `int64` only, as counts of their unit.
 *
 * Copies: always, into C order.
 *
 * @throws TypeError – text, bytes or times to or from another kind, or a lossy conversion under `casting: "safe"`.
 */
export function astype<D extends DType>(array: NdArray, dtype: D, options: CastOptions = {}): NdArray<D> {
  requireArray(array);
  const from = dtypeInfo(array.dtype);
  const to = dtypeInfo(dtype);
  if (!isConvertible(from, to)) throw new TypeError(`cannot convert ${array.dtype} to ${dtype}`);
  if (options.casting === "safe" && !isSafe(from, to)) {
    throw new TypeError(
      `${dtype} cannot hold every value of ${array.dtype}; astype without casting: "safe" rounds or wraps`,
    );
  }
  const source = contiguousData(array);
  const shape = [...array.shape];
  if (array.dtype === (dtype as DType)) {
    const { strides: _, ...plain } = array as NdArray<D>;
    return { ...plain, shape, data: source.slice() as DTypeData<D> };
  }
  const count = source.length / (from.lanes || 1);
  const data = new to.Data(count * to.lanes);
  convert(source, from, data as DTypeData, to, count);
  return { data, shape, dtype };
}

/**
 * Converts any real dtype to float32; half floats are widened exactly.
 *
 * Copies: none when the array is float32 in C order already.
 *
 * @throws TypeError – complex, text, bytes or times.
 */
export function toFloat32(array: NdArray): NdArray<"float32"> {
  const { kind } = dtypeInfo(array.dtype);
  if (!"biuf".includes(kind)) throw new TypeError(`cannot convert ${array.dtype} to float32`);
  if (array.dtype === "float32" && array.strides === undefined) return array as NdArray<"float32">;
  return astype(array, "float32");
}

/**
 * Gives a float16 array's elements, in C order, as the runtime's own `Float16Array`.
 *
 * Copies: none when the array is in C order: the result shares its memory.
 *
 * @throws {@link AtdataError} `UNSUPPORTED` – the runtime has no `Float16Array`.
 * @throws TypeError – another dtype.
 */
export function toFloat16Array(array: NdArray<"float16">): HalfFloats {
  requireArray(array);
  if (array.dtype !== "float16") throw new TypeError(`want dtype float16, got ${array.dtype}`);
  const { Float16Array } = globalThis as { Float16Array?: HalfFloatsConstructor };
  if (Float16Array === undefined) {
    const hint = "use toFloat32, or a runtime with Float16Array (Node 24)";
    throw new AtdataError("UNSUPPORTED", "this runtime has no Float16Array", { operation: "toFloat16Array" }, { hint });
  }
  const data = contiguousData(array);
  return new Float16Array(data.buffer, data.byteOffset, data.length);
}

type HalfFloatsConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => HalfFloats;

function isConvertible(from: DTypeInfo, to: DTypeInfo): boolean {
  if (from.dtype === to.dtype) return true;
  if ("Mm".includes(from.kind)) return to.dtype === "int64";
  if ("Mm".includes(to.kind)) return from.dtype === "int64";
  return "biufc".includes(from.kind) && "biufc".includes(to.kind);
}

function isSafe(from: DTypeInfo, to: DTypeInfo): boolean {
  if (from.dtype === to.dtype || from.kind === "b") return true;
  if (to.kind === "b" || "Mm".includes(from.kind) || "Mm".includes(to.kind)) return false;
  const order = "uifc";
  if (order.indexOf(from.kind) > order.indexOf(to.kind)) return false;
  if (from.kind === to.kind || (from.kind === "f" && to.kind === "c")) return from.unitBytes <= to.unitBytes;
  // A float holds whole numbers of half its size; 64-bit ones count as safe in float64, as numpy has it.
  return to.kind === "i" ? from.unitBytes < to.unitBytes : from.unitBytes < to.unitBytes || to.unitBytes === 8;
}

function convert(source: DTypeData, from: DTypeInfo, out: DTypeData, to: DTypeInfo, count: number): void {
  const half = from.dtype === "float16";
  const step = from.lanes;
  const write = writer(out, to);
  for (let i = 0; i < count; i++) {
    const raw = source[i * step] as number | bigint;
    const imaginary = step === 2 ? (source[i * 2 + 1] as number) : 0;
    write(i, half ? halfToFloat(raw as number) : raw, imaginary);
  }
}

function writer(out: DTypeData, to: DTypeInfo): (at: number, real: number | bigint, imaginary: number) => void {
  const floats = out as Float64Array;
  if (to.kind === "b") {
    return (at, real, imaginary) => {
      floats[at] = Number(real) !== 0 || imaginary !== 0 ? 1 : 0;
    };
  }
  if (to.kind === "c") {
    return (at, real, imaginary) => {
      floats[2 * at] = Number(real);
      floats[2 * at + 1] = imaginary;
    };
  }
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    return (at, real) => {
      out[at] = typeof real === "bigint" ? real : BigInt(Number.isFinite(real) ? Math.trunc(real) : 0);
    };
  }
  if (to.dtype === "float16") {
    return (at, real) => {
      floats[at] = floatToHalf(Number(real));
    };
  }
  if (to.kind === "f") {
    return (at, real) => {
      floats[at] = Number(real);
    };
  }
  // A typed array wraps numbers by itself, but a bigint must lose its high bits before it becomes an inexact number.
  return (at, real) => {
    floats[at] = typeof real === "bigint" ? Number(BigInt.asIntN(32, real)) : real;
  };
}

/** Units of numpy's `datetime64` and `timedelta64`; `generic` is a unit-less one. A count may precede: `"10ms"`. */
export type TimeUnit = string;

/** Element types, by numpy's plain names. */
export type DType =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128"
  | "str"
  | "bytes"
  | `datetime64[${TimeUnit}]`
  | `timedelta64[${TimeUnit}]`;

/** The typed array that holds the elements of a dtype. */
export type DTypeData<D extends DType = DType> = D extends "bool" | "uint8" | "bytes"
  ? Uint8Array
  : D extends "int8"
    ? Int8Array
    : D extends "int16"
      ? Int16Array
      : D extends "int32"
        ? Int32Array
        : D extends "uint16" | "float16"
          ? Uint16Array
          : D extends "uint32" | "str"
            ? Uint32Array
            : D extends "float32" | "complex64"
              ? Float32Array
              : D extends "float64" | "complex128"
                ? Float64Array
                : D extends "uint64"
                  ? BigUint64Array
                  : BigInt64Array;

/**
 * An n-dimensional array: typed data with a shape.
 *
 * Encoding: `bool` is 0 or 1; `float16` raw half bits in a `Uint16Array`; complex numbers interleaved (re, im, re, im …);
 * `str` UTF-32 code points, `itemLength` of them an element, zero padded; `bytes` likewise in bytes; `datetime64` and
 * `timedelta64` counts of their unit, NaT = −2^63. Always little-endian in meaning: what the platform's typed arrays hold.
 */
export interface NdArray<D extends DType = DType> {
  /** The elements, C order unless `strides` is given. */
  readonly data: DTypeData<D>;
  /** Length of each axis; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: D;
  /** Distance between neighbours along each axis, in elements; present only when not C order. */
  readonly strides?: readonly number[];
  /** Code points or bytes an element, for `str` and `bytes`. */
  readonly itemLength?: number;
}

import type { ByteWriter } from "../codec/byte-writer.ts";
import { type Cursor, miss, SLAB_LIMIT } from "../codec/cursor.ts";
import { readBinHead } from "../codec/msgpack-read.ts";
import { writeBinHead } from "../codec/msgpack-write.ts";
import { compactSize, encodeCompactInto, readCompactHeader } from "../ndarray/compact.ts";
import { type DTypeInfo, dtypeInfo, lanesOf } from "../ndarray/dtype.ts";
import { isNdArray } from "../ndarray/layout.ts";
import type { DType, DTypeData, NdArray } from "../ndarray/ndarray.ts";
import { decodeNdArray } from "../ndarray/npy.ts";
import { type Field, type FieldCodec, type FieldDetails, type FieldOptions, field } from "./field.ts";
import { describeField, MistypedValue } from "./problems.ts";

/** Settings of an array field. */
export interface NdArrayFieldOptions extends FieldOptions {
  /** Names of the axes. */
  readonly dimensionNames?: readonly string[];
}

/**
 * Declares an n-dimensional array.
 *
 * A `dtype` and a `shape` are checked when reading and writing; `null` in a shape is an axis of any length.
 * On the wire: msgpack bin with the compact form (C order); `.npy` is read too.
 *
 * Copies: up to 16 KiB are copied out of the memory read; larger arrays are views of it where they are aligned.
 *
 * @example
 * ```ts
 * import { ndarray } from "@atdata/core";
 * const image = ndarray("uint8", [28, 28]);
 * const audio = ndarray("float32", [null, 2], { dimensionNames: ["time", "channel"] });
 * const anything = ndarray();
 * ```
 */
export function ndarray<D extends DType = DType>(
  dtype?: D,
  shape?: readonly (number | null)[],
  options?: NdArrayFieldOptions,
): Field<NdArray<D>> {
  if (dtype !== undefined) dtypeInfo(dtype);
  for (const length of shape ?? []) {
    if (length !== null && !(Number.isSafeInteger(length) && length >= 0)) {
      throw new RangeError(`axis length ${length} is not a whole number`);
    }
  }
  return arrayField({ ...options, ...(dtype && { dtype }), ...(shape && { shape }) }, true) as Field<NdArray<D>>;
}

/** Builds the field of a stored schema, whose dtype and shape are notes: Python writes a dtype that it does not know. */
export function notedNdArray(details: FieldDetails): Field<NdArray> {
  return arrayField(details, false);
}

function arrayField(details: FieldDetails, strict: boolean): Field<NdArray> {
  const fits = strict ? (array: Shaped) => conforms(array, details) : () => true;
  const self: Field<NdArray> = field(
    "ndarray",
    arrayCodec(fits, () => describeField(self)),
    details,
  );
  return self;
}

type Shaped = Pick<NdArray, "dtype" | "shape">;

function conforms(array: Shaped, want: FieldDetails): boolean {
  if (want.dtype !== undefined && array.dtype !== want.dtype) return false;
  if (want.shape === undefined) return true;
  if (array.shape.length !== want.shape.length) return false;
  return want.shape.every((length, axis) => length === null || length === array.shape[axis]);
}

/** A header that was seen, so that the next array with the same one costs a comparison of bytes. */
interface KnownHeader {
  readonly head: Uint8Array;
  readonly info: DTypeInfo;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly itemLength?: number | undefined;
  /** Entries of the typed array. */
  readonly entries: number;
  /** Bytes of the elements. */
  readonly bytes: number;
}

const none: KnownHeader = {
  head: new Uint8Array(0),
  info: dtypeInfo("uint8"),
  dtype: "uint8",
  shape: [],
  itemLength: undefined,
  entries: -1,
  bytes: -1,
};

function arrayCodec(fits: (array: Shaped) => boolean, describe: () => string): FieldCodec<NdArray> {
  let known = none;
  let written = none;
  return {
    read(c) {
      const length = readBinHead(c);
      const from = c.pos;
      const to = from + length;
      if (to > c.end) miss();
      c.pos = to;
      if (length !== known.head.length + known.bytes || !startsWith(c.bytes, from, known.head)) {
        const header = readHeader(c.bytes, from, to);
        if (header === undefined) {
          const array = decodeNdArray(c.bytes.subarray(from, to));
          return fits(array) ? array : miss();
        }
        if (!fits(header)) miss();
        known = header;
      }
      return takeArray(c, from + known.head.length, known);
    },
    write(out, array) {
      const { data } = array;
      if (
        array.strides === undefined &&
        array.dtype === written.dtype &&
        data.length === written.entries &&
        array.itemLength === written.itemLength &&
        data[Symbol.toStringTag] === written.info.dataName &&
        sameShape(array.shape, written.shape)
      ) {
        writeKnown(out, written, data);
        return;
      }
      if (!isNdArray(array) || !fits(array)) throw new MistypedValue(describe(), array);
      writeBinHead(out, compactSize(array));
      const from = out.length;
      encodeCompactInto(out, array);
      if (array.strides === undefined) written = headerOf(array, out.bytes.subarray(from, out.length));
    },
    is: (value) => isNdArray(value) && fits(value),
  };
}

/** Reads a compact header; `undefined` for what the fast way does not do: `.npy`, big-endian, a wrong length. */
function readHeader(bytes: Uint8Array, from: number, to: number): KnownHeader | undefined {
  if (bytes[from] === 0x93) return undefined;
  const { type, shape, count, dataStart } = readCompactHeader(bytes.subarray(from, to));
  const size = count * type.itemBytes;
  if (!type.littleEndian || size !== to - from - dataStart) return undefined;
  const { info, dtype, itemLength } = type;
  const head = bytes.slice(from, from + dataStart);
  return {
    head,
    info,
    dtype,
    shape: Object.freeze(shape),
    itemLength,
    entries: count * lanesOf(info, itemLength),
    bytes: size,
  };
}

function headerOf(array: NdArray, encoded: Uint8Array): KnownHeader {
  const { dtype, itemLength, data } = array;
  return {
    head: encoded.slice(0, encoded.length - data.byteLength),
    info: dtypeInfo(dtype),
    dtype,
    shape: array.shape.slice(),
    itemLength,
    entries: data.length,
    bytes: data.byteLength,
  };
}

function takeArray(c: Cursor, from: number, known: KnownHeader): NdArray {
  const data = takeData(c, from, known);
  const { shape, dtype, itemLength } = known;
  return itemLength === undefined ? { data, shape, dtype } : { data, shape, dtype, itemLength };
}

function takeData(c: Cursor, from: number, known: KnownHeader): DTypeData {
  const { Data, unitBytes } = known.info;
  const size = known.bytes;
  const start = c.base + from;
  const aligned = start % unitBytes === 0;
  if (aligned && (c.ownership === "borrow" || (c.ownership === "share" && size > SLAB_LIMIT))) {
    c.escaped = c.ownership === "share" || c.escaped;
    return new Data(c.buffer, start, known.entries);
  }
  if (size > SLAB_LIMIT) {
    // Not `c.bytes.slice`, which does not copy when a caller has given a Buffer.
    const own = new Uint8Array(c.buffer, start, size).slice();
    return new Data(own.buffer, 0, known.entries);
  }
  const at = c.allocate(size);
  c.slab.set(new Uint8Array(c.buffer, start, size), at);
  return new Data(c.slabBuffer, at, known.entries);
}

function writeKnown(out: ByteWriter, known: KnownHeader, data: DTypeData): void {
  const { head, bytes: size } = known;
  writeBinHead(out, head.length + size);
  const { bytes } = out;
  let at = out.length;
  for (let i = 0; i < head.length; i++) bytes[at++] = head[i] as number;
  bytes.set(data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, size), at);
  out.length = at + size;
}

function startsWith(bytes: Uint8Array, from: number, head: Uint8Array): boolean {
  for (let i = 0; i < head.length; i++) if (bytes[from + i] !== head[i]) return false;
  return true;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

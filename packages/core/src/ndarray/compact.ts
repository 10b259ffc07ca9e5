import type { ByteWriter } from "../codec/byte-writer.ts";
import { AtdataError } from "../errors.ts";
import { type DTypeInfo, dtypeInfo, formatDType, lanesOf, type ParsedDType, parseDType } from "./dtype.ts";
import { copyElements, littleEndianBytes, viewElements } from "./elements.ts";
import { contiguousData, requireArray } from "./layout.ts";
import type { NdArray } from "./ndarray.ts";
import { checkedCount, elementCount, maxDimensions } from "./shape.ts";

/** How array bytes are read. */
export interface DecodeArrayOptions {
  /** `false` lets the array be a view of the given bytes where they are aligned and little-endian; default `true`. */
  readonly copy?: boolean;
}

/** What the header of a compact buffer says. */
export interface CompactHeader {
  /** The dtype as stored. */
  readonly type: ParsedDType;
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly count: number;
  /** Where the elements start, from the start of the buffer. */
  readonly dataStart: number;
}

/**
 * Encodes an array in the compact form that Python atdata writes: dtype string, shape, elements in C order.
 *
 * Any strides are honoured. Bytes equal Python's, little-endian always.
 *
 * @throws TypeError – `data` is not the typed array of `dtype`.
 * @throws RangeError – `data` does not fit `shape`, `strides` and `itemLength`.
 */
export function encodeCompact(array: NdArray): Uint8Array {
  const out = new Uint8Array(compactSize(array));
  put(out, new DataView(out.buffer), 0, array);
  return out;
}

/** Counts the bytes that {@link encodeCompactInto} will append, without looking at the elements. */
export function compactSize(array: NdArray): number {
  const info = dtypeInfo(array.dtype);
  const { shape } = array;
  const bytes = elementCount(shape) * lanesOf(info, array.itemLength) * info.unitBytes;
  const prefix = info.prefix === undefined ? flexiblePrefix(array).length : info.prefix.length;
  return prefix + 1 + 8 * shape.length + bytes;
}

/** Appends an array in the compact form; throws what {@link encodeCompact} throws, having appended nothing. */
export function encodeCompactInto(out: ByteWriter, array: NdArray): void {
  const size = compactSize(array);
  out.reserve(size);
  put(out.bytes, out.view, out.length, array);
  out.length += size;
}

/**
 * Decodes a compact buffer.
 *
 * Big-endian elements are converted, unaligned ones copied.
 *
 * Copies: always, unless `copy: false` and the elements are aligned: then `data` is a view that keeps `bytes` alive.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – truncated, unknown dtype, or a length that differs from the shape's.
 */
export function decodeCompact(bytes: Uint8Array, options: DecodeArrayOptions = {}): NdArray {
  const { type, shape, count, dataStart } = readCompactHeader(bytes);
  const want = count * type.itemBytes;
  const got = bytes.length - dataStart;
  if (want !== got) {
    const { dtype } = type;
    throw new AtdataError(
      "NDARRAY_INVALID",
      `elements of shape [${shape.join(", ")}] take ${want} bytes, found ${got}`,
      { dtype },
    );
  }
  const read = options.copy === false ? viewElements : copyElements;
  const data = read(bytes, dataStart, count, type);
  return type.itemLength === undefined
    ? { data, shape, dtype: type.dtype }
    : { data, shape, dtype: type.dtype, itemLength: type.itemLength };
}

/**
 * Reads the header of a compact buffer and leaves the elements alone; whether they are all there is for the caller to check.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – truncated, an unknown dtype, or an impossible shape.
 */
export function readCompactHeader(bytes: Uint8Array): CompactHeader {
  const textLength = bytes[0];
  if (textLength === undefined || bytes.length < textLength + 2) throw truncated(bytes.length, (textLength ?? 0) + 2);
  const type = storedType(bytes, textLength);
  const dimensions = bytes[1 + textLength] as number;
  const shapeStart = textLength + 2;
  const dataStart = shapeStart + 8 * dimensions;
  if (dimensions > maxDimensions) {
    throw new AtdataError("NDARRAY_INVALID", `array has ${dimensions} axes, at most ${maxDimensions} are allowed`, {});
  }
  if (bytes.length < dataStart) throw truncated(bytes.length, dataStart);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = new Array<number>(dimensions);
  for (let axis = 0; axis < dimensions; axis++) {
    const at = shapeStart + 8 * axis;
    shape[axis] = view.getUint32(at, true) + view.getInt32(at + 4, true) * 0x1_0000_0000;
  }
  const count = checkedCount(shape);
  if (type.itemBytes === 0 && count > 0) {
    throw new AtdataError("NDARRAY_INVALID", "elements of length 0", { dtype: type.dtype });
  }
  return { type, shape, count, dataStart };
}

// Nearly every stored dtype string has three bytes: those are looked up as one number, without making a string.
const shortTypes: Map<number, ParsedDType> = new Map();

function storedType(bytes: Uint8Array, length: number): ParsedDType {
  const key = length === 3 ? ((bytes[1] as number) << 16) | ((bytes[2] as number) << 8) | (bytes[3] as number) : -1;
  const known = shortTypes.get(key);
  if (known !== undefined) return known;
  const type = parseDType(String.fromCharCode(...bytes.subarray(1, 1 + length)));
  if (length === 3 && type.itemLength === undefined) shortTypes.set(key, type);
  return type;
}

function put(out: Uint8Array, view: DataView, start: number, array: NdArray): void {
  const info = dtypeInfo(array.dtype);
  requireArray(array, info);
  const prefix = info.prefix ?? flexiblePrefix(array);
  const { shape } = array;
  let at = start;
  for (let i = 0; i < prefix.length; i++) out[at++] = prefix[i] as number;
  out[at++] = shape.length;
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis] as number;
    view.setUint32(at, length, true);
    view.setUint32(at + 4, length / 0x1_0000_0000, true);
    at += 8;
  }
  out.set(dataBytes(array, info), at);
}

function dataBytes(array: NdArray, info: DTypeInfo): Uint8Array {
  const data = array.strides === undefined ? array.data : contiguousData(array, info);
  return data instanceof Uint8Array ? data : littleEndianBytes(data);
}

function flexiblePrefix(array: NdArray): Uint8Array {
  const text = formatDType(array.dtype, array.itemLength);
  return Uint8Array.of(text.length, ...Array.from(text, (c) => c.charCodeAt(0)));
}

function truncated(got: number, want: number): AtdataError {
  return new AtdataError("NDARRAY_INVALID", `array header is cut off: ${got} bytes, at least ${want} are needed`, {});
}

import { AtdataError } from "../errors.ts";
import { type DecodeArrayOptions, decodeCompact } from "./compact.ts";
import { formatDType, type ParsedDType, parseDType } from "./dtype.ts";
import { copyElements, littleEndianBytes, viewElements } from "./elements.ts";
import { contiguousData, requireArray } from "./layout.ts";
import type { NdArray } from "./ndarray.ts";
import { isNpy, type NpyHeader, readNpyHeader, writeNpyHeader } from "./npy-header.ts";
import { transpose } from "./reshape.ts";
import { fortranStrides, isLaidOut } from "./shape.ts";

/**
 * Decodes an array in either form that atdata has written: compact, or `.npy` when it starts with `\x93NUMPY`.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – bytes that are neither.
 */
export function decodeNdArray(bytes: Uint8Array, options?: DecodeArrayOptions): NdArray {
  return isNpy(bytes) ? decodeNpy(bytes, options) : decodeCompact(bytes, options);
}

/**
 * Decodes a `.npy` file of version 1, 2 or 3.
 *
 * Order: a file in Fortran order gives an array with `strides`; `contiguous(a)` brings it to C order.
 * Copies: always, unless `copy: false` and the elements are aligned and little-endian.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – malformed, pickled, structured, or of another length than the shape says.
 */
export function decodeNpy(bytes: Uint8Array, options: DecodeArrayOptions = {}): NdArray {
  const header = readNpyHeader(bytes);
  if (typeof header.descr !== "string") {
    const hint = "read it with decodeStructured, or declare the field as structured()";
    throw new AtdataError("NDARRAY_INVALID", "array has named fields", {}, { hint });
  }
  const type = parseDType(header.descr);
  checkDataLength(bytes, header, type.itemBytes, header.descr);
  const read = options.copy === false ? viewElements : copyElements;
  const data = read(bytes, header.dataStart, header.count, type);
  return { data, shape: header.shape, dtype: type.dtype, ...lengths(type), ...orderOf(header) };
}

/**
 * Encodes an array as `np.save` does, byte for byte: version 1, and Fortran order where its strides are so.
 *
 * @throws TypeError – `data` is not the typed array of `dtype`.
 * @throws RangeError – `data` does not fit `shape`, `strides` and `itemLength`.
 */
export function encodeNpy(array: NdArray): Uint8Array {
  requireArray(array);
  const { shape, strides } = array;
  const fortran = strides !== undefined && !isLaidOut(shape, strides, "C") && isLaidOut(shape, strides, "F");
  const header = writeNpyHeader(`'${formatDType(array.dtype, array.itemLength)}'`, fortran, shape);
  const data = littleEndianBytes(fortran ? contiguousData(transpose(array)) : contiguousData(array));
  const out = new Uint8Array(header.length + data.length);
  out.set(header);
  out.set(data, header.length);
  return out;
}

/** Refuses a file whose elements take more or fewer bytes than its header says. */
export function checkDataLength(bytes: Uint8Array, header: NpyHeader, itemBytes: number, dtype: string): void {
  const { shape, count, dataStart } = header;
  const want = count * itemBytes;
  const got = bytes.length - dataStart;
  if (want !== got || (itemBytes === 0 && count > 0)) {
    const clause = `elements of shape [${shape.join(", ")}] take ${want} bytes, found ${got}`;
    throw new AtdataError("NDARRAY_INVALID", clause, { dtype });
  }
}

function lengths(type: ParsedDType): { itemLength?: number } {
  return type.itemLength === undefined ? {} : { itemLength: type.itemLength };
}

function orderOf({ fortranOrder, shape }: NpyHeader): { strides?: readonly number[] } {
  const strides = fortranStrides(shape);
  return fortranOrder && !isLaidOut(shape, strides, "C") ? { strides } : {};
}

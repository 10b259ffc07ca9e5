import { ByteWriter } from "../codec/byte-writer.ts";
import { AtdataError } from "../errors.ts";
import { dtypeInfo, parseDType } from "../ndarray/dtype.ts";
import { copyElements, littleEndianBytes } from "../ndarray/elements.ts";
import { contiguousData, isNdArray, stridesOf } from "../ndarray/layout.ts";
import type { DType, NdArray } from "../ndarray/ndarray.ts";
import { transpose } from "../ndarray/reshape.ts";
import { checkedCount, cStrides, isLaidOut, maxDimensions } from "../ndarray/shape.ts";
import {
  addTable,
  addText,
  addVector,
  addZeros,
  childTable,
  fieldAt,
  padTo,
  pointTo,
  readLong,
  rootTable,
  type Table,
  tableAt,
  vectorAt,
} from "./flatbuffer.ts";

/** An array whose axes may have names. */
export interface ArrowTensor<D extends DType = DType> extends NdArray<D> {
  /** The name of each axis, `""` for one without; absent when none has one. */
  readonly dimensionNames?: readonly string[];
}

// Numbers of Arrow's format: Message.fbs, Tensor.fbs and Schema.fbs.
const versionV5 = 4;
const tensorHeader = 4;
const intType = 2;
const floatType = 3;
const alignment = 64;
const continuation = 0xffff_ffff;

/**
 * Decodes one encapsulated Arrow IPC message that holds a tensor.
 *
 * Order: strides are honoured; a tensor that is not in C order gives an array with `strides`. Copies: always.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – malformed, another kind of message, or elements that are no plain numbers.
 */
export function decodeArrowTensor(bytes: Uint8Array): ArrowTensor {
  try {
    return readMessage(bytes);
  } catch (cause) {
    // DataView refuses what lies outside; nothing else in here throws a RangeError.
    if (!(cause instanceof RangeError)) throw cause;
    throw new AtdataError("NDARRAY_INVALID", "arrow tensor is cut off or damaged", {}, { cause });
  }
}

/**
 * Encodes an array as one Arrow IPC tensor message, as pyarrow's `write_tensor` lays it out; Fortran order is kept.
 *
 * @throws TypeError – a value that {@link isArrowTensor} refuses.
 */
export function encodeArrowTensor(tensor: ArrowTensor): Uint8Array {
  if (!isArrowTensor(tensor)) throw new TypeError("want an array of whole or float numbers");
  const strides = stridesOf(tensor);
  const fortran = !isLaidOut(tensor.shape, strides, "C") && isLaidOut(tensor.shape, strides, "F");
  const data = littleEndianBytes(contiguousData(fortran ? transpose<DType>(tensor) : tensor));
  const out = new ByteWriter(512 + data.length);
  out.append(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0));
  writeMessage(out, tensor, fortran ? strides : cStrides(tensor.shape), data.length);
  padTo(out, alignment);
  out.view.setUint32(4, out.length - 8, true);
  out.append(data);
  return out.toBytes();
}

/** Tells whether a value can be written as an Arrow tensor: an array of whole or float numbers. */
export function isArrowTensor(value: unknown): value is ArrowTensor {
  if (!isNdArray(value) || !"iuf".includes(dtypeInfo(value.dtype).kind)) return false;
  const names: unknown = (value as ArrowTensor).dimensionNames;
  if (names === undefined) return true;
  return Array.isArray(names) && names.length === value.shape.length && names.every((name) => typeof name === "string");
}

function readMessage(bytes: Uint8Array): ArrowTensor {
  const all = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // Before Arrow 0.15 a message began with its length.
  const start = all.getUint32(0, true) === continuation ? 8 : 4;
  const length = all.getUint32(start - 4, true);
  if (start + length > bytes.length) throw invalid(`arrow metadata ends at byte ${start + length} of ${bytes.length}`);
  const message = rootTable(new DataView(bytes.buffer, bytes.byteOffset + start, length));
  const kind = fieldAt(message, 1);
  const tensor = childTable(message, 2);
  if (kind === undefined || message.view.getUint8(kind) !== tensorHeader || tensor === undefined) {
    throw invalid("arrow message holds no tensor");
  }
  return readTensor(tensor, bytes.subarray(start + length));
}

function readTensor(tensor: Table, body: Uint8Array): ArrowTensor {
  const { view } = tensor;
  const type = parseDType(`<${elementCode(tensor)}`);
  const { shape, names } = readDimensions(tensor);
  const count = checkedCount(shape);
  const strides = readStrides(tensor, type.itemBytes, shape.length);
  const buffer = fieldAt(tensor, 4);
  if (buffer === undefined) throw invalid("arrow tensor has no buffer");
  const offset = readLong(view, buffer);
  const size = readLong(view, buffer + 8);
  // Written so that NaN, from numbers beyond 2^53, is refused too.
  if (!(offset >= 0 && size >= 0 && offset + size <= body.length)) {
    throw invalid(`arrow tensor wants bytes ${offset} … ${offset + size} of a body of ${body.length}`);
  }
  const plain = strides === undefined || isLaidOut(shape, strides, "C");
  const wanted = plain ? count : Math.floor(size / type.itemBytes);
  if (wanted * type.itemBytes > size)
    throw invalid(`arrow tensor of shape [${shape.join(", ")}] takes more than ${size} bytes`);
  const data = copyElements(body, offset, wanted, type);
  const named = names.some((name) => name !== "") ? { dimensionNames: names } : {};
  const array: ArrowTensor = { data, shape, dtype: type.dtype, ...(plain ? {} : { strides }), ...named };
  if (!isNdArray(array)) throw invalid("strides of the arrow tensor lead outside its elements");
  return array;
}

function elementCode(tensor: Table): string {
  const kind = fieldAt(tensor, 0);
  const type = childTable(tensor, 1);
  const tag = kind === undefined ? 0 : tensor.view.getUint8(kind);
  if (type !== undefined && tag === intType) {
    const width = fieldAt(type, 0);
    const signed = fieldAt(type, 1);
    const bits = width === undefined ? 0 : type.view.getInt32(width, true);
    if ([8, 16, 32, 64].includes(bits)) {
      return `${signed !== undefined && type.view.getUint8(signed) !== 0 ? "i" : "u"}${bits / 8}`;
    }
  }
  if (type !== undefined && tag === floatType) {
    const precision = fieldAt(type, 0);
    const code = ["f2", "f4", "f8"][precision === undefined ? 0 : type.view.getInt16(precision, true)];
    if (code !== undefined) return code;
  }
  throw invalid(`arrow tensor has elements of type ${tag}, want whole or float numbers`);
}

function readDimensions(tensor: Table): { shape: number[]; names: string[] } {
  const { view } = tensor;
  const list = vectorAt(tensor, 2);
  const length = list?.length ?? 0;
  if (length > maxDimensions) throw invalid(`arrow tensor has ${length} axes, at most ${maxDimensions} are allowed`);
  const shape: number[] = [];
  const names: string[] = [];
  for (let axis = 0; axis < length; axis++) {
    const dimension = tableAt(view, (list?.at ?? 0) + 4 * axis);
    const size = fieldAt(dimension, 0);
    shape.push(size === undefined ? 0 : readLong(view, size));
    names.push(readText(dimension, 1));
  }
  return { shape, names };
}

function readStrides(tensor: Table, itemBytes: number, axes: number): number[] | undefined {
  const list = vectorAt(tensor, 3);
  if (list === undefined || list.length === 0) return undefined;
  if (list.length !== axes) throw invalid(`arrow tensor has ${list.length} strides for ${axes} axes`);
  return Array.from({ length: axes }, (_, axis) => readLong(tensor.view, list.at + 8 * axis) / itemBytes);
}

function readText(table: Table, id: number): string {
  const text = vectorAt(table, id);
  if (text === undefined) return "";
  const { buffer, byteOffset, byteLength } = table.view;
  if (text.at + text.length > byteLength) throw invalid("a name of an axis is cut off");
  return new TextDecoder().decode(new Uint8Array(buffer, byteOffset + text.at, text.length));
}

function writeMessage(out: ByteWriter, tensor: ArrowTensor, strides: readonly number[], size: number): void {
  const info = dtypeInfo(tensor.dtype);
  const base = out.length;
  // Offsets are relative to where they stand, alignment to the start of the buffer: that is 8, a multiple of both.
  addZeros(out, 4);
  const message = addTable(out, [2, 1, 4, 8]);
  pointTo(out, base, message.at);
  const [version = 0, kind = 0, header = 0, bodyLength = 0] = message.fields;
  out.view.setInt16(version, versionV5, true);
  out.view.setUint8(kind, tensorHeader);
  out.view.setBigInt64(bodyLength, BigInt(size), true);
  const table = addTable(out, [1, 4, 4, 4, 16]);
  pointTo(out, header, table.at);
  const [typeTag = 0, type = 0, shape = 0, steps = 0, buffer = 0] = table.fields;
  out.view.setUint8(typeTag, info.kind === "f" ? floatType : intType);
  out.view.setBigInt64(buffer + 8, BigInt(size), true);
  pointTo(out, type, writeType(out, info.kind, info.unitBytes));
  const dimensions = addVector(out, tensor.shape.length, 4);
  pointTo(out, shape, dimensions.at);
  for (const [axis, length] of tensor.shape.entries()) {
    const dimension = addTable(out, [8, 4]);
    const [at = 0, name = 0] = dimension.fields;
    pointTo(out, dimensions.first + 4 * axis, dimension.at);
    out.view.setBigInt64(at, BigInt(length), true);
    pointTo(out, name, addText(out, tensor.dimensionNames?.[axis] ?? ""));
  }
  const vector = addVector(out, strides.length, 8);
  pointTo(out, steps, vector.at);
  for (const [axis, stride] of strides.entries()) {
    out.view.setBigInt64(vector.first + 8 * axis, BigInt(stride * info.unitBytes), true);
  }
}

function writeType(out: ByteWriter, kind: string, unitBytes: number): number {
  if (kind === "f") {
    const float = addTable(out, [2]);
    out.view.setInt16(float.fields[0] as number, { 2: 0, 4: 1, 8: 2 }[unitBytes] as number, true);
    return float.at;
  }
  const int = addTable(out, [4, 1]);
  const [width = 0, signed = 0] = int.fields;
  out.view.setInt32(width, unitBytes * 8, true);
  out.view.setUint8(signed, kind === "i" ? 1 : 0);
  return int.at;
}

function invalid(clause: string): AtdataError {
  return new AtdataError("NDARRAY_INVALID", clause, {});
}

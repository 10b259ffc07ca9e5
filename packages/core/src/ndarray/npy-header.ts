import { AtdataError } from "../errors.ts";
import { isTuple, type PythonValue, parsePythonLiteral } from "./python-literal.ts";
import { checkedCount } from "./shape.ts";

/** What a `.npy` header says. */
export interface NpyHeader {
  /** The dtype, as numpy describes it: a dtype string, or a list of fields. */
  readonly descr: PythonValue;
  /** Whether the first axis is the fastest. */
  readonly fortranOrder: boolean;
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly count: number;
  /** Where the elements start. */
  readonly dataStart: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
// numpy itself refuses more than 10,000 characters unless told otherwise.
const maxHeaderBytes = 1 << 20;
const alignment = 64;
const growthDigits = 21;

/** Tells whether bytes start as a `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads the header of a `.npy` file of version 1, 2 or 3.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – not such a file, cut off, larger than 1 MiB, or with an impossible shape.
 */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (!isNpy(bytes)) throw invalid("not a .npy file");
  const major = bytes[6];
  const minor = bytes[7];
  if (major === undefined || major < 1 || major > 3 || minor !== 0) {
    throw invalid(`.npy version ${major}.${minor} is unknown`);
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw invalid(`.npy header is cut off after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > maxHeaderBytes) throw invalid(`.npy header of ${length} bytes, at most ${maxHeaderBytes} are allowed`);
  const dataStart = start + length;
  if (bytes.length < dataStart) throw invalid(`.npy header ends at byte ${dataStart}, found ${bytes.length} bytes`);
  const text = bytes.subarray(start, dataStart);
  const header = parsePythonLiteral(major === 3 ? utf8(text) : latin1(text));
  if (!(header instanceof Map)) throw invalid(".npy header is not a dict");
  const fortranOrder = header.get("fortran_order");
  const descr = header.get("descr");
  if (header.size !== 3 || descr === undefined || typeof fortranOrder !== "boolean") {
    throw invalid(".npy header wants exactly descr, fortran_order and shape");
  }
  const shape = readShape(header.get("shape"));
  return { descr, fortranOrder, shape, count: checkedCount(shape), dataStart };
}

/** Reads a tuple of axis lengths. */
export function readShape(value: PythonValue | undefined): readonly number[] {
  if (!isTuple(value)) throw invalid("shape is not a tuple");
  return value.tuple.map((length) => {
    if (typeof length !== "number") throw invalid("shape holds something that is no number");
    return length;
  });
}

/** Writes a tuple of axis lengths as Python does. */
export function shapeRepr(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/**
 * Writes the header that `np.save` writes, in the lowest version that can hold it.
 *
 * @param descr - The dtype as a Python literal, quotes included.
 */
export function writeNpyHeader(descr: string, fortranOrder: boolean, shape: readonly number[]): Uint8Array {
  const order = fortranOrder ? "True" : "False";
  let text = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shapeRepr(shape)}, }`;
  // numpy leaves room for the growing axis to become as long as it can.
  const growing = shape[fortranOrder ? shape.length - 1 : 0];
  if (growing !== undefined) text += " ".repeat(growthDigits - String(growing).length);
  const narrow = latin1Bytes(text);
  const bytes = narrow ?? new TextEncoder().encode(text);
  const version = narrow === undefined ? 3 : paddedLength(bytes.length, 10) > 0xffff + 10 ? 2 : 1;
  const start = version === 1 ? 10 : 12;
  const out = new Uint8Array(paddedLength(bytes.length, start)).fill(0x20);
  out.set(magic);
  out.set([version, 0], 6);
  const view = new DataView(out.buffer);
  if (version === 1) view.setUint16(8, out.length - start, true);
  else view.setUint32(8, out.length - start, true);
  out.set(bytes, start);
  out[out.length - 1] = 0x0a;
  return out;
}

// numpy adds a whole block of padding when none is needed.
function paddedLength(textLength: number, start: number): number {
  const used = start + textLength + 1;
  return used + alignment - (used % alignment);
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function latin1Bytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) return undefined;
    bytes[i] = code;
  }
  return bytes;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AtdataError("NDARRAY_INVALID", ".npy header is not UTF-8", {}, { cause });
  }
}

function invalid(clause: string): AtdataError {
  return new AtdataError("NDARRAY_INVALID", clause, {});
}

import { AtdataError } from "../errors.ts";
import { dtypeInfo, parseDType } from "../ndarray/dtype.ts";
import { copyElements, littleEndianBytes } from "../ndarray/elements.ts";
import { contiguousData, isNdArray } from "../ndarray/layout.ts";
import type { DType, NdArray } from "../ndarray/ndarray.ts";
import { checkedCount } from "../ndarray/shape.ts";

/** The arrays of a safetensors file by name, and its free-form notes. */
export interface SafeTensors {
  /** The arrays by name, in the order of the file; without a prototype when decoded. */
  readonly tensors: Readonly<Record<string, NdArray>>;
  /** What the file says about itself (`__metadata__`); absent when it says nothing. */
  readonly metadata?: Readonly<Record<string, string>>;
}

interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

// In the order of the reference implementation, which writes the last kinds first to keep elements aligned.
const names: readonly (readonly [string, DType])[] = [
  ["BOOL", "bool"],
  ["U8", "uint8"],
  ["I8", "int8"],
  ["I16", "int16"],
  ["U16", "uint16"],
  ["F16", "float16"],
  ["I32", "int32"],
  ["U32", "uint32"],
  ["F32", "float32"],
  ["C64", "complex64"],
  ["F64", "float64"],
  ["I64", "int64"],
  ["U64", "uint64"],
];
const byName: ReadonlyMap<unknown, DType> = new Map(names);
const ranks: ReadonlyMap<DType, number> = new Map(names.map(([, dtype], rank) => [dtype, rank]));
const maxHeaderBytes = 100_000_000;
const notes = "__metadata__";

/**
 * Decodes a safetensors file.
 *
 * Copies: every array, out of `bytes`.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – malformed, elements that overlap, leave holes or do not fit their shape, or a dtype
 * without a counterpart here (bfloat16 and the 8-bit floats); field `field` names the array.
 */
export function decodeSafetensors(bytes: Uint8Array): SafeTensors {
  const { header, data } = splitHeader(bytes);
  const tensors = Object.create(null) as Record<string, NdArray>;
  let metadata: Record<string, string> | undefined;
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === notes) metadata = readNotes(value);
    else entries.push(readEntry(name, value));
  }
  checkCoverage(entries, data.length);
  for (const { name, dtype, shape, begin } of entries) {
    const type = parseDType(`<${dtypeInfo(dtype).code}`);
    tensors[name] = { data: copyElements(data, begin, checkedCount(shape), type), shape, dtype };
  }
  return metadata === undefined ? { tensors } : { tensors, metadata };
}

/**
 * Encodes arrays as the reference implementation does, byte for byte: wide kinds first, then by name.
 *
 * @throws TypeError – a value that {@link isSafeTensors} refuses.
 */
export function encodeSafetensors(value: SafeTensors): Uint8Array {
  if (!isSafeTensors(value)) throw new TypeError("want named arrays of boolean, whole, float or complex64 numbers");
  const encoder = new TextEncoder();
  const sorted = Object.entries(value.tensors).map(([name, array]) => ({ name, array, key: encoder.encode(name) }));
  sorted.sort((a, b) => rankOf(b.array) - rankOf(a.array) || compareBytes(a.key, b.key));
  const header: string[] = [];
  if (value.metadata !== undefined) header.push(`"${notes}":${JSON.stringify(value.metadata)}`);
  let at = 0;
  const chunks = sorted.map(({ name, array }) => {
    const data = littleEndianBytes(contiguousData(array));
    const dtype = names[rankOf(array)]?.[0];
    header.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape: array.shape, data_offsets: [at, at + data.length] })}`,
    );
    at += data.length;
    return data;
  });
  const text = encoder.encode(`{${header.join(",")}}`);
  const dataStart = 8 + Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(dataStart + at).fill(0x20, 0, dataStart);
  new DataView(out.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  out.set(text, 8);
  let to = dataStart;
  for (const chunk of chunks) {
    out.set(chunk, to);
    to += chunk.length;
  }
  return out;
}

/** Tells whether a value can be written as safetensors: named arrays of the dtypes that the format has. */
export function isSafeTensors(value: unknown): value is SafeTensors {
  if (typeof value !== "object" || value === null) return false;
  const { tensors, metadata } = value as Partial<SafeTensors>;
  if (typeof tensors !== "object" || tensors === null) return false;
  if (metadata !== undefined && !isNotes(metadata)) return false;
  return Object.entries(tensors).every(([name, a]) => isName(name) && isNdArray(a) && ranks.has(a.dtype));
}

function splitHeader(bytes: Uint8Array): { header: object; data: Uint8Array } {
  if (bytes.length < 8) throw invalid(`safetensors header is cut off after ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > maxHeaderBytes)
    throw invalid(`safetensors header of ${length} bytes, at most ${maxHeaderBytes} are allowed`);
  if (8 + length > bytes.length) throw invalid(`safetensors header ends at byte ${8 + length} of ${bytes.length}`);
  const text = bytes.subarray(8, 8 + length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (cause) {
    throw new AtdataError("NDARRAY_INVALID", "safetensors header is not JSON", {}, { cause });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw invalid("safetensors header is no object");
  return { header, data: bytes.subarray(8 + length) };
}

function readEntry(name: string, value: unknown): Entry {
  const { dtype: code, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const dtype = byName.get(code);
  if (dtype === undefined) {
    const hint = "convert it to float16 or float32 where it is written";
    const fields = { field: name, dtype: String(code).slice(0, 80) };
    throw new AtdataError("NDARRAY_INVALID", "dtype has no counterpart here", fields, { hint });
  }
  if (!isLengths(shape) || !isLengths(offsets) || offsets.length !== 2)
    throw invalid("shape or offsets are malformed", name);
  const [begin, end] = offsets as [number, number];
  const want = checkedCount(shape) * dtypeInfo(dtype).itemSize;
  if (end - begin !== want) {
    throw invalid(`elements of shape [${shape.join(", ")}] take ${want} bytes, offsets say ${end - begin}`, name);
  }
  return { name, dtype, shape, begin, end };
}

function checkCoverage(entries: readonly Entry[], length: number): void {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw invalid(`elements start at byte ${begin}, want ${at}`, name);
    at = end;
  }
  if (at !== length) throw invalid(`safetensors data has ${length} bytes, the header speaks of ${at}`);
}

function readNotes(value: unknown): Record<string, string> {
  if (!isNotes(value)) throw invalid(`${notes} is no map of texts`);
  return Object.assign(Object.create(null), value);
}

function isNotes(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === "string")
  );
}

// A lone surrogate has no UTF-8.
function isName(name: string): boolean {
  return name !== notes && !/\p{Surrogate}/u.test(name);
}

function isLengths(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

function rankOf(array: NdArray): number {
  return ranks.get(array.dtype) ?? -1;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  }
  return a.length - b.length;
}

function invalid(clause: string, field?: string): AtdataError {
  return new AtdataError("NDARRAY_INVALID", clause, field === undefined ? {} : { field });
}

import { AtdataError } from "../errors.ts";
import type { DType, DTypeData } from "./ndarray.ts";

/** Builds the typed array of a dtype. */
export interface DataConstructor<D extends DType = DType> {
  new (length: number): DTypeData<D>;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): DTypeData<D>;
  readonly BYTES_PER_ELEMENT: number;
}

/** What there is to know about a dtype. */
export interface DTypeInfo<D extends DType = DType> {
  /** Its plain name. */
  readonly dtype: D;
  /** numpy's kind letter: `b i u f c U S M m`. */
  readonly kind: string;
  /** numpy's code without byte order; `str` and `bytes` lack their length: `"f4"`, `"M8[ns]"`, `"U"`. */
  readonly code: string;
  /** Entries of `data` an element: 2 for complex, 0 where `itemLength` says it (`str`, `bytes`). */
  readonly lanes: number;
  /** Bytes of one entry of `data`. */
  readonly unitBytes: number;
  /** Bytes of one element; 0 where `itemLength` decides. */
  readonly itemSize: number;
  /** The typed array that holds it. */
  readonly Data: DataConstructor<D>;
  /** The name of that typed array, as `Object.prototype.toString` gives it. */
  readonly dataName: string;
  /** numpy's dtype string in ASCII, behind its length byte, as a compact buffer starts; absent where `itemLength` decides. */
  readonly prefix: Uint8Array | undefined;
}

/** A numpy dtype string, understood. */
export interface ParsedDType {
  /** The element type. */
  readonly info: DTypeInfo;
  /** The element type's plain name. */
  readonly dtype: DType;
  /** Code points or bytes an element, for `str` and `bytes`. */
  readonly itemLength?: number;
  /** Bytes of one element. */
  readonly itemBytes: number;
  /** Byte order of what is stored; true where there is none. */
  readonly littleEndian: boolean;
}

const fixed: readonly (readonly [DType, string, DataConstructor, number])[] = [
  ["bool", "b1", Uint8Array, 1],
  ["int8", "i1", Int8Array, 1],
  ["int16", "i2", Int16Array, 1],
  ["int32", "i4", Int32Array, 1],
  ["int64", "i8", BigInt64Array, 1],
  ["uint8", "u1", Uint8Array, 1],
  ["uint16", "u2", Uint16Array, 1],
  ["uint32", "u4", Uint32Array, 1],
  ["uint64", "u8", BigUint64Array, 1],
  ["float16", "f2", Uint16Array, 1],
  ["float32", "f4", Float32Array, 1],
  ["float64", "f8", Float64Array, 1],
  ["complex64", "c8", Float32Array, 2],
  ["complex128", "c16", Float64Array, 2],
  ["str", "U", Uint32Array, 0],
  ["bytes", "S", Uint8Array, 0],
];
const timeName = /^(datetime64|timedelta64)\[(generic|(?:[1-9][0-9]{0,8})?(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as))\]$/;
const timeCode = /^([Mm])8(?:\[([1-9][0-9]{0,8})?(generic|Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?$/;
const byName: Map<string, DTypeInfo> = new Map();
const byCode: Map<string, DTypeInfo> = new Map();
for (const [dtype, code, Data, lanes] of fixed) {
  const info = makeInfo(dtype, code, Data, lanes);
  byName.set(dtype, info);
  byCode.set(code, info);
}
// Units come from outside bytes: the caches are emptied rather than left to grow.
const maxCached = 1024;
const times: Map<string, DTypeInfo> = new Map();
const parsed: Map<string, ParsedDType> = new Map();

/**
 * Looks a dtype up.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – no such dtype; field `dtype`.
 */
export function dtypeInfo<D extends DType>(dtype: D): DTypeInfo<D> {
  const info = byName.get(dtype) ?? timeInfo(dtype);
  if (info === undefined) throw unknownName(dtype);
  return info as DTypeInfo<DType> as DTypeInfo<D>;
}

/** Tells whether a text names a dtype. */
export function isDType(name: unknown): name is DType {
  return typeof name === "string" && (byName.has(name) || timeInfo(name) !== undefined);
}

/**
 * Reads a numpy dtype string such as `"<f4"`, `"|u1"`, `">i2"`, `"<U3"` or `"<M8[ns]"`.
 *
 * A missing byte order, `=` and `|` mean little-endian.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – unknown, or of a kind that has no portable bytes (object, void, long double).
 */
export function parseDType(text: string): ParsedDType {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const result = parse(text);
  if (parsed.size >= maxCached) parsed.clear();
  parsed.set(text, result);
  return result;
}

/** Gives the dtype string that numpy writes on a little-endian machine: `"<f4"`, `"|u1"`, `"<U3"`. */
export function formatDType(dtype: DType, itemLength?: number): string {
  const info = dtypeInfo(dtype);
  const order = info.unitBytes === 1 ? "|" : "<";
  if (info.lanes !== 0) return order + info.code;
  if (itemLength === undefined) throw new TypeError(`dtype ${dtype} needs an item length`);
  return `${order}${info.code}${itemLength}`;
}

/** Gives the entries of `data` that one element takes. */
export function lanesOf(info: DTypeInfo, itemLength: number | undefined): number {
  return info.lanes === 0 ? (itemLength ?? 0) : info.lanes;
}

function parse(text: string): ParsedDType {
  const order = text.charAt(0);
  const marked = order === "<" || order === ">" || order === "|" || order === "=";
  const code = marked ? text.slice(1) : text;
  const littleEndian = order !== ">";
  const info = byCode.get(code === "?" ? "b1" : code) ?? timeFromCode(code);
  if (info !== undefined && info.lanes !== 0) {
    return { info, dtype: info.dtype, itemBytes: info.itemSize, littleEndian: littleEndian || info.unitBytes === 1 };
  }
  const flexible = /^([US])([0-9]{1,9})$/.exec(code);
  const kind = flexible === null ? undefined : byCode.get(flexible[1] as string);
  if (flexible === null || kind === undefined) throw unknownCode(text, code);
  const itemLength = Number(flexible[2]);
  const itemBytes = itemLength * kind.unitBytes;
  return { info: kind, dtype: kind.dtype, itemLength, itemBytes, littleEndian: littleEndian || kind.unitBytes === 1 };
}

function timeInfo(name: string): DTypeInfo | undefined {
  const known = times.get(name);
  if (known !== undefined) return known;
  const match = timeName.exec(name);
  if (match === null) return undefined;
  const unit = match[2] === "generic" ? "" : `[${match[2]}]`;
  const info = makeInfo(name as DType, (match[1] === "datetime64" ? "M8" : "m8") + unit, BigInt64Array, 1);
  if (times.size >= maxCached) times.clear();
  times.set(name, info);
  return info;
}

function timeFromCode(code: string): DTypeInfo | undefined {
  const match = timeCode.exec(code);
  if (match === null) return undefined;
  const unit = match[3] ?? "generic";
  const count = match[2] === undefined || match[2] === "1" || unit === "generic" ? "" : match[2];
  return timeInfo(`${match[1] === "M" ? "datetime64" : "timedelta64"}[${count}${unit}]`);
}

function makeInfo(dtype: DType, code: string, Data: DataConstructor, lanes: number): DTypeInfo {
  const unitBytes = Data.BYTES_PER_ELEMENT;
  const text = (unitBytes === 1 ? "|" : "<") + code;
  const prefix = lanes === 0 ? undefined : Uint8Array.of(text.length, ...Array.from(text, (c) => c.charCodeAt(0)));
  const dataName = new Data(0)[Symbol.toStringTag];
  return { dtype, kind: code.charAt(0), code, lanes, unitBytes, itemSize: lanes * unitBytes, Data, dataName, prefix };
}

function unknownName(dtype: string): AtdataError {
  const hint = `one of ${[...byName.keys()].join(", ")}, datetime64[unit], timedelta64[unit]`;
  return new AtdataError("NDARRAY_INVALID", "no such dtype", { dtype: dtype.slice(0, 80) }, { hint });
}

function unknownCode(text: string, code: string): AtdataError {
  const dtype = text.slice(0, 80);
  const [clause, hint] = refusal(code);
  return new AtdataError("NDARRAY_INVALID", clause, { dtype }, hint === undefined ? {} : { hint });
}

function refusal(code: string): [string, string?] {
  if (code.startsWith("O")) return ["arrays of Python objects have no portable bytes", "write a numeric or text dtype"];
  if (/^(f(12|16)|c(24|32)|g|G)$/.test(code)) {
    return ["long double arrays differ from machine to machine", "write float64 or complex128"];
  }
  if (code.startsWith("V")) return ["a void dtype has no element type", "write a structured array with named fields"];
  if (code.startsWith("T")) return ["numpy's StringDType has no fixed item size", "write a fixed-width text dtype"];
  return ["unknown dtype string"];
}

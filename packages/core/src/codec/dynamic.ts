import { AtdataError } from "../errors.ts";
import { isNdArray } from "../ndarray/layout.ts";
import { ByteWriter } from "./byte-writer.ts";
import { Cursor, MISS } from "./cursor.ts";
import {
  readArrayHead,
  readBigInt,
  readBinHead,
  readBool,
  readFloat,
  readInt,
  readMapHead,
  readString,
} from "./msgpack-read.ts";
import { MAX_DEPTH, skipValue } from "./msgpack-skip.ts";
import {
  loneSurrogate,
  writeArrayHead,
  writeBigInt,
  writeBinHead,
  writeBool,
  writeFloat,
  writeInt,
  writeMapHead,
  writeNil,
  writeString,
} from "./msgpack-write.ts";

/**
 * Decodes one msgpack value of any kind.
 *
 * Integers are numbers up to ±2^53 and bigints beyond; nil is null; a key that is not text becomes text, and
 * `__proto__` an own property. Bytes are copies.
 *
 * @throws AtdataError `MSGPACK_INVALID`.
 */
export function decodeDynamic(payload: Uint8Array): unknown {
  const cursor = new Cursor("copy");
  cursor.attach(payload);
  cursor.end = payload.length;
  const value = readDynamic(cursor);
  if (cursor.pos === payload.length) return value;
  throw new AtdataError("MSGPACK_INVALID", "bytes follow the value", { offset: cursor.pos });
}

/** Reads one value at the cursor; see {@link decodeDynamic}. `floats` reads its floats. */
export function readDynamic(c: Cursor, floats: (c: Cursor) => unknown = readFloat): unknown {
  const from = c.pos;
  skipValue(c);
  c.pos = from;
  try {
    return readAny(c, floats);
  } catch (error) {
    // What `skipValue` has passed is well formed, but for text that is not UTF-8.
    if (error !== MISS) throw error;
    throw new AtdataError("MSGPACK_INVALID", "text is not UTF-8", { offset: c.pos });
  }
}

function readAny(c: Cursor, floats: (c: Cursor) => unknown): unknown {
  const tag = c.bytes[c.pos] as number;
  if ((tag & 0xf0) === 0x80 || tag === 0xde || tag === 0xdf) {
    const map: Record<string, unknown> = {};
    for (let left = readMapHead(c); left > 0; left--) {
      const key = readAny(c, floats);
      setOwn(map, typeof key === "string" ? key : String(key), readAny(c, floats));
    }
    return map;
  }
  if ((tag & 0xf0) === 0x90 || tag === 0xdc || tag === 0xdd) {
    const length = readArrayHead(c);
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(readAny(c, floats));
    return values;
  }
  if (tag === 0xc0) {
    c.pos += 1;
    return null;
  }
  if (tag === 0xc2 || tag === 0xc3) return readBool(c);
  if (tag === 0xca || tag === 0xcb) return floats(c);
  if (tag >= 0xc4 && tag <= 0xc6) return c.takeBytes(readBinHead(c));
  if (tag === 0xcf || tag === 0xd3) {
    const value = readBigInt(c);
    const narrow = Number(value);
    return Number.isSafeInteger(narrow) ? narrow : value;
  }
  return (tag >= 0xa0 && tag < 0xc0) || (tag >= 0xd9 && tag <= 0xdb) ? readString(c) : readInt(c);
}

/** Sets an own property even when it is called `__proto__`. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

/**
 * Encodes a value whose type is not declared: whole safe numbers as integers, other numbers as floats, `undefined`
 * members left out.
 *
 * @throws TypeError – for what has no msgpack form: functions, dates, maps, arrays of numbers as in n-d arrays, cycles,
 *   text with a lone surrogate.
 * @throws {@link AtdataError} `INTEGER_TOO_LARGE` – for a bigint beyond −2^63 … 2^64−1.
 */
export function encodeDynamic(value: unknown): Uint8Array {
  const out = new ByteWriter();
  writeDynamic(out, value);
  return out.toBytes();
}

/** Appends a value whose type is not declared; see {@link encodeDynamic}. */
export function writeDynamic(out: ByteWriter, value: unknown, depth = 0): void {
  if (depth > MAX_DEPTH) throw new TypeError(`values nest deeper than ${MAX_DEPTH}`);
  if (value === null || value === undefined) writeNil(out);
  else if (typeof value === "string") writeText(out, value);
  else if (typeof value === "boolean") writeBool(out, value);
  else if (typeof value === "number") isWhole(value) ? writeInt(out, value) : writeFloat(out, value);
  else if (typeof value === "bigint") writeWhole(out, value);
  else if (value instanceof Uint8Array) {
    writeBinHead(out, value.length);
    out.append(value);
  } else if (Array.isArray(value)) {
    writeArrayHead(out, value.length);
    for (const item of value) writeDynamic(out, item, depth + 1);
  } else if (isPlainObject(value) && !isNdArray(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    writeMapHead(out, entries.length);
    for (const [key, item] of entries) {
      writeText(out, key);
      writeDynamic(out, item, depth + 1);
    }
  } else {
    const what = isNdArray(value) ? "an array inside a list or dict has" : `${tagOf(value)} values have`;
    throw new TypeError(`${what} no msgpack form`);
  }
}

/** Tells whether a number is an integer to msgpack; −0 is not, or it would lose its sign. */
function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function writeText(out: ByteWriter, text: string): void {
  if (loneSurrogate.test(text)) throw new TypeError("text has a lone surrogate");
  writeString(out, text);
}

function writeWhole(out: ByteWriter, value: bigint): void {
  if (!fits64(value)) {
    throw new AtdataError("INTEGER_TOO_LARGE", "integer lies beyond −2^63 … 2^64−1", { value: String(value) });
  }
  writeBigInt(out, value);
}

/** Tells whether {@link writeDynamic} could write a value. */
export function isDynamic(value: unknown, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false;
  if (typeof value === "string") return !loneSurrogate.test(value);
  if (typeof value === "bigint") return fits64(value);
  if (typeof value !== "object") return typeof value === "number" || typeof value === "boolean" || value === undefined;
  if (value === null || value instanceof Uint8Array) return true;
  if (Array.isArray(value)) return value.every((item) => isDynamic(item, depth + 1));
  return (
    isPlainObject(value) &&
    !isNdArray(value) &&
    Object.entries(value).every(([key, item]) => !loneSurrogate.test(key) && isDynamic(item, depth + 1))
  );
}

/** Tells whether a bigint lies within −2^63 … 2^64−1. */
export function fits64(value: bigint): boolean {
  return value >= -0x8000_0000_0000_0000n && value <= 0xffff_ffff_ffff_ffffn;
}

/** Tells whether a value is an object literal (or one without a prototype). */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

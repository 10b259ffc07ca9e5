import { type Cursor, MISS } from "../codec/cursor.ts";
import { readDynamic } from "../codec/dynamic.ts";
import { readMapHead } from "../codec/msgpack-read.ts";
import { skipValue } from "../codec/msgpack-skip.ts";
import { AtdataError, isAtdataError, withFields } from "../errors.ts";
import { decodeNdArray } from "../ndarray/npy.ts";
import type { ExtraOptions } from "./extra-options.ts";
import type { Field } from "./field.ts";
import { describeField, describeValue, Problems } from "./problems.ts";

type Entries = readonly (readonly [string, Field])[];

/**
 * Reads a sample whatever the order of its fields, and finds the words for all that is wrong with it.
 *
 * @throws AtdataError `SCHEMA_MISMATCH`, `MSGPACK_INVALID`, or what a field's codec says, with the field.
 */
export function readByName(
  c: Cursor,
  type: string,
  entries: Entries,
  options: ExtraOptions | undefined,
): Record<string, unknown> {
  const { end } = c;
  const places = findFields(c, type);
  const problems = new Problems();
  const result: Record<string, unknown> = {};
  try {
    readPlaces(c, entries, places, result, problems);
  } finally {
    c.pos = end;
    c.end = end;
  }
  if (options?.extra !== "ignore") problems.extra.push(...places.keys());
  if (problems.any) throw problems.error(type);
  return result;
}

/** Reads each field at its place; what is left in `places` is extra. */
function readPlaces(
  c: Cursor,
  entries: Entries,
  places: Map<string, Place>,
  result: Record<string, unknown>,
  problems: Problems,
): void {
  for (const [name, field] of entries) {
    const place = places.get(name);
    places.delete(name);
    result[name] = undefined;
    if (place === undefined) {
      if (!field.optional) problems.missing.push(name);
      continue;
    }
    c.pos = place.from;
    c.end = place.to;
    if (c.bytes[c.pos] === 0xc0 && field.optional) continue;
    try {
      result[name] = field.codec.read(c);
      if (c.pos === c.end) continue;
    } catch (error) {
      if (isAtdataError(error)) throw withFields(error, { field: name });
      if (error !== MISS && !(error instanceof RangeError)) throw error;
    }
    problems.addMistyped([name], describeField(field), describeBytes(c, place.from, place.to, field));
  }
}

interface Place {
  readonly from: number;
  readonly to: number;
}

function findFields(c: Cursor, type: string): Map<string, Place> {
  const start = c.pos;
  const tag = c.bytes[start] as number;
  const isMap = (tag & 0xf0) === 0x80 || tag === 0xde || tag === 0xdf;
  if (!isMap || start >= c.end) {
    throw new AtdataError(
      "MSGPACK_INVALID",
      `payload is not a map of fields but ${describeTag(c.bytes, start, c.end)}`,
      {
        offset: 0,
      },
      { hint: `is this a shard of ${type} samples?` },
    );
  }
  skipValue(c);
  if (c.pos !== c.end) throw new AtdataError("MSGPACK_INVALID", "bytes follow the sample", { offset: c.pos - start });
  c.pos = start;
  const places = new Map<string, Place>();
  const count = readMapHead(c);
  for (let i = 0; i < count; i++) {
    const name = readKey(c);
    const from = c.pos;
    skipValue(c);
    if (places.has(name)) {
      throw new AtdataError("MSGPACK_INVALID", "a field is there twice", { field: name, offset: from - start });
    }
    places.set(name, { from, to: c.pos });
  }
  return places;
}

function readKey(c: Cursor): string {
  const from = c.pos;
  const value = readDynamic(c);
  return typeof value === "object" ? describeTag(c.bytes, from, c.end) : String(value);
}

function describeBytes(c: Cursor, from: number, to: number, field: Field): string {
  const tag = c.bytes[from] as number;
  if (field.kind === "ndarray" && tag >= 0xc4 && tag <= 0xc6) {
    const head = tag === 0xc4 ? 2 : tag === 0xc5 ? 3 : 5;
    try {
      return describeValue(decodeNdArray(c.bytes.subarray(from + head, to)));
    } catch {
      return `bytes (${to - from - head}) that are no array`;
    }
  }
  return describeTag(c.bytes, from, to);
}

/** Names the kind of the msgpack value that starts at `at`. */
export function describeTag(bytes: Uint8Array, at: number, end: number): string {
  if (at >= end) return "nothing";
  const tag = bytes[at] as number;
  if (tag < 0x80 || tag >= 0xe0 || (tag >= 0xcc && tag <= 0xd3)) return "int";
  if (tag < 0x90 || tag === 0xde || tag === 0xdf) return "dict";
  if (tag < 0xa0 || tag === 0xdc || tag === 0xdd) return "list";
  if (tag < 0xc0 || (tag >= 0xd9 && tag <= 0xdb)) return "str";
  if (tag === 0xc0) return "nil";
  if (tag === 0xc2 || tag === 0xc3) return "bool";
  if (tag >= 0xc4 && tag <= 0xc6) return "bytes";
  if (tag === 0xca || tag === 0xcb) return "float";
  return "an extension type";
}

import type { ByteWriter } from "../codec/byte-writer.ts";
import { ByteWriter as Buffer } from "../codec/byte-writer.ts";
import { type Cursor, MISS, miss } from "../codec/cursor.ts";
import { readMapHead } from "../codec/msgpack-read.ts";
import { writeMapHead, writeNil, writeString } from "../codec/msgpack-write.ts";
import type { SampleCodec } from "../codec/sample-codec.ts";
import type { Field, FieldCodec, Fields } from "./field.ts";
import { readByName } from "./read-by-name.ts";
import type { StandardIssue } from "./standard-schema.ts";
import { findIssues, inheritedAs, writeError } from "./write-error.ts";

/** A sample codec that can also say what is wrong with a value. */
export interface CheckedSampleCodec<S> extends SampleCodec<S> {
  /** Lists what is wrong with a value, by field. */
  problems(value: unknown): readonly StandardIssue[];
}

type Read = FieldCodec<unknown>["read"];
type Write = FieldCodec<unknown>["write"];

/**
 * Assembles the codec of a sample type from those of its fields.
 *
 * Reading assumes what writers do: all fields, in declared order. Whatever else comes is read a second time by name,
 * which also finds the words for what is wrong. So the fast way checks nothing that the end position would not show.
 */
export function createSampleCodec<S>(name: string, fields: Fields): CheckedSampleCodec<S> {
  const entries: readonly (readonly [string, Field])[] = Object.entries(fields);
  const count = entries.length;
  const names = entries.map(([key]) => key);
  const keys = names.map(encodeKey);
  const reads: Read[] = entries.map(([, field]) => field.codec.read);
  const writes: Write[] = entries.map(([, field]) => field.codec.write);
  const optional = entries.map(([, field]) => field.optional);
  const template = Object.fromEntries(names.map((key) => [key, undefined]));
  // A field may be called `constructor`: what every object inherits is not a value of it.
  const inherits = names.some((key) => inheritedAs(key) !== undefined);

  const readInOrder = (c: Cursor): S => {
    if (readMapHead(c) !== count) miss();
    const result: Record<string, unknown> = { ...template };
    for (let i = 0; i < count; i++) {
      const key = keys[i] as Uint8Array;
      const { bytes } = c;
      let at = c.pos;
      for (let k = 0; k < key.length; k++) if (bytes[at++] !== key[k]) miss();
      c.pos = at;
      if (bytes[at] === 0xc0 && optional[i]) c.pos = at + 1;
      else result[names[i] as string] = (reads[i] as Read)(c);
    }
    return result as S;
  };

  const writeInOrder = (out: ByteWriter, record: Record<string, unknown>): number => {
    let present = 0;
    writeMapHead(out, count);
    for (let i = 0; i < count; i++) {
      const key = keys[i] as Uint8Array;
      out.reserve(key.length);
      const { bytes } = out;
      let at = out.length;
      for (let k = 0; k < key.length; k++) bytes[at++] = key[k] as number;
      out.length = at;
      const value = record[names[i] as string];
      if (value === undefined || value === null) {
        if (!optional[i]) miss();
        writeNil(out);
        if (value === null) present += 1;
      } else {
        (writes[i] as Write)(out, value);
        present += 1;
      }
    }
    return present;
  };

  return {
    read(c, options) {
      const start = c.pos;
      try {
        const result = readInOrder(c);
        if (c.pos === c.end) return result;
      } catch (error) {
        if (error !== MISS && !(error instanceof RangeError)) throw blame(error, c, start);
      }
      c.pos = start;
      return readByName(c, name, entries, options) as S;
    },
    write(out, value, options) {
      const start = out.length;
      const record = (inherits ? Object.assign(Object.create(null), value) : value) as Record<string, unknown>;
      try {
        const present = writeInOrder(out, record);
        if (options?.extra === "ignore" || !hasMoreKeys(record, present, fields)) return;
      } catch (error) {
        out.length = start;
        throw writeError(name, entries, value, options, error);
      }
      out.length = start;
      throw writeError(name, entries, value, options, undefined);
    },
    problems: (value) => findIssues(entries, value),
  };

  // An error of a codec (a number too large, bytes that are no array) is thrown again by name, with the field.
  function blame(error: unknown, c: Cursor, start: number): unknown {
    c.pos = start;
    try {
      readByName(c, name, entries, undefined);
    } catch (better) {
      return better;
    }
    return error;
  }
}

/** Tells whether a record has enumerable keys besides the declared ones; cheap when the counts agree. */
function hasMoreKeys(record: Record<string, unknown>, present: number, fields: Fields): boolean {
  let keys = 0;
  for (const _ in record) keys += 1;
  if (keys === present) return false;
  for (const key in record) if (!Object.hasOwn(fields, key) && record[key] !== undefined) return true;
  return false;
}

function encodeKey(name: string): Uint8Array {
  const out = new Buffer();
  writeString(out, name);
  return out.toBytes();
}

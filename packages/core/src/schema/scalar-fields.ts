import { type Cursor, miss } from "../codec/cursor.ts";
import { fits64 } from "../codec/dynamic.ts";
import { readBigInt, readBinHead, readBool, readFloat, readInt, readString } from "../codec/msgpack-read.ts";
import {
  loneSurrogate,
  writeBigInt,
  writeBinHead,
  writeBool,
  writeFloat,
  writeInt,
  writeString,
} from "../codec/msgpack-write.ts";
import { AtdataError } from "../errors.ts";
import { type Field, type FieldCodec, type FieldOptions, field } from "./field.ts";
import { MistypedValue } from "./problems.ts";

/** Declares text. On the wire: msgpack str (UTF-8); a lone surrogate is `SCHEMA_MISMATCH`. */
export function str(options?: FieldOptions): Field<string> {
  return field("str", strCodec, options);
}

/**
 * Declares a whole number within ±2^53.
 *
 * @throws {@link AtdataError} `INTEGER_TOO_LARGE` – when reading or writing a larger one; use `int64()` for those.
 */
export function int(options?: FieldOptions): Field<number> {
  return field("int", intCodec, options);
}

/**
 * Declares a whole number of −2^63 … 2^64−1, as a `bigint`.
 *
 * @throws {@link AtdataError} `INTEGER_TOO_LARGE` – when writing one beyond.
 */
export function int64(options?: FieldOptions): Field<bigint> {
  return field("int64", int64Codec, options);
}

/** Declares a number. Written as a 64-bit float, also when it is whole; a msgpack integer is read as a number. */
export function float(options?: FieldOptions): Field<number> {
  return field("float", floatCodec, options);
}

/** Declares true or false. */
export function bool(options?: FieldOptions): Field<boolean> {
  return field("bool", boolCodec, options);
}

/** Declares bytes. On the wire: msgpack bin. */
export function bytes(options?: FieldOptions): Field<Uint8Array> {
  return field("bytes", bytesCodec, options);
}

const strCodec: FieldCodec<string> = {
  read: readString,
  write(out, value) {
    if (typeof value !== "string") throw new MistypedValue("str", value);
    if (loneSurrogate.test(value)) throw new MistypedValue("str without lone surrogates", value);
    writeString(out, value);
  },
  is: (value) => typeof value === "string" && !loneSurrogate.test(value),
};

const intCodec: FieldCodec<number> = {
  read(c) {
    const tag = c.bytes[c.pos] as number;
    if (tag === 0xcf || tag === 0xd3) refuseWide(c);
    return readInt(c);
  },
  write(out, value) {
    if (!Number.isSafeInteger(value)) throw refuseNumber(value);
    writeInt(out, value);
  },
  is: (value) => Number.isSafeInteger(value),
};

const int64Codec: FieldCodec<bigint> = {
  read: readBigInt,
  write(out, value) {
    if (typeof value !== "bigint") throw new MistypedValue("int64 (a bigint)", value);
    if (!fits64(value)) throw tooLarge(value, "lies beyond −2^63 … 2^64−1", undefined);
    writeBigInt(out, value);
  },
  is: (value) => typeof value === "bigint" && fits64(value),
};

const floatCodec: FieldCodec<number> = {
  read: readFloat,
  write(out, value) {
    if (typeof value !== "number") throw new MistypedValue("float", value);
    writeFloat(out, value);
  },
  is: (value) => typeof value === "number",
};

const boolCodec: FieldCodec<boolean> = {
  read: readBool,
  write(out, value) {
    if (typeof value !== "boolean") throw new MistypedValue("bool", value);
    writeBool(out, value);
  },
  is: (value) => typeof value === "boolean",
};

const bytesCodec: FieldCodec<Uint8Array> = {
  read: (c) => c.takeBytes(readBinHead(c)),
  write(out, value) {
    if (!(value instanceof Uint8Array)) throw new MistypedValue("bytes", value);
    writeBinHead(out, value.length);
    out.bytes.set(value, out.length);
    out.length += value.length;
  },
  is: (value) => value instanceof Uint8Array,
};

/** Reports an integer of 64 bits that is no safe number; returns when it is one. */
function refuseWide(c: Cursor): void {
  if (c.pos + 9 > c.end) miss();
  const at = c.pos;
  const value = readBigInt(c);
  c.pos = at;
  if (!Number.isSafeInteger(Number(value))) throw tooLarge(value, "is beyond ±2^53", "declare the field as int64()");
}

function refuseNumber(value: unknown): Error {
  if (typeof value !== "number" || !Number.isInteger(value)) return new MistypedValue("int", value);
  return tooLarge(value, "is beyond ±2^53", "declare the field as int64()");
}

function tooLarge(value: number | bigint, problem: string, hint: string | undefined): AtdataError<"INTEGER_TOO_LARGE"> {
  return new AtdataError(
    "INTEGER_TOO_LARGE",
    `integer ${problem}`,
    { value: String(value) },
    hint === undefined ? {} : { hint },
  );
}

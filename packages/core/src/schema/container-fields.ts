import { miss } from "../codec/cursor.ts";
import { isDynamic, isPlainObject, readDynamic, setOwn, writeDynamic } from "../codec/dynamic.ts";
import { readArrayHead, readMapHead, readString } from "../codec/msgpack-read.ts";
import { loneSurrogate, writeArrayHead, writeMapHead, writeString } from "../codec/msgpack-write.ts";
import { AtdataError } from "../errors.ts";
import { type Field, type FieldCodec, type FieldOptions, field, type OptionalField } from "./field.ts";
import { MistypedValue } from "./problems.ts";

/**
 * Declares a list of values of one kind.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – for lists of arrays or of optional values, which the formats cannot hold.
 */
export function list<T>(items: Field<T>, options?: FieldOptions): Field<T[]> {
  checkInner(items, "list");
  return field("list", listCodec(items.codec), { ...options, items });
}

/**
 * Declares a map from text to values: of one kind, or of any kind when `values` is left out.
 *
 * A key `__proto__` is an own property like any other.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – for values that are arrays or optional.
 */
export function dict<T = unknown>(values?: Field<T>, options?: FieldOptions): Field<Record<string, T>> {
  if (values === undefined) return field("dict", anyDictCodec as FieldCodec<Record<string, T>>, options);
  checkInner(values, "dict");
  return field("dict", dictCodec(values.codec), { ...options, values });
}

/** Declares that a field may be absent: `undefined` in a sample, nil on the wire (never left out). */
export function optional<T>(inner: Field<T>): OptionalField<T> {
  return Object.freeze({ ...inner, optional: true as const });
}

const plainKinds: readonly string[] = ["str", "int", "int64", "float", "bool", "bytes", "list", "dict"];

function checkInner(inner: Field, outer: string): void {
  if (!plainKinds.includes(inner.kind)) {
    throw new AtdataError(
      "SCHEMA_INVALID",
      `a ${outer} cannot hold ${inner.kind} values`,
      { kind: inner.kind },
      {
        hint: "give the array a field of its own, with one more axis",
      },
    );
  }
  if (inner.optional) {
    throw new AtdataError("SCHEMA_INVALID", `a ${outer} cannot hold optional values`, { kind: inner.kind });
  }
}

function listCodec<T>(items: FieldCodec<T>): FieldCodec<T[]> {
  return {
    read(c) {
      const length = readArrayHead(c);
      const values: T[] = [];
      for (let i = 0; i < length; i++) values.push(items.read(c));
      return values;
    },
    write(out, value) {
      if (!Array.isArray(value)) throw new MistypedValue("list", value);
      writeArrayHead(out, value.length);
      for (let i = 0; i < value.length; i++) {
        try {
          items.write(out, value[i] as T);
        } catch (error) {
          if (error instanceof MistypedValue) error.path.unshift(i);
          throw error;
        }
      }
    },
    is: (value) => Array.isArray(value) && value.every((item) => items.is(item)),
  };
}

function dictCodec<T>(values: FieldCodec<T>): FieldCodec<Record<string, T>> {
  return {
    read(c) {
      const length = readMapHead(c);
      if (length * 2 > c.end - c.pos) miss();
      const map: Record<string, T> = {};
      for (let i = 0; i < length; i++) setOwn(map, readString(c), values.read(c));
      return map;
    },
    write(out, value) {
      if (!isPlainObject(value)) throw new MistypedValue("dict", value);
      const keys = Object.keys(value);
      writeMapHead(out, keys.length);
      for (const key of keys) {
        if (loneSurrogate.test(key)) throw new MistypedValue("dict with keys without lone surrogates", value);
        writeString(out, key);
        try {
          values.write(out, value[key] as T);
        } catch (error) {
          if (error instanceof MistypedValue) error.path.unshift(key);
          throw error;
        }
      }
    },
    is: (value) =>
      isPlainObject(value) && Object.entries(value).every(([key, item]) => !loneSurrogate.test(key) && values.is(item)),
  };
}

const anyDictCodec: FieldCodec<Record<string, unknown>> = {
  read(c) {
    const value = readDynamic(c);
    return isPlainObject(value) ? value : miss();
  },
  write(out, value) {
    if (!isPlainObject(value)) throw new MistypedValue("dict", value);
    writeDynamic(out, value);
  },
  is: (value) => isPlainObject(value) && isDynamic(value),
};

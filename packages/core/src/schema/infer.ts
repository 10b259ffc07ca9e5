import { Cursor } from "../codec/cursor.ts";
import { isPlainObject, readDynamic } from "../codec/dynamic.ts";
import { readFloat } from "../codec/msgpack-read.ts";
import { AtdataError } from "../errors.ts";
import type { DType } from "../ndarray/ndarray.ts";
import { structured } from "../ndarray/structured-field.ts";
import { dict, list, optional } from "./container-fields.ts";
import type { Field, FieldKind } from "./field.ts";
import { FLOAT, type Guess, guess, merge } from "./guess.ts";
import { inField, invalidSchema } from "./invalid-schema.ts";
import { ndarray } from "./ndarray-field.ts";
import { describeValue } from "./problems.ts";
import { sample } from "./sample.ts";
import type { RawSample, SampleType } from "./sample-type.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";

/** What is known of a field from the samples alone. */
export interface InferredField {
  /** Its name, as it is. */
  readonly name: string;
  /** Its kind; `nil` when it never had a value, `mixed` when no kind holds its values. */
  readonly kind: FieldKind | "nil" | "mixed";
  /** Element type of arrays, when all agree. */
  readonly dtype?: DType;
  /** Shape of arrays, when all agree in rank; `null` where lengths differ. */
  readonly shape?: readonly (number | null)[];
  /** Whether it was nil or missing in a sample. */
  readonly optional: boolean;
}

/**
 * Describes the fields of untyped samples, for display: no names are checked and nothing is refused.
 *
 * Order: as first seen.
 *
 * @param samples - Decoded, or encoded as msgpack, where a float `1.0` still differs from an integer `1`.
 * @throws {@link AtdataError} `MSGPACK_INVALID` – an encoded sample that is not a msgpack map.
 */
export function inferFields(samples: Iterable<RawSample | Uint8Array>): readonly InferredField[] {
  return [...observe(samples)].map(([name, { guess, optional }]) => ({
    name,
    kind: guess.kind,
    ...(guess.kind === "ndarray" && guess.dtype !== undefined && { dtype: guess.dtype }),
    ...(guess.kind === "ndarray" && guess.shape !== undefined && { shape: guess.shape }),
    optional,
  }));
}

/** Settings of {@link inferType}. */
export interface InferTypeOptions {
  /** Name of the type; `Sample` when left out. */
  readonly name?: string | undefined;
}

/**
 * Finds the type that all the given samples fit.
 *
 * It looks at every sample that it is given and at no other, so a later one may not fit: give enough of them. Fields that are nil
 * or missing in a sample become optional, integers among floats floats, integers among bigints `int64()`, bytes that are all arrays
 * `ndarray()` with the dtype and the lengths they share. A field that never had a value is taken for text, and so is what an empty
 * list would hold; a dict whose values differ in kind holds anything.
 *
 * @param samples - Decoded, or encoded as msgpack, where a float `1.0` still differs from an integer `1`.
 * @throws {@link AtdataError} `SCHEMA_INVALID` – no samples, a field whose values no kind holds, or a name that no field may have.
 * @throws {@link AtdataError} `MSGPACK_INVALID` – an encoded sample that is not a msgpack map.
 * @example
 * ```ts
 * import { inferType } from "@atdata/core";
 * const type = inferType([{ label: 7, note: null }, { label: 1.5, note: "dark" }], { name: "Digit" });
 * type.fields.label?.kind; // -> "float"
 * ```
 */
export function inferType(
  samples: Iterable<RawSample | Uint8Array>,
  options: InferTypeOptions = {},
): SampleType<RawSample> {
  const fields: Record<string, Field> = {};
  for (const [name, seen] of observe(samples)) {
    if (name === "__proto__") throw invalidSchema("a field cannot be called __proto__", name);
    const field = inField(name, () => build(seen.guess));
    fields[name] = seen.optional ? optional(field) : field;
  }
  if (Object.keys(fields).length === 0) throw invalidSchema("there are no fields to infer a type from");
  return sample(options.name ?? "Sample", fields) as SampleType<RawSample>;
}

interface Seen {
  readonly guess: Guess;
  readonly optional: boolean;
}

function observe(samples: Iterable<RawSample | Uint8Array>): Map<string, Seen> {
  const guesses = new Map<string, { guess: Guess; present: number }>();
  let count = 0;
  for (const given of samples) {
    count += 1;
    for (const [name, value] of Object.entries(given instanceof Uint8Array ? decodeMarked(given) : given)) {
      let seen = guesses.get(name);
      if (seen === undefined) {
        seen = { guess: { kind: "nil" }, present: 0 };
        guesses.set(name, seen);
      }
      if (value === null || value === undefined) continue;
      seen.guess = merge(seen.guess, guess(value));
      seen.present += 1;
    }
  }
  return new Map([...guesses].map(([name, { guess, present }]) => [name, { guess, optional: present < count }]));
}

/** Decodes a sample with all floats replaced by a mark. */
function decodeMarked(payload: Uint8Array): Record<string, unknown> {
  const cursor = new Cursor("borrow");
  cursor.attach(payload);
  cursor.end = payload.length;
  const value = readDynamic(cursor, (c) => {
    readFloat(c);
    return FLOAT;
  });
  if (isPlainObject(value) && cursor.pos === payload.length) return value;
  throw new AtdataError("MSGPACK_INVALID", `payload is not a map of fields but ${describeValue(value)}`, { offset: 0 });
}

function build(seen: Guess): Field {
  switch (seen.kind) {
    case "nil":
    case "str":
      return str();
    case "bool":
      return bool();
    case "int":
      return int();
    case "int64":
      return int64();
    case "float":
      return float();
    case "bytes":
      return bytes();
    case "structured":
      return structured();
    case "ndarray":
      return ndarray(seen.dtype, seen.shape);
    case "list":
      return list(build(seen.inner));
    case "dict":
      return seen.inner.kind === "nil" || !isUniform(seen.inner) ? dict() : dict(build(seen.inner));
    case "mixed":
      throw invalidSchema(`no kind of field holds all of its values: ${seen.kinds.join(", ")}`);
  }
}

/** Tells whether a kind of field holds the values all the way down. */
function isUniform(seen: Guess): boolean {
  if (seen.kind === "mixed") return false;
  return seen.kind !== "list" || isUniform(seen.inner);
}

import type { ByteWriter } from "../codec/byte-writer.ts";
import type { Cursor } from "../codec/cursor.ts";
import type { DType } from "../ndarray/ndarray.ts";

/** The kinds of field that there are; `opaque` is one whose codec is not loaded. */
export type FieldKind =
  | "str"
  | "int"
  | "int64"
  | "float"
  | "bool"
  | "bytes"
  | "ndarray"
  | "structured"
  | "sparse"
  | "arrowTensor"
  | "safetensors"
  | "dataframe"
  | "list"
  | "dict"
  | "opaque";

/** How a field takes part in manifests; stored with the type. */
export interface ManifestOptions {
  /** What is aggregated; inferred from the kind when absent. */
  readonly kind?: "categorical" | "numeric" | "set" | "time";
  /** Leave the field out. */
  readonly exclude?: boolean;
}

/** Reads, writes and checks the values of one field. */
export interface FieldCodec<T> {
  /**
   * Reads the value at the cursor and moves behind it; `undefined` is never a result.
   *
   * Bytes that are not such a value end in a call of `cursor.miss()`, which throws; running past the end is allowed (the caller checks
   * once a sample).
   */
  read(cursor: Cursor): T;
  /** Appends a value. A value of another type is a `SCHEMA_MISMATCH` through `mistyped`. */
  write(out: ByteWriter, value: T): void;
  /** Tells whether a value could be written. */
  is(value: unknown): boolean;
}

/** Settings of a field, for builders. */
export interface FieldOptions {
  /** One sentence for readers of the schema. */
  readonly description?: string;
  /** How the field takes part in manifests. */
  readonly manifest?: ManifestOptions;
}

declare const valueType: unique symbol;

/**
 * One field of a sample type: a plain value that carries its TypeScript type.
 *
 * Made by the builders (`str()`, `ndarray("uint8", [28, 28])`, …).
 */
export interface Field<T = unknown> extends FieldDetails {
  /** What it holds. */
  readonly kind: FieldKind;
  /** Whether it may be absent (written as nil). */
  readonly optional: boolean;
  /** Reads and writes it. */
  readonly codec: FieldCodec<T>;
  /** The TypeScript type of its values; never there at run time. */
  readonly [valueType]?: T;
}

/** What some kinds of field have besides: see the builders. */
export interface FieldDetails extends FieldOptions {
  /** Element type of arrays, when fixed. */
  readonly dtype?: DType;
  /** Shape of arrays, when fixed; `null` is an axis of any length. */
  readonly shape?: readonly (number | null)[];
  /** Whether `dtype` and `shape` only say what someone noted, and are not enforced. */
  readonly noted?: boolean;
  /** Names of the axes. */
  readonly dimensionNames?: readonly string[];
  /** What a list holds. */
  readonly items?: Field;
  /** What a dict holds; absent = anything. */
  readonly values?: Field;
  /** The stored kind of an `opaque` field. */
  readonly storedKind?: string;
}

/** A field that may be absent. */
export interface OptionalField<T = unknown> extends Field<T> {
  /** Always true. */
  readonly optional: true;
}

/** The fields of a sample type, by name, in declared order. */
export type Fields = Readonly<Record<string, Field>>;

/** The TypeScript type of a field's values. */
export type InferField<F> = F extends { readonly [valueType]?: infer T } ? Exclude<T, undefined> : never;

type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends OptionalField ? K : never }[keyof F];

/** The TypeScript type of a sample with these fields. */
export type InferFields<F extends Fields> = {
  -readonly [K in Exclude<keyof F, OptionalKeys<F>>]: InferField<F[K]>;
} & {
  -readonly [K in OptionalKeys<F>]?: InferField<F[K]> | undefined;
} extends infer S
  ? { [K in keyof S]: S[K] }
  : never;

/** Builds a field; what every builder ends in. */
export function field<T>(kind: FieldKind, codec: FieldCodec<T>, details: FieldDetails = {}): Field<T> {
  return Object.freeze({ ...details, kind, optional: false, codec });
}

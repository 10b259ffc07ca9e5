import { AtdataError } from "../errors.ts";
import type { Field } from "./field.ts";

/** A value of another type than its field's. */
export interface Mistyped {
  /** The field, with the place inside it: `tags[3]`. */
  readonly field: string;
  /** What was expected. */
  readonly want: string;
  /** What was there. */
  readonly got: string;
}

/** Collects what is wrong with one sample, to be reported together. */
export class Problems {
  /** Declared fields that are not there. */
  readonly missing: string[] = [];
  /** Fields that are not declared. */
  readonly extra: string[] = [];
  /** Fields with a value of another type. */
  readonly mistyped: Mistyped[] = [];

  /** Where each of the mistyped values lies. */
  readonly places: (readonly (string | number)[])[] = [];

  /** Notes a value of another type by the keys that lead to it. */
  addMistyped(path: readonly [string, ...(string | number)[]], want: string, got: string): void {
    const [name, ...inner] = path;
    const place = inner.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    this.mistyped.push({ field: name + place, want, got });
    this.places.push(path);
  }

  /** Tells whether anything was collected. */
  get any(): boolean {
    return this.missing.length + this.extra.length + this.mistyped.length > 0;
  }

  /** Makes the error. */
  error(type: string, cause?: unknown): AtdataError<"SCHEMA_MISMATCH"> {
    const { missing, extra, mistyped } = this;
    const extras = {
      ...(extra.length > 0 && missing.length + mistyped.length === 0 && { hint: 'extra: "ignore" drops extra fields' }),
      ...(cause !== undefined && { cause }),
    };
    return new AtdataError(
      "SCHEMA_MISMATCH",
      "sample does not fit its type",
      { type, missing, extra, mistyped },
      extras,
    );
  }
}

/** Thrown by `FieldCodec.write` for a value it cannot write; sample codecs turn it into a `SCHEMA_MISMATCH`. */
export class MistypedValue extends Error {
  override readonly name = "MistypedValue";
  /** What was expected. */
  readonly want: string;
  /** The value. */
  readonly value: unknown;
  /** The keys inside the field that lead to the value. */
  readonly path: (string | number)[] = [];

  /** Names what was expected and what came. */
  constructor(want: string, value: unknown) {
    super(want);
    this.want = want;
    this.value = value;
  }
}

/** Describes a field's type in a few characters: `ndarray uint8 28×28`, `list of str`, `int?`. */
export function describeField(field: Field): string {
  let text: string = field.storedKind ?? field.kind;
  if (field.dtype) text += ` ${field.dtype}`;
  if (field.shape) text += ` ${field.shape.length === 0 ? "scalar" : field.shape.map((n) => n ?? "any").join("×")}`;
  if (field.items) text += ` of ${describeField(field.items)}`;
  if (field.values) text += ` of ${describeField(field.values)}`;
  return field.optional ? `${text}?` : text;
}

/** Describes a JavaScript value in a few characters, without its content. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nil";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "bigint") return "bigint";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (value instanceof Uint8Array) return `bytes (${value.length})`;
  if (Array.isArray(value)) return `list (${value.length})`;
  if (typeof value !== "object") return typeof value;
  if ("dtype" in value && "shape" in value && Array.isArray(value.shape)) {
    return `ndarray ${String(value.dtype)} ${value.shape.join("×")}`;
  }
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return tag === "Object" ? "dict" : tag;
}

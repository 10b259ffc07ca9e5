import { AtdataError, describeField, type Field, type FieldKind } from "@atdata/core";
import type { Imports } from "./imports.ts";
import { literal } from "./literal.ts";

/** A field in TypeScript. */
export interface FieldCode {
  /** The type of its values. */
  readonly type: string;
  /** The call that builds it. */
  readonly builder: string;
  /** What the call cannot say. */
  readonly note: string | undefined;
}

const primitives = {
  str: "string",
  int: "number",
  int64: "bigint",
  float: "number",
  bool: "boolean",
  bytes: "Uint8Array",
} as const;

const encoded = {
  structured: "StructuredArray",
  sparse: "SparseMatrix",
  arrowTensor: "ArrowTensor",
  safetensors: "SafeTensors",
  dataframe: "DataFrame",
} as const;

/**
 * Writes a field in TypeScript, without regard to whether it may be absent.
 *
 * @throws AtdataError `UNSUPPORTED` – its codec is not loaded, so that there is no builder.
 */
export function fieldCode(field: Field, imports: Imports): FieldCode {
  const { kind, dtype, shape, description, manifest, dimensionNames } = field;
  const options = { description, manifest, dimensionNames };
  const call = (name: FieldKind, given: readonly (string | undefined)[] = []): string =>
    `${imports.value(name)}(${trailing([...given, hasAny(options) ? literal(options) : undefined])})`;
  if (isIn(kind, primitives)) return { type: primitives[kind], builder: call(kind), note: undefined };
  if (isIn(kind, encoded)) return { type: imports.type(encoded[kind]), builder: call(kind), note: undefined };
  switch (kind) {
    case "ndarray": {
      const array = imports.type("NdArray");
      // A dtype that is only noted would be enforced by the builder, and often is not so.
      if (field.noted === true)
        return { type: array, builder: call(kind, [undefined, undefined]), note: noteOf(field) };
      const builder = call(kind, [dtype && literal(dtype), shape && literal(shape)]);
      return { type: dtype === undefined ? array : `${array}<${literal(dtype)}>`, builder, note: undefined };
    }
    case "list": {
      const items = fieldCode(field.items as Field, imports);
      return { type: `${items.type}[]`, builder: call(kind, [items.builder]), note: undefined };
    }
    case "dict": {
      const values = field.values && fieldCode(field.values, imports);
      const type = `Record<string, ${values?.type ?? "unknown"}>`;
      return { type, builder: call(kind, [values?.builder]), note: undefined };
    }
    default:
      throw new AtdataError("UNSUPPORTED", `there is no code for ${kind} fields`, { operation: "schema codegen" });
  }
}

function noteOf(field: Field): string {
  return `${describeField({ ...field, optional: false })} is only noted, and not enforced`;
}

/** Joins arguments, those that are left out as `undefined` where others follow. */
function trailing(args: readonly (string | undefined)[]): string {
  const count = args.reduce((last, arg, i) => (arg === undefined ? last : i + 1), 0);
  return args
    .slice(0, count)
    .map((arg) => arg ?? "undefined")
    .join(", ");
}

function hasAny(options: object): boolean {
  return Object.values(options).some((value) => value !== undefined);
}

function isIn<T extends object>(kind: string, table: T): kind is keyof T & string {
  return Object.hasOwn(table, kind);
}

import { AtdataError } from "../errors.ts";
import type { Field, FieldKind, Fields } from "./field.ts";
import { shimRef } from "./shims.ts";
import type { StandardJsonSchema } from "./standard-schema.ts";
import { type StoredArray, type StoredNotes, storeArray, storeNotes } from "./stored-details.ts";

/** The fields of a sample type as a JSON Schema document. */
export interface JsonSchemaDocument {
  readonly $schema: string;
  readonly title: string;
  readonly description?: string;
  readonly type: "object";
  /** In declared order. */
  readonly properties: Readonly<Record<string, SchemaProperty>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

/** One property of a schema record or a JSON Schema document. */
export interface SchemaProperty extends StoredArray, StoredNotes {
  readonly $ref?: string;
  readonly type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  /** `byte` for bytes; ours: `int64`. */
  readonly format?: "byte" | "int64";
  readonly contentEncoding?: "base64";
  readonly items?: SchemaProperty;
  readonly additionalProperties?: true | SchemaProperty;
  /** Ours: optional, though listed in `required`. */
  readonly nullable?: true;
}

interface Described {
  readonly name: string;
  readonly description: string | undefined;
  readonly fields: Fields;
}

const drafts: Readonly<Record<string, string>> = {
  "draft-2020-12": "https://json-schema.org/draft/2020-12/schema",
  "draft-07": "http://json-schema.org/draft-07/schema#",
};

/**
 * Describes a sample type as a JSON Schema document, which `schemaFromJsonSchema` reads back equal.
 *
 * Arrays and the like are references to the published definitions of their bytes.
 *
 * @param target - `"draft-2020-12"` (default) or `"draft-07"`.
 * @throws {@link AtdataError} `UNSUPPORTED` – another draft.
 */
export function schemaToJsonSchema(type: Described, target = "draft-2020-12"): JsonSchemaDocument {
  const $schema = Object.hasOwn(drafts, target) ? drafts[target] : undefined;
  if ($schema === undefined) {
    const hint = `one of ${Object.keys(drafts).join(", ")}`;
    throw new AtdataError("UNSUPPORTED", "no such JSON Schema draft", { operation: target }, { hint });
  }
  const entries = Object.entries(type.fields);
  const required = entries.filter(([, field]) => !field.optional).map(([name]) => name);
  return {
    $schema,
    title: type.name,
    ...(type.description !== undefined && { description: type.description }),
    type: "object",
    properties: Object.fromEntries(entries.map(([name, field]) => [name, storeNamed(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** Makes the converter that stands under `~standard`. */
export function standardJsonSchema(type: Described): StandardJsonSchema {
  const convert = ({ target }: { readonly target: string }): Record<string, unknown> => ({
    ...schemaToJsonSchema(type, target),
  });
  return { input: convert, output: convert };
}

const plain: Partial<Record<FieldKind, SchemaProperty>> = {
  str: { type: "string" },
  int: { type: "integer" },
  int64: { type: "integer", format: "int64" },
  float: { type: "number" },
  bool: { type: "boolean" },
  bytes: { type: "string", format: "byte", contentEncoding: "base64" },
};

/** Writes a field as a property, with what is said of it. */
export function storeNamed(field: Field): SchemaProperty {
  return { ...storeProperty(field), ...storeNotes(field) };
}

function storeProperty(field: Field): SchemaProperty {
  const simple = plain[field.kind];
  if (simple !== undefined) return simple;
  if (field.kind === "list") return { type: "array", items: storeProperty(field.items as Field) };
  if (field.kind === "dict") {
    return { type: "object", additionalProperties: field.values === undefined ? true : storeProperty(field.values) };
  }
  return { $ref: shimRef(field), ...storeArray(field) };
}

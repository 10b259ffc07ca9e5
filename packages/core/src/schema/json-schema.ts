import { optional } from "./container-fields.ts";
import type { Field, Fields } from "./field.ts";
import type { RebuildOptions } from "./field-codec-pack.ts";
import { inField, invalidSchema, isJsonObject, type Json, own } from "./invalid-schema.ts";
import { isName } from "./names.ts";
import { readProperty } from "./read-property.ts";
import { createSampleType } from "./sample.ts";
import type { RawSample, SampleType } from "./sample-type.ts";
import { checkReadName, inNotedOrder } from "./stored-details.ts";

/** How a JSON Schema document is read. */
export interface FromJsonSchemaOptions extends RebuildOptions {
  /** Name of the type, instead of the document's `title`. */
  readonly name?: string | undefined;
}

/** How the properties of an object schema are read. */
export interface ReadObjectOptions extends RebuildOptions {
  /** Whether it is the body of a schema record. */
  readonly record: boolean;
  /** Fields that are declared otherwise: their properties are not looked at. */
  readonly given?: Readonly<Partial<Record<string, Field>>> | undefined;
}

/**
 * Builds a sample type from a JSON Schema document (draft-07 to 2020-12) of one object, as far as its properties map to fields.
 *
 * A property is optional when it is not required or may be null. Objects inside become dicts of anything; constraints such as
 * `minimum` and `pattern` are not kept.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – with the property, when it is one that no field can hold.
 */
export function schemaFromJsonSchema(json: unknown, options: FromJsonSchemaOptions = {}): SampleType<RawSample> {
  if (!isJsonObject(json)) throw invalidSchema("schema is not an object");
  const title = own(json, "title");
  const name = options.name ?? (typeof title === "string" && isName(title) ? title : undefined);
  if (name === undefined) throw invalidSchema("schema has no name", undefined, "give it a title that is an identifier");
  const description = own(json, "description");
  return createSampleType<RawSample>(name, readObjectSchema(json, { ...options, record: false }), {
    description: typeof description === "string" ? description : undefined,
  });
}

const budgetPerField = 1000;

/** Reads the properties of an object schema as fields. */
export function readObjectSchema(json: Json, options: ReadObjectOptions): Fields {
  const properties = own(json, "properties");
  if (!isJsonObject(properties) || Object.keys(properties).length === 0)
    throw invalidSchema("schema has no properties");
  const listed = own(json, "required");
  const required = new Set(Array.isArray(listed) ? listed : []);
  const fields: Record<string, Field> = {};
  for (const name of Object.keys(properties)) {
    checkReadName(name, fields);
    const given = options.given?.[name];
    if (given !== undefined) {
      fields[name] = required.has(name) ? given : optional(given);
      continue;
    }
    const place = {
      field: name,
      root: json,
      record: options.record,
      options,
      depth: 0,
      budget: { left: budgetPerField },
    };
    const { field, nullable } = inField(name, () => readProperty(properties[name], place));
    fields[name] = nullable || !required.has(name) ? optional(field) : field;
  }
  return inNotedOrder(fields, own(json, "propertyOrder"));
}

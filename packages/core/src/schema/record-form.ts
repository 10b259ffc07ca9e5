import { AtdataError } from "../errors.ts";
import { compareCodePoints } from "../predicate/compare.ts";
import type { Field } from "./field.ts";
import type { RebuildOptions } from "./field-codec-pack.ts";
import { invalidSchema, isJsonObject, own } from "./invalid-schema.ts";
import { readObjectSchema } from "./json-schema.ts";
import { type SchemaProperty, storeNamed } from "./json-schema-form.ts";
import { checkVersion } from "./names.ts";
import { createSampleType } from "./sample.ts";
import type { RawSample, SampleType } from "./sample-type.ts";
import { checkStorable, readTypeName, readVersion } from "./stored-details.ts";

const nsid = "science.alt.dataset.schema";

/** A sample type as the ATProto record `science.alt.dataset.schema`. */
export interface SchemaRecord {
  readonly $type: "science.alt.dataset.schema";
  readonly name: string;
  readonly version: string;
  readonly schemaType: "jsonSchema";
  readonly schema: SchemaBody;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly atdataSchemaVersion: 1;
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The JSON Schema inside a {@link SchemaRecord}. */
export interface SchemaBody {
  readonly $type: "science.alt.dataset.schema#jsonSchemaFormat";
  readonly $schema: "http://json-schema.org/draft-07/schema#";
  readonly type: "object";
  /** In the order in which a repository sorts them. */
  readonly properties: Readonly<Record<string, SchemaProperty>>;
  /** Ours: the names in declared order. */
  readonly propertyOrder: readonly string[];
  readonly required?: readonly string[];
  readonly arrayFormatVersions?: { readonly ndarrayBytes: "1.0.0" };
}

/** What goes into a schema record besides the type. */
export interface SchemaToRecordOptions {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Version `a.b.c`, instead of the type's own. */
  readonly version?: string | undefined;
  /** Licence, tags and the like. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Writes a sample type as an ATProto record, in the form that Python reads.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – no version, one that is not `a.b.c`, or a name that Python could not rebuild.
 */
export function schemaToRecord(type: SampleType, options: SchemaToRecordOptions): SchemaRecord {
  const version = options.version ?? type.version;
  if (version === undefined)
    throw invalidSchema(`type ${type.name} has no version`, undefined, 'give one, like "1.0.0"');
  checkVersion(version);
  checkStorable(type.name, Object.keys(type.fields));
  return recordForm(type, { ...options, version });
}

/** Writes a type as a record without checking names and version: they were stored before. */
export function recordForm(
  type: SampleType,
  { version, createdAt, metadata }: SchemaToRecordOptions & { readonly version: string },
): SchemaRecord {
  return {
    $type: nsid,
    name: type.name,
    version,
    schemaType: "jsonSchema",
    schema: storeBody(type.fields),
    createdAt,
    atdataSchemaVersion: 1,
    ...(type.description !== undefined && { description: type.description }),
    ...(metadata !== undefined && { metadata }),
  };
}

/**
 * Rebuilds a sample type from an ATProto record, in any of the forms that there have been.
 *
 * @param json - The record's value.
 * @throws {@link AtdataError} `SCHEMA_INVALID` – with the property, when it is one that no field can hold.
 * @throws {@link AtdataError} `FORMAT_TOO_NEW` – a schema version above 1.
 */
export function schemaFromRecord(json: unknown, options: RebuildOptions = {}): SampleType<RawSample> {
  if (!isJsonObject(json)) throw invalidSchema("schema is not an object");
  checkFormatVersion(own(json, "atdataSchemaVersion") ?? own(json, "$atdataSchemaVersion") ?? 1);
  const name = readTypeName(json);
  const outer = own(json, "schema");
  if (!isJsonObject(outer)) throw invalidSchema(`record of type ${name} has no schema`);
  const body = own(outer, "content") ?? own(outer, "schemaBody") ?? outer;
  if (!isJsonObject(body)) throw invalidSchema(`record of type ${name} has no schema`);
  const description = own(json, "description");
  return createSampleType<RawSample>(name, readObjectSchema(body, { ...options, record: true }), {
    version: readVersion(json),
    description: typeof description === "string" ? description : undefined,
  });
}

function checkFormatVersion(found: unknown): void {
  if (typeof found !== "number") throw invalidSchema("atdataSchemaVersion is not a number");
  if (found <= 1) return;
  const fields = { format: nsid, found: String(found), supported: "1" };
  throw new AtdataError("FORMAT_TOO_NEW", "schema record is of a newer version", fields, { hint: "update atdata" });
}

function storeBody(fields: Readonly<Record<string, Field>>): SchemaBody {
  const declared = Object.keys(fields);
  const entries = Object.entries(fields).sort(([a], [b]) => utf8Length(a) - utf8Length(b) || compareCodePoints(a, b));
  const firstOptional = entries.findIndex(([, field]) => field.optional);
  const inOrder = firstOptional < 0 || entries.slice(firstOptional).every(([, field]) => field.optional);
  // Python rebuilds a type in key order, and needs what may be absent to come last: else all are "required" for it.
  const required = inOrder ? declared.filter((name) => !fields[name]?.optional) : declared;
  const properties = entries.map(([name, field]): [string, SchemaProperty] => {
    const nullable = !inOrder && field.optional && { nullable: true as const };
    return [name, { ...storeNamed(field), ...nullable }];
  });
  return {
    $type: `${nsid}#jsonSchemaFormat`,
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: Object.fromEntries(properties),
    propertyOrder: declared,
    ...(required.length > 0 && { required }),
    ...(entries.some(([, field]) => field.kind === "ndarray") && { arrayFormatVersions: { ndarrayBytes: "1.0.0" } }),
  };
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

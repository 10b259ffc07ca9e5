import { isJsonObject, own } from "./invalid-schema.ts";
import { type LocalSchema, localForm, schemaFromLocal } from "./local-form.ts";
import { recordForm, type SchemaRecord, schemaFromRecord } from "./record-form.ts";
import { readVersion } from "./stored-details.ts";

/** What stands in for what a stored schema does not say. */
export interface ConvertSchemaOptions {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The version. */
  readonly version: string;
}

/**
 * Turns a schema in the local form into a record; what names there are was decided by who stored it.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – with the field, when it is one that cannot be rebuilt.
 */
export function localSchemaToRecord(json: unknown, { createdAt, version }: ConvertSchemaOptions): SchemaRecord {
  const type = schemaFromLocal(json);
  const time = createdAtOf(json) ?? createdAt;
  return recordForm(type, { createdAt: time, version: type.version ?? version });
}

/**
 * Turns the record of a schema, in any of the forms that there have been, into the local form.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – with the property, when it is one that no field can hold.
 * @throws {@link AtdataError} `FORMAT_TOO_NEW` – a schema version above 1.
 */
export function localSchemaFromRecord(json: unknown, { createdAt, version }: ConvertSchemaOptions): LocalSchema {
  const type = schemaFromRecord(json);
  const said = isJsonObject(json) ? readVersion(json) : undefined;
  return localForm(type, { version: said ?? version, createdAt: createdAtOf(json) ?? createdAt });
}

function createdAtOf(json: unknown): string | undefined {
  const time = isJsonObject(json) ? own(json, "createdAt") : undefined;
  return typeof time === "string" ? time : undefined;
}

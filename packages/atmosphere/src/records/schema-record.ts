import {
  isAtdataError,
  localSchemaFromRecord,
  localSchemaToRecord,
  type NewSchema,
  type StoredSchema,
} from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { checked } from "./checked.ts";
import { fieldsOf, invalidRecord } from "./read-record.ts";

/** What a record is made of besides what it holds. */
export interface ToRecordOptions {
  /** When it is put, where what it holds does not say; see `recordTime`. */
  readonly createdAt: string;
}

/**
 * Gives the key of the record of a schema, `<name>:<version>`, so that publishing twice gives one record; `undefined` where
 * that would be no legal key, and any other must do.
 */
export function schemaKey(name: string, version: string): string | undefined {
  const key = `${name}:${version}`;
  return /^[A-Za-z0-9._:~-]{1,512}$/.test(key) ? key : undefined;
}

/**
 * Writes a schema as a record, in the form that Python reads.
 *
 * @throws AtdataError `SCHEMA_INVALID` – its JSON is no schema; `RECORD_INVALID` – with the field.
 */
export function schemaToAtRecord({ json, version }: NewSchema, { createdAt }: ToRecordOptions): JsonRecord {
  return checked(COLLECTIONS.schema, { ...localSchemaToRecord(json, { createdAt, version }) });
}

/**
 * Reads a schema from its record, in any of the forms that there have been; its ref is the record's uri.
 *
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri; `FORMAT_TOO_NEW` – a schema version above 1.
 */
export function schemaFromAtRecord(record: RepoRecord): StoredSchema {
  const { uri, rkey } = record;
  const value = fieldsOf(record, COLLECTIONS.schema);
  try {
    // Of both forms of keys, `x@1.0.0` and `x:1.0.0`, the version is what is behind the last sign.
    const version = /[@:]([^@:]*)$/.exec(rkey)?.[1] ?? "";
    const json = localSchemaFromRecord(value, { version, createdAt: "" });
    return { name: json.name, version: json.version ?? version, json, ref: uri };
  } catch (cause) {
    if (!isAtdataError(cause, "SCHEMA_INVALID")) throw cause;
    const field = cause.fields.field === undefined ? "schema" : `schema.properties.${cause.fields.field}`;
    throw invalidRecord(
      `no type can be made of it: ${cause.clause}`,
      { collection: COLLECTIONS.schema, field, uri },
      { cause },
    );
  }
}

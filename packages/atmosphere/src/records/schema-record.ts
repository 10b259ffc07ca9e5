import type { NewSchema, StoredSchema } from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";

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
 * @throws AtdataError `SCHEMA_INVALID` – its JSON is no schema.
 */
export function schemaToAtRecord(schema: NewSchema, options: ToRecordOptions): JsonRecord {
  throw new Error(`not there yet: ${schema.name} ${options.createdAt}`);
}

/**
 * Reads a schema from its record, in any of the forms that there have been; its ref is the record's uri.
 *
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri; `FORMAT_TOO_NEW` – a schema version above 1.
 */
export function schemaFromAtRecord(record: RepoRecord): StoredSchema {
  throw new Error(`not there yet: ${record.uri}`);
}

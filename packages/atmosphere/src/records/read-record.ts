import { AtdataError } from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { checkRecord } from "../lexicon/check-record.ts";
import type { Collection } from "../lexicon/collections.ts";

/**
 * Gives the fields of a record that was read, once it is known to be one of its collection.
 *
 * @param look - Looks at the fields before the lexicon does, for what deserves an error of its own.
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID`.
 */
export function fieldsOf(
  { uri, value }: RepoRecord,
  collection: Collection,
  look?: (value: JsonRecord) => void,
): JsonRecord {
  if (value.$type !== collection) {
    const got = typeof value.$type === "string" ? value.$type.slice(0, 200) : "none";
    throw new AtdataError("RECORD_TYPE", "record is of another type", { uri, want: collection, got });
  }
  look?.(value);
  checkRecord(collection, value, uri);
  return value;
}

/** Makes the error of a record that cannot be what it is meant to be. */
export function invalidRecord(
  clause: string,
  fields: { collection: Collection; field: string; uri?: string },
  extras: { hint?: string; cause?: unknown } = {},
): AtdataError<"RECORD_INVALID"> {
  return new AtdataError("RECORD_INVALID", clause, fields, extras);
}

/** Tells the DID of the account whose record this is. */
export function didOf({ uri }: RepoRecord): string {
  return /^at:\/\/([^/]+)/.exec(uri)?.[1] ?? "";
}

/** Gives a member of a record where it is a text. */
export function textOf(fields: JsonRecord, key: string): string | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

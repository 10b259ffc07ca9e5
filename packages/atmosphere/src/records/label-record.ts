import type { Label, NewLabel } from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { checked } from "./checked.ts";
import { fieldsOf, textOf } from "./read-record.ts";
import { utcTime } from "./record-time.ts";
import type { ToRecordOptions } from "./schema-record.ts";

/**
 * Writes a label as a record. Its time decides which one of a name is the latest.
 *
 * @throws AtdataError `RECORD_INVALID` – with the field.
 */
export function labelToRecord(
  { name, version, id, description }: NewLabel,
  { createdAt }: ToRecordOptions,
): JsonRecord {
  return checked(COLLECTIONS.label, {
    $type: COLLECTIONS.label,
    name,
    datasetUri: id,
    createdAt,
    ...(version !== "" && { version }),
    ...(description !== undefined && { description }),
  });
}

/**
 * Reads a label from its record. `createdAt` is in UTC; compare it by `recordMicroseconds`, as its text may have `Z` or `+00:00`.
 *
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri and the field.
 */
export function labelFromRecord(record: RepoRecord): Label {
  const value = fieldsOf(record, COLLECTIONS.label);
  const description = textOf(value, "description");
  return {
    name: textOf(value, "name") ?? "",
    version: textOf(value, "version") ?? "",
    id: textOf(value, "datasetUri") ?? "",
    ...(description !== undefined && { description }),
    createdAt: utcTime(value.createdAt),
  };
}

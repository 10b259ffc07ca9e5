import type { Label, NewLabel } from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import type { ToRecordOptions } from "./schema-record.ts";

/** Writes a label as a record. Its time decides which one of a name is the latest. */
export function labelToRecord(label: NewLabel, options: ToRecordOptions): JsonRecord {
  throw new Error(`not there yet: ${label.name} ${options.createdAt}`);
}

/**
 * Reads a label from its record. `createdAt` is in UTC; compare it by `recordMicroseconds`, as its text may have `Z` or `+00:00`.
 *
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri and the field.
 */
export function labelFromRecord(record: RepoRecord): Label {
  throw new Error(`not there yet: ${record.uri}`);
}

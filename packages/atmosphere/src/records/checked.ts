import type { JsonRecord } from "../client/repo-client.ts";
import { checkRecord } from "../lexicon/check-record.ts";
import type { Collection } from "../lexicon/collections.ts";

/**
 * Gives a record that is about to be written, once it fits its lexicon: one that does not could never be read again.
 *
 * @throws AtdataError `RECORD_INVALID` – with the field.
 */
export function checked(collection: Collection, record: JsonRecord): JsonRecord {
  checkRecord(collection, record);
  return record;
}

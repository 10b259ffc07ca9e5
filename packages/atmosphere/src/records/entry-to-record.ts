import type { NewEntry } from "@atdata/core";
import type { JsonRecord } from "../client/repo-client.ts";
import { checkRecord } from "../lexicon/check-record.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { checksumsOf, hasBraces, metadataToFields } from "./entry-metadata.ts";
import { namesToStored } from "./file-names.ts";
import { type StorageOptions, storageToRecord } from "./storage-to-record.ts";

/** What the record of an entry is made of besides the entry. */
export interface EntryToRecordOptions extends StorageOptions {
  /** When it is put; see `recordTime`. */
  readonly createdAt: string;
}

/**
 * Writes an entry as a record, so that {@link entryFromRecord} gives back its urls and metadata.
 *
 * Two things come back changed: shards in a bucket with an endpoint have the https urls that everybody can open, and checksums
 * that `files` knows are there though the entry did not have them. So whether two entries are the same is told by what is read.
 *
 * @throws AtdataError `URL_PRIVATE` – a shard that others could not open, or only with a secret.
 * @throws AtdataError `RECORD_INVALID` – shards in places of several kinds, or in several buckets; what does not fit the lexicon,
 *   a float in the user's own metadata for one, with its path.
 */
export function entryToRecord(
  { name, schemaRef, dataUrls, metadata }: NewEntry,
  options: EntryToRecordOptions,
): JsonRecord {
  const sums = checksumsOf(metadata, dataUrls);
  const { storage, manifests, names } = storageToRecord(dataUrls, sums, options);
  const record = {
    $type: COLLECTIONS.entry,
    name,
    schemaRef,
    storage,
    createdAt: options.createdAt,
    ...metadataToFields(metadata, {
      urls: dataUrls,
      names: names && namesToStored(names),
      literal: hasBraces(dataUrls),
    }),
    ...(manifests !== undefined && { manifests }),
  };
  checkRecord(COLLECTIONS.entry, record);
  return record;
}

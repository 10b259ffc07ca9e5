import type { IndexEntry } from "@atdata/core";
import type { LearnedBlob } from "../blobs/recent-blobs.ts";
import type { RepoRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { metadataFromFields, readMetadata } from "./entry-metadata.ts";
import { metadataFromJson } from "./metadata-bytes.ts";
import { didOf, fieldsOf, textOf } from "./read-record.ts";
import { utcTime } from "./record-time.ts";
import { refuseUrls, storageFromRecord } from "./storage-from-record.ts";

/** What the record of an entry says. */
export interface ReadEntry {
  /** The entry; its id is the record's uri. */
  readonly entry: IndexEntry;
  /** The blobs of its shards and of the manifests beside them, by url; for the source that reads them. */
  readonly blobs: ReadonlyMap<string, LearnedBlob>;
  /** SHA-256 of shards by url, lower-case hex, as its storage tells them. */
  readonly sums: ReadonlyMap<string, string>;
}

/**
 * Reads an entry from its record, in any of the forms that there have been, whoever wrote it.
 *
 * @param record - Its uri has a DID as authority: that of the account whose blobs it names.
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri and the field.
 * @throws AtdataError `URL_REFUSED` – a shard with a url that is not opened for others: neither http, https, s3 nor at.
 */
export function entryFromRecord(record: RepoRecord): ReadEntry {
  const { uri } = record;
  const value = fieldsOf(record, COLLECTIONS.entry, (raw) => refuseUrls(raw, uri));
  const stored = readMetadata(metadataFromJson(value.metadata, uri));
  const { names, ours: literal } = stored;
  const { urls, sums, blobs } = storageFromRecord(value, { did: didOf(record), uri, names, literal });
  const metadata = metadataFromFields(value, stored, { urls, sums });
  const entry = {
    name: textOf(value, "name") ?? "",
    schemaRef: textOf(value, "schemaRef") ?? "",
    dataUrls: urls,
    ...(metadata !== undefined && { metadata }),
    id: uri,
    createdAt: utcTime(value.createdAt),
  };
  return { entry, blobs, sums };
}

import type { IndexEntry } from "@atdata/core";
import type { RepoRecord } from "../client/repo-client.ts";

/** A blob that a record says of which url it is. */
export interface KnownBlob {
  /** Its CID. */
  readonly cid: string;
  /** Its length in bytes. */
  readonly size: number;
}

/** What the record of an entry says. */
export interface ReadEntry {
  /** The entry; its id is the record's uri. */
  readonly entry: IndexEntry;
  /** The blobs of its shards and of the manifests beside them, by url; for the source that reads them. */
  readonly blobs: ReadonlyMap<string, KnownBlob>;
}

/**
 * Reads an entry from its record, in any of the forms that there have been, whoever wrote it.
 *
 * @param record - Its uri has a DID as authority: that of the account whose blobs it names.
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri and the field.
 * @throws AtdataError `URL_REFUSED` – a shard with a url that is not opened for others: neither http, https, s3 nor at.
 */
export function entryFromRecord(record: RepoRecord): ReadEntry {
  throw new Error(`not there yet: ${record.uri}`);
}

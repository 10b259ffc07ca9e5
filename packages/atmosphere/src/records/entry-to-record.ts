import type { NewEntry } from "@atdata/core";
import type { PublicBucket } from "../atmosphere.ts";
import type { BlobRef, JsonRecord } from "../client/repo-client.ts";

/** A file of a repository that an entry refers to. */
export interface PublishedFile {
  /** Its blob. */
  readonly blob: BlobRef;
  /** SHA-256 of the file in hex. */
  readonly sha256?: string | undefined;
  /** The manifest that lies beside it, where it is a shard that has one. */
  readonly manifest?: PublishedManifest | undefined;
}

/** The manifest of a shard, as blobs. */
export interface PublishedManifest {
  /** `X.manifest.json`. */
  readonly header: BlobRef;
  /** `X.manifest.parquet`. */
  readonly samples?: BlobRef | undefined;
}

/** What the record of an entry is made of besides the entry. */
export interface EntryToRecordOptions {
  /** When it is put; see `recordTime`. */
  readonly createdAt: string;
  /** Finds what an `at://` url stands for: a file record or a blob of the same repository; `undefined` for all others. */
  readonly files: (url: string) => PublishedFile | undefined;
  /** Buckets that everybody can read, by name. */
  readonly publicBuckets?: Readonly<Record<string, PublicBucket>> | undefined;
  /** Hosts, as `host` or `host:port`, that are taken for public though they look private. */
  readonly allowHosts?: readonly string[] | undefined;
}

/**
 * Writes an entry as a record, so that {@link entryFromRecord} gives back its urls and metadata.
 *
 * Two things come back changed: shards in a bucket with an endpoint have the https urls that everybody can open, and checksums
 * that `files` knows are there though the entry did not have them. So whether two entries are the same is told by what is read.
 *
 * @throws AtdataError `URL_PRIVATE` – a shard that others could not open, or only with a secret.
 * @throws AtdataError `RECORD_INVALID` – shards in places of several kinds, or in several buckets.
 */
export function entryToRecord(entry: NewEntry, options: EntryToRecordOptions): JsonRecord {
  throw new Error(`not there yet: ${entry.name} ${options.createdAt}`);
}

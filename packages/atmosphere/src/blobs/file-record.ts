import { AtdataError } from "@atdata/core";
import type { BlobRef, JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { checkRecord } from "../lexicon/check-record.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { fileName } from "./blob-urls.ts";
import { sha256OfCid } from "./cid.ts";

/** A file of a dataset that lies in a repository. */
export interface StoredFile {
  /** Its name. */
  readonly name: string;
  /** The blob that it is. */
  readonly blob: BlobRef;
  /** SHA-256 of it, lower-case hex. */
  readonly sha256: string;
}

/** Makes the record of a file; no two that are made of one file are the same, so that one can be told from another writer's. */
export function fileToRecord({ name, blob, sha256 }: StoredFile): JsonRecord {
  const micros = String(Math.floor(Math.random() * 1000)).padStart(3, "0");
  const createdAt = `${new Date().toISOString().slice(0, -1)}${micros}+00:00`;
  const record = { $type: COLLECTIONS.file, name, blob, sha256, createdAt };
  checkRecord(COLLECTIONS.file, record);
  return record;
}

/**
 * Reads the record of a file. Its name is that of its key.
 *
 * @throws AtdataError `RECORD_INVALID` – also when its hash is not that of its blob's CID.
 */
export function fileFromRecord({ rkey, uri, value }: RepoRecord): StoredFile {
  checkRecord(COLLECTIONS.file, value, uri);
  // Checked by its lexicon.
  const { blob, sha256 } = value as { readonly blob: BlobRef; readonly sha256: string };
  const name = fileName(rkey);
  const field = name === undefined ? "name" : "sha256";
  if (name !== undefined && sha256OfCid(blob.ref.$link) === sha256) return { name, blob, sha256 };
  const clause = name === undefined ? "no file has this key" : "sha256 is not that of the blob's CID";
  throw new AtdataError("RECORD_INVALID", clause, { collection: COLLECTIONS.file, field, uri });
}

/** Reads the record of a file; `undefined` for what is none. */
export function tryFileFromRecord(record: RepoRecord): StoredFile | undefined {
  try {
    return fileFromRecord(record);
  } catch {
    return undefined;
  }
}

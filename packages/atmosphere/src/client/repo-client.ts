import type { CallOptions } from "@atdata/core";
import type { Identity } from "../identity/identity.ts";

/** A record as the JSON that XRPC carries: links as `{"$link"}`, bytes as `{"$bytes"}`, blobs as `{"$type":"blob",…}`. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** A record and where it is. */
export interface RepoRecord {
  /** Its uri, with the DID as authority. */
  readonly uri: string;
  /** CID of this version of it. */
  readonly cid: string;
  /** Its key. */
  readonly rkey: string;
  /** The record. */
  readonly value: JsonRecord;
}

/** A blob as records refer to it. */
export interface BlobRef {
  readonly $type: "blob";
  readonly ref: { readonly $link: string };
  readonly mimeType: string;
  readonly size: number;
}

/** Reads one account's repository, from its own PDS, without credentials. */
export interface RepoReader {
  /** The account. */
  readonly identity: Identity;
  /**
   * Finds a record.
   *
   * @throws AtdataError `RECORD_MISMATCH` – what the PDS gave does not have the CID that it told.
   */
  get(collection: string, rkey: string, options?: CallOptions): Promise<RepoRecord | undefined>;
  /**
   * Gives all records of a collection, in the order of their keys, as they were at one commit.
   *
   * Kept until the repository has another commit; the list is shared and not to be changed.
   */
  all(collection: string, options?: CallOptions): Promise<readonly RepoRecord[]>;
  /** Opens a blob; the stream is not checked. */
  blob(cid: string, options?: CallOptions): Promise<Response>;
  /** Gives the proof, a CAR, that a record is part of a commit that the account has signed; it is not checked. */
  proof(collection: string, rkey: string, options?: CallOptions): Promise<Uint8Array>;
}

/** One change of a record. */
export type RecordWrite =
  | {
      readonly action: "create" | "update";
      readonly collection: string;
      readonly rkey: string;
      readonly value: JsonRecord;
    }
  | { readonly action: "delete"; readonly collection: string; readonly rkey: string };

/** What a transaction comes to. */
export interface Planned<T> {
  /** What is written, all in one commit; nothing where there is nothing to do. */
  readonly writes: readonly RecordWrite[];
  /** What the caller gets when it is done. `cids` are those of the records written, by `collection/rkey`. */
  result(cids: ReadonlyMap<string, string>): T;
}

/** The repository as a transaction sees it: as it was at one commit, with what is written before in the same one. */
export interface RepoState {
  /** Gives all records of a collection. */
  all(collection: string): Promise<readonly RepoRecord[]>;
}

/** Writes one account's repository. */
export interface RepoWriter extends RepoReader {
  /**
   * Writes records that depend on what is there: `plan` looks, and says what to write; when the repository has changed
   * meanwhile it is asked again. Transactions that wait at the same time share a commit, in the order in which they
   * came: the later see what the earlier write. The writes of one plan are never split.
   *
   * A plan has no effects but its writes, and waits for no other transaction. It chooses the keys of new records outside
   * of itself, once: then a commit whose answer was lost is known by what it wrote, and not made a second time. When the
   * PDS cannot be reached again either, the call fails and nobody knows; the same transaction with the same keys may then be made anew.
   * A signal that is aborted while a commit is sent does not take it back.
   *
   * @throws AtdataError what `plan` throws; `AUTH_EXPIRED`, `PDS_FAILED`, `RECORD_INVALID`.
   * @throws TypeError when one plan has more than 200 writes, creates what is there, or changes what is not.
   */
  transact<T>(plan: (state: RepoState) => Planned<T> | Promise<Planned<T>>, options?: CallOptions): Promise<T>;
  /** Uploads a blob of these bytes; it stays for as long as a record refers to it, or some time until one does. */
  uploadBlob(bytes: Uint8Array, mimeType: string, options?: CallOptions): Promise<BlobRef>;
  /** Tells how many bytes a blob may have. */
  maxBlobBytes(options?: CallOptions): Promise<number>;
}

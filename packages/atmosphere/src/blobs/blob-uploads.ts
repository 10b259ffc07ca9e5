import { AtdataError, type CallOptions, type Hasher } from "@atdata/core";
import type { BlobRef, RepoWriter } from "../client/repo-client.ts";
import type { BlobCache } from "./blob-cache.ts";
import { cidOfSha256 } from "./cid.ts";
import type { StoredFile } from "./file-record.ts";
import type { UploadJournal } from "./upload-journal.ts";

/** A PDS keeps blobs without a record for some hours at least; one that was sent longer ago is sent again. */
const RECENT_MS = 6 * 60 * 60 * 1000;

/** What {@link BlobUploads} works with. */
export interface BlobUploadsOptions {
  /** Takes the blobs. */
  readonly repo: RepoWriter;
  /** Knows what was uploaded before. */
  readonly journal: UploadJournal;
  /** Keeps the bytes of what is not sent again. */
  readonly cache: BlobCache;
  /** Starts a SHA-256. */
  readonly createHasher: () => Hasher;
  /** Tells how many bytes a blob may have. */
  maxBytes(options?: CallOptions): Promise<number>;
}

/** A file that is to be uploaded. */
export interface FileContent {
  /** Its name. */
  readonly name: string;
  /** All of it. */
  readonly bytes: Uint8Array;
  /** SHA-256 of it, lower-case hex, where it is known already. */
  readonly sha256?: string | undefined;
}

/** Sends blobs to a PDS, and none that it has. */
export class BlobUploads {
  readonly #options: BlobUploadsOptions;

  /** Sends nothing yet. */
  constructor(options: BlobUploadsOptions) {
    this.#options = options;
  }

  /** Tells how many bytes a file may have. */
  maxBytes(options?: CallOptions): Promise<number> {
    return this.#options.maxBytes(options);
  }

  /** Starts the SHA-256 of a file. */
  startHash(): Hasher {
    return this.#options.createHasher();
  }

  /**
   * Uploads a file, unless the journal knows of it; may keep `bytes`.
   *
   * @throws AtdataError `BLOB_TOO_LARGE` before anything is sent; what the PDS says.
   */
  async upload({ name, bytes, ...known }: FileContent, options?: CallOptions): Promise<StoredFile> {
    const { repo, journal, cache } = this.#options;
    const max = await this.maxBytes(options);
    if (bytes.length > max) throw blobTooLarge(name, bytes.length, max);
    const sha256 = known.sha256 ?? this.#sha256Of(bytes);
    const cid = cidOfSha256(sha256);
    const sent = await journal.find(repo.identity.did, cid);
    if (sent === undefined || sent.size !== bytes.length || Date.now() - sent.time > RECENT_MS) {
      return { name, sha256, blob: await this.#send(bytes, mimeTypeOf(name), options) };
    }
    // A copy, as the buffer may be longer.
    await cache.put(cid, bytes.slice(), options);
    const { size, mimeType } = sent;
    return { name, sha256, blob: { $type: "blob", ref: { $link: cid }, mimeType, size } };
  }

  /** Sends a blob again that the PDS does not have any more; tells whether there are still bytes to be sent. */
  async resend({ blob }: StoredFile, options?: CallOptions): Promise<boolean> {
    const { repo, journal, cache } = this.#options;
    const cid = blob.ref.$link;
    await journal.remove(repo.identity.did, cid);
    const bytes = await cache.read(cid, 0, blob.size, options);
    if (bytes?.length !== blob.size) return false;
    await this.#send(bytes, blob.mimeType, options);
    return true;
  }

  /** Forgets blobs whose records were removed: the PDS removes them too. */
  async forget(cids: Iterable<string>): Promise<void> {
    const { repo, journal } = this.#options;
    for (const cid of cids) await journal.remove(repo.identity.did, cid);
  }

  #sha256Of(bytes: Uint8Array): string {
    const hasher = this.startHash();
    hasher.update(bytes);
    return hasher.hex();
  }

  async #send(bytes: Uint8Array, mimeType: string, options: CallOptions | undefined): Promise<BlobRef> {
    const { repo, journal } = this.#options;
    const blob = await repo.uploadBlob(bytes, mimeType, options);
    await journal.add(repo.identity.did, {
      cid: blob.ref.$link,
      size: blob.size,
      mimeType: blob.mimeType,
      time: Date.now(),
    });
    return blob;
  }
}

/** Builds the error for a file that is larger than a blob may be. */
export function blobTooLarge(name: string, bytes: number, max: number): AtdataError {
  const hint = `write shards of fewer bytes (maxShardBytes: ${max})`;
  return new AtdataError("BLOB_TOO_LARGE", "the PDS takes no blob of this size", { name, bytes, max }, { hint });
}

function mimeTypeOf(name: string): string {
  if (/\.tar$/i.test(name)) return "application/x-tar";
  return /\.json$/i.test(name) ? "application/json" : "application/octet-stream";
}

import { AtdataError, type ByteReader, type Hasher, isAtdataError } from "@atdata/core";
import type { RepoReader } from "../client/repo-client.ts";
import { PATIENCE, PassingFailure, withDeadline, withRetries } from "../client/retry.ts";
import { askFor } from "./blob-failures.ts";
import { cidOfSha256 } from "./cid.ts";

/** A blob that is to be read. */
export interface BlobInput {
  /** Whose it is. */
  readonly repo: RepoReader;
  /** Its CID. */
  readonly cid: string;
  /** Its length, where a record tells it. */
  readonly size?: number | undefined;
  /** What it is called in errors. */
  readonly url: string;
  /** Starts a SHA-256. */
  readonly createHasher: () => Hasher;
}

/**
 * The bytes of a blob from front to back; its CID is compared at the end.
 *
 * A connection that breaks, or falls silent, is made again. As a PDS gives only whole blobs, what was given is then passed over.
 */
export class BlobStream implements ByteReader {
  readonly #blob: BlobInput;
  readonly #signal: AbortSignal | undefined;
  readonly #hasher: Hasher;
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Ends the connection. */
  #abort: AbortController | undefined;
  /** Bytes of the connection to pass over: they were given before. */
  #skip = 0;
  #position = 0;
  #ended = false;
  /** What it ended with, to be said to whoever asks on. */
  #failure: AtdataError | undefined;

  /** Prepares; nothing is asked for before `connect` or `next`. */
  constructor(blob: BlobInput, signal: AbortSignal | undefined) {
    this.#blob = blob;
    this.#hasher = blob.createHasher();
    this.#signal = signal;
  }

  /** Asks for it, so that a missing blob is reported before the first chunk is asked for. */
  async connect(): Promise<void> {
    await this.#persist(() => this.#open());
  }

  next(): Promise<Uint8Array | undefined> {
    return this.#persist(async () => {
      const body = this.#body ?? (await this.#open());
      for (;;) {
        const { done, value } = await withDeadline(PATIENCE.timeoutMs, this.#signal, () => body.read());
        if (done) return this.#finish();
        const chunk = value.subarray(Math.min(this.#skip, value.length));
        this.#skip -= value.length - chunk.length;
        if (chunk.length > 0) return this.#take(chunk);
      }
    });
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#failure = undefined;
    this.#drop();
  }

  async #open(): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const { repo, cid, url } = this.#blob;
    const abort = new AbortController();
    this.#abort = abort;
    const signal = this.#signal === undefined ? abort.signal : AbortSignal.any([abort.signal, this.#signal]);
    const { body } = await askFor(url, () => repo.blob(cid, { signal }));
    // An answer without a body is that of an empty blob.
    this.#body = (body ?? new Blob().stream()).getReader();
    this.#skip = this.#position;
    return this.#body;
  }

  #take(chunk: Uint8Array): Uint8Array {
    this.#position += chunk.length;
    const { size } = this.#blob;
    if (size !== undefined && this.#position > size) throw this.#mismatch(`more than ${size} bytes`);
    this.#hasher.update(chunk);
    return chunk;
  }

  #finish(): undefined {
    const got = cidOfSha256(this.#hasher.hex());
    if (got !== this.#blob.cid) throw this.#mismatch(got);
    this.#ended = true;
    this.#drop();
  }

  /** Runs an attempt until it succeeds, or has failed too often. */
  async #persist<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    return withRetries(PATIENCE, this.#signal, async () => {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return undefined;
      try {
        return await attempt();
      } catch (error) {
        this.#drop();
        if (this.#ended) return undefined;
        // What has a code was tried again where it was raised.
        if (isAtdataError(error)) {
          this.#ended = true;
          this.#failure = error;
          throw error;
        }
        const fields = { url: this.#blob.url, attempts: PATIENCE.retries + 1 };
        const clause = "the connection failed while a blob was read";
        throw new PassingFailure(new AtdataError("NETWORK_ERROR", clause, fields, { cause: error }));
      }
    });
  }

  #drop(): void {
    this.#abort?.abort();
    this.#body?.cancel().catch(() => {});
    this.#body = undefined;
  }

  #mismatch(got: string): AtdataError {
    const { url, cid } = this.#blob;
    const hint = "tell its owner; what was read of it is not to be trusted";
    return new AtdataError("BLOB_MISMATCH", "the blob differs from its CID", { url, want: cid, got }, { hint });
  }
}

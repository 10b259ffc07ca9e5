import { AtdataError, type Hasher, type ShardSink, type StoredShard } from "@atdata/core";
import { blobTooLarge, type FileContent } from "./blob-uploads.ts";

const FIRST_BYTES = 1 << 20;

/** What a {@link BlobSink} works with. */
export interface BlobSinkOptions {
  /** Name of the shard. */
  readonly name: string;
  /** The url that it will have. */
  readonly url: string;
  /** Bytes that it may have. */
  readonly maxBytes: number;
  /** A SHA-256 that was just started. */
  readonly hasher: Hasher;
  /** Takes what was written. */
  store(content: FileContent): Promise<void>;
}

/** Holds a shard until it is whole, as a PDS takes blobs only so. Memory: twice its length at the most. */
export class BlobSink implements ShardSink {
  readonly #options: BlobSinkOptions;
  readonly #hasher: Hasher;
  #buffer: Uint8Array = new Uint8Array(FIRST_BYTES);
  #bytes = 0;
  #state: "open" | "closed" | "discarded" = "open";
  #stored: Promise<StoredShard> | undefined;

  /** Begins empty. */
  constructor(options: BlobSinkOptions) {
    this.#options = options;
    this.#hasher = options.hasher;
  }

  /** Whether it was neither closed nor given up. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (!this.isOpen) throw ended("write");
    const { name, maxBytes } = this.#options;
    const bytes = this.#bytes + chunk.length;
    if (bytes > maxBytes) throw blobTooLarge(name, bytes, maxBytes);
    if (bytes > this.#buffer.length) {
      const longer = new Uint8Array(Math.min(maxBytes, Math.max(bytes, 2 * this.#buffer.length)));
      longer.set(this.#buffer.subarray(0, this.#bytes));
      this.#buffer = longer;
    }
    this.#buffer.set(chunk, this.#bytes);
    this.#hasher.update(chunk);
    this.#bytes = bytes;
  }

  close(): Promise<StoredShard> {
    this.#stored ??= this.#close();
    return this.#stored;
  }

  /** Lets go of what was written. */
  discard(): void {
    if (this.isOpen) this.#state = "discarded";
    this.#buffer = new Uint8Array();
  }

  async #close(): Promise<StoredShard> {
    if (!this.isOpen) throw ended("close");
    this.#state = "closed";
    const { name, url, store } = this.#options;
    const bytes = this.#buffer.subarray(0, this.#bytes);
    this.#buffer = new Uint8Array();
    const sha256 = this.#hasher.hex();
    await store({ name, bytes, sha256 });
    return { url, bytes: this.#bytes, sha256 };
  }
}

function ended(operation: string): AtdataError {
  return new AtdataError("UNSUPPORTED", "the shard was closed or given up before", { operation });
}

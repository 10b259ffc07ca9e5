import type { ByteReader, CallOptions } from "@atdata/core";
import type { BlobInput } from "./blob-stream.ts";
import type { WholeBlobs } from "./whole-blobs.ts";

/** Length of the chunks that a {@link KeptReader} gives. */
export const KEPT_CHUNK_BYTES: number = 1 << 20;

/** The bytes of a blob out of the cache; where it is not kept, or no longer, the rest of it is fetched. */
export class KeptReader implements ByteReader {
  readonly #whole: WholeBlobs;
  readonly #blob: BlobInput;
  readonly #signal: AbortSignal | undefined;
  #position: number;
  /** What was read ahead. */
  #held: Uint8Array | undefined;
  #closed = false;

  /** Starts with what was read already, from `start`, if anything was. */
  constructor(
    whole: WholeBlobs,
    blob: BlobInput,
    first: Uint8Array | undefined,
    options: (CallOptions & { readonly start?: number | undefined }) | undefined,
  ) {
    this.#whole = whole;
    this.#blob = blob;
    this.#signal = options?.signal;
    this.#position = options?.start ?? 0;
    this.#held = first;
  }

  async next(): Promise<Uint8Array | undefined> {
    this.#signal?.throwIfAborted();
    if (this.#closed) return undefined;
    if (this.#held === undefined || this.#held.length === 0) this.#held = await this.#more();
    const chunk = this.#held.subarray(0, KEPT_CHUNK_BYTES);
    this.#held = this.#held.subarray(chunk.length);
    this.#position += chunk.length;
    return this.#closed || chunk.length === 0 ? undefined : chunk;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#held = undefined;
  }

  async #more(): Promise<Uint8Array> {
    const options = { signal: this.#signal };
    const kept = await this.#whole.kept(this.#blob.cid, this.#position, KEPT_CHUNK_BYTES, options);
    return kept ?? this.#whole.read(this.#blob, this.#position, Number.MAX_SAFE_INTEGER, options);
  }
}

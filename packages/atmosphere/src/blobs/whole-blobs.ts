import { AtdataError, type CallOptions } from "@atdata/core";
import { SharedWork } from "../client/shared-work.ts";
import type { BlobCache } from "./blob-cache.ts";
import { type BlobInput, BlobStream } from "./blob-stream.ts";

/** A blob that is longer is only read from front to back: a PDS takes none by far. */
const MOST_BYTES = 1 << 30;

/** Reads parts of blobs, which a PDS does not give: out of a cache, into which each is fetched and checked once. */
export class WholeBlobs {
  readonly #cache: BlobCache;
  /** Many may want parts at once; when none of them waits any longer, it ends. */
  readonly #fetching = new SharedWork<Uint8Array>();

  constructor(cache: BlobCache) {
    this.#cache = cache;
  }

  /** Gives the part of a blob that is in the cache; `undefined` where it is not. */
  kept(cid: string, offset: number, length: number, options: CallOptions | undefined): Promise<Uint8Array | undefined> {
    return this.#cache.read(cid, offset, length, options);
  }

  /** Gives a part; fewer bytes only where the blob ends. The bytes are the caller's own. */
  async read(blob: BlobInput, offset: number, length: number, options?: CallOptions): Promise<Uint8Array> {
    const kept = await this.kept(blob.cid, offset, length, options);
    if (kept !== undefined) return kept;
    // What another account has, or a record tells wrongly, must not fail those who ask for the right one.
    const key = `${blob.repo.identity.did} ${blob.cid} ${blob.size}`;
    const whole = await this.#fetching.run(key, options?.signal, (signal) => this.#whole(blob, signal));
    return whole.slice(offset, offset + length);
  }

  /** Tells the length of a blob that nobody has told. */
  async size(blob: BlobInput, options?: CallOptions): Promise<number> {
    return (await this.read(blob, 0, MOST_BYTES, options)).length;
  }

  async #whole(blob: BlobInput, signal: AbortSignal): Promise<Uint8Array> {
    const stream = new BlobStream(blob, signal);
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for (let chunk = await stream.next(); chunk !== undefined; chunk = await stream.next()) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MOST_BYTES) throw tooLarge(blob, length);
      }
    } finally {
      await stream.close();
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    await this.#cache.put(blob.cid, whole, { signal });
    return whole;
  }
}

function tooLarge({ url }: BlobInput, bytes: number): AtdataError {
  const fields = { name: url, bytes, max: MOST_BYTES };
  return new AtdataError("BLOB_TOO_LARGE", "the blob is too large to be read in parts", fields);
}

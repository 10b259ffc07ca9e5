import type { BlobCache } from "./blob-cache.ts";

/**
 * Keeps blobs in memory, `maxBytes` of them at the most; a larger one is not kept.
 *
 * @throws RangeError – `maxBytes` is no positive number.
 */
export function memoryBlobCache(maxBytes: number): BlobCache {
  if (!(maxBytes > 0)) throw new RangeError(`maxBytes must be a positive number, not ${maxBytes}`);
  // In the order of their last use.
  const blobs = new Map<string, Uint8Array>();
  let total = 0;
  const drop = (cid: string): void => {
    total -= blobs.get(cid)?.length ?? 0;
    blobs.delete(cid);
  };
  return {
    async read(cid, offset, length, options) {
      options?.signal?.throwIfAborted();
      const bytes = blobs.get(cid);
      if (bytes === undefined) return undefined;
      blobs.delete(cid);
      blobs.set(cid, bytes);
      return bytes.slice(offset, offset + length);
    },
    async put(cid, bytes, options) {
      options?.signal?.throwIfAborted();
      drop(cid);
      if (bytes.length > maxBytes) return;
      blobs.set(cid, bytes);
      total += bytes.length;
      for (const oldest of blobs.keys()) {
        if (total <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}

import type { CallOptions } from "@atdata/core";

/** Keeps whole blobs that were checked, because a PDS gives no parts of them. */
export interface BlobCache {
  /** Gives bytes of a blob, from `offset`; fewer only at its end. `undefined` when it is not kept. The bytes are the caller's own. */
  read(cid: string, offset: number, length: number, options?: CallOptions): Promise<Uint8Array | undefined>;
  /** Keeps a blob whose CID was checked; takes the bytes as they are. What has no room pushes out what was used longest ago. */
  put(cid: string, bytes: Uint8Array, options?: CallOptions): Promise<void>;
}

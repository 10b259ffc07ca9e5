import type { DataSource } from "@atdata/core";
import { fileSource } from "@atdata/core/node";

/** Reads files, and counts what was read of them. */
export interface CountedSource extends DataSource {
  /** Bytes read of shards so far. */
  readonly shardBytes: number;
  /** Bytes read of all else so far. */
  readonly otherBytes: number;
}

/** Makes a source of files that counts. */
export function countedFiles(): CountedSource {
  const files = fileSource();
  const bytes = { shard: 0, other: 0 };
  const count = (url: string, chunk: Uint8Array | undefined): void => {
    bytes[url.endsWith(".tar") ? "shard" : "other"] += chunk?.length ?? 0;
  };
  return {
    ...files,
    get shardBytes() {
      return bytes.shard;
    },
    get otherBytes() {
      return bytes.other;
    },
    async open(url, options) {
      const reader = await files.open(url, options);
      return {
        async next() {
          const chunk = await reader.next();
          count(url, chunk);
          return chunk;
        },
        close: () => reader.close(),
      };
    },
    async read(url, offset, length, options) {
      const chunk = (await files.read?.(url, offset, length, options)) as Uint8Array;
      count(url, chunk);
      return chunk;
    },
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import type { DataStore, StoreWrite } from "@atdata/core";

/** A store that takes its time over every chunk, and what it saw. */
export interface SlowStore extends DataStore {
  readonly seen: {
    /** Calls of a sink's `write` at once, at the most. */
    concurrent: number;
    /** Bytes given so far. */
    bytes: number;
    /** Chunks given so far. */
    chunks: number;
  };
}

/** Wraps a store so that each chunk takes `ms`. */
export function slowStore(store: DataStore, ms: number): SlowStore {
  const seen = { concurrent: 0, bytes: 0, chunks: 0 };
  let writing = 0;
  const slow = (write: StoreWrite): StoreWrite => ({
    async shard(name) {
      const sink = await write.shard(name);
      return {
        async write(chunk) {
          writing += 1;
          seen.concurrent = Math.max(seen.concurrent, writing);
          seen.bytes += chunk.length;
          seen.chunks += 1;
          const copy = chunk.slice();
          await sleep(ms);
          // The memory is the store's until the promise settles.
          if (Buffer.compare(copy, chunk) !== 0) throw new Error("the chunk changed while it was written");
          await sink.write(chunk);
          writing -= 1;
        },
        close: () => sink.close(),
      };
    },
    put: (name, bytes) => write.put(name, bytes),
    commit: (bytes) => write.commit(bytes),
    abort: () => write.abort(),
    [Symbol.asyncDispose]: () => write[Symbol.asyncDispose](),
  });
  return { ...store, seen, begin: async (dataset, options) => slow(await store.begin(dataset, options)) };
}

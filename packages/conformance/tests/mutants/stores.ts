import {
  type BeginOptions,
  type DataStore,
  isAtdataError,
  type MemoryStore,
  memoryStore,
  type StoreWrite,
} from "@atdata/core";
import type { MakeStore } from "../../src/index.ts";

/** The store that all mutants are made of. */
export const goodStore: MakeStore = () => memoryStore();

function mutant(change: (store: MemoryStore) => Partial<DataStore>): MakeStore {
  return () => {
    const store = memoryStore();
    return { ...store, ...change(store) };
  };
}

/** Changes the writes that `begin` gives. */
function write(
  change: (
    good: StoreWrite,
    store: MemoryStore,
    dataset: string,
    options: BeginOptions | undefined,
  ) => Partial<StoreWrite>,
): MakeStore {
  return mutant((store) => ({
    async begin(dataset, options) {
      const good = await store.begin(dataset, options);
      const forward: StoreWrite = {
        shard: (name) => good.shard(name),
        put: (name, bytes) => good.put(name, bytes),
        commit: (bytes) => good.commit(bytes),
        abort: () => good.abort(),
        [Symbol.asyncDispose]: () => good[Symbol.asyncDispose](),
      };
      return { ...forward, ...change(good, store, dataset, options) };
    },
  }));
}

const shared = memoryStore();

/** Stores with one fault each. */
export const storeMutants: Readonly<Record<string, MakeStore>> = {
  "shares its files between factory calls": () => shared,
  "tells another url than its own": write((good) => ({
    async shard(name) {
      const sink = await good.shard(name);
      return {
        write: (chunk) => sink.write(chunk),
        close: async () => ({ ...(await sink.close()), url: `x:${name}` }),
      };
    },
  })),
  "keeps a shard under another name than it tells": write((good, store) => ({
    async shard(name) {
      const sink = await good.shard(name);
      const close = async () => ({ ...(await sink.close()), url: store.url(`d-other-${name}`) });
      return { write: (chunk) => sink.write(chunk), close };
    },
  })),
  "puts a token into some names only": write((good) => ({
    put: (name, bytes) => good.put(name.replace(/^d/, "d-0123456789abcdef"), bytes),
  })),
  "keeps small files under other names than it tells": write((good) => ({
    async put(name, bytes) {
      await good.put(`d-other-${name}`, bytes);
      return name;
    },
  })),
  "tells a wrong sha256": write((good) => ({
    async shard(name) {
      const sink = await good.shard(name);
      const close = async () => ({ ...(await sink.close()), sha256: "0".repeat(64) });
      return { write: (chunk) => sink.write(chunk), close };
    },
  })),
  "tells a wrong length": write((good) => ({
    async shard(name) {
      const sink = await good.shard(name);
      let chunks = 0;
      return {
        async write(chunk) {
          chunks++;
          await sink.write(chunk);
        },
        close: async () => ({ ...(await sink.close()), bytes: chunks }),
      };
    },
  })),
  "keeps references to chunks": write((good) => ({
    async shard(name) {
      const sink = await good.shard(name);
      const chunks: Uint8Array[] = [];
      return {
        async write(chunk) {
          chunks.push(chunk);
        },
        async close() {
          for (const chunk of chunks) await sink.write(chunk);
          return sink.close();
        },
      };
    },
  })),
  "keeps references to small files": write((good) => {
    const puts: [string, Uint8Array][] = [];
    return {
      async put(name, bytes) {
        if (puts.length === 0) await good.put("probe.json", bytes);
        puts.push([name, bytes]);
        return name;
      },
      async commit(bytes) {
        for (const [name, small] of puts.splice(0)) await good.put(name, small);
        await good.commit(bytes);
      },
    };
  }),
  "shows small files before the commit": write((good, store) => ({
    async put(name, bytes) {
      await good.put(name, bytes);
      await store.create(`${name}`, bytes);
      return name;
    },
    commit: async (bytes) => {
      for (const name of ["d-000000.manifest.json", "d.rollup.parquet"]) await store.delete(name);
      await good.commit(bytes);
    },
  })),
  "shows a shard when it is closed": write((good, store) => ({
    async shard(name) {
      const sink = await good.shard(name);
      return {
        write: (chunk) => sink.write(chunk),
        async close() {
          await store.create("d-000001.tar", new Uint8Array(3));
          return sink.close();
        },
      };
    },
  })),
  "leaves a file after abort": write((good, store) => ({
    async abort() {
      await good.abort();
      await store.create("d-000000.tar", new Uint8Array(3));
    },
  })),
  "commits when it is disposed": write((good) => ({
    [Symbol.asyncDispose]: () => good.commit(new Uint8Array(2)),
  })),
  "keeps the name taken after abort": mutant((store) => {
    const taken = new Set<string>();
    return {
      begin(dataset, options) {
        if (taken.has(dataset) && !options?.overwrite) throw new Error("taken");
        taken.add(dataset);
        return store.begin(dataset, options);
      },
    };
  }),
  "commits again": write((good, store) => ({
    async commit(bytes) {
      await good.commit(bytes);
      if (bytes.length === 3) {
        await store.delete("d.dataset.json");
        await store.create("d.dataset.json", bytes);
      }
    },
  })),
  "removes everything when aborted after the commit": write((good, store) => ({
    async abort() {
      await good.abort();
      for (const name of store.files.keys()) await store.delete(name);
    },
  })),
  "takes shards after the end": write((good, store) => ({
    async shard(name) {
      return good.shard(name).catch(async () => ({
        write: async () => {},
        close: async () => ({ url: store.url(name), bytes: 0, sha256: "" }),
      }));
    },
  })),
  "overwrites silently": mutant((store) => ({ begin: (dataset) => store.begin(dataset, { overwrite: true }) })),
  "hides that somebody else won": write((good) => ({
    async commit(bytes) {
      await good.commit(bytes).catch((error: unknown) => {
        if (!isAtdataError(error, "DATASET_EXISTS")) throw error;
      });
    },
  })),
  "looks for another winner long before it commits": write((good, store, dataset) => ({
    async commit(bytes) {
      if (store.files.has(`${dataset}.dataset.json`)) return good.commit(bytes);
      await Promise.resolve();
      const inner = await store.begin(dataset, { overwrite: true }).catch(() => good);
      await inner.commit(bytes);
      await good.commit(bytes).catch(() => {});
    },
  })),
  "keeps old shards on overwrite": write((good, store, _, options) => ({
    async commit(bytes) {
      const before = new Map(store.files);
      await good.commit(bytes);
      if (options?.overwrite) for (const [name, old] of before) await store.create(name, old);
    },
  })),
  "removes the old dataset when an overwrite begins": mutant((store) => ({
    async begin(dataset, options) {
      if (options?.overwrite) await store.delete(`${dataset}.dataset.json`);
      return store.begin(dataset, options);
    },
  })),
  "removes every file that starts like the dataset": write((good, store, dataset, options) => ({
    async commit(bytes) {
      const old = options?.overwrite ? [...store.files.keys()].filter((name) => name.startsWith(dataset)) : [];
      for (const name of old) await store.delete(name);
      await good.commit(bytes);
    },
  })),
  "creates a file twice": mutant((store) => ({
    async create(name, bytes, options) {
      options?.signal?.throwIfAborted();
      await store.delete(name);
      return store.create(name, bytes);
    },
  })),
  "lets two creators win": mutant((store) => ({
    async create(name, bytes, options) {
      const before = await store.get(name, options);
      if (before !== undefined) return false;
      await Promise.resolve();
      await store.create(name, bytes, options);
      return true;
    },
  })),
  "throws for a missing small file": mutant((store) => ({
    async get(name, options) {
      const bytes = await store.get(name, options);
      if (bytes === undefined) throw new Error("missing");
      return bytes;
    },
  })),
  "gives its own memory": mutant((store) => ({
    async get(name, options) {
      options?.signal?.throwIfAborted();
      return store.files.get(name);
    },
  })),
  "says that it deleted what was not there": mutant((store) => ({
    async delete(name, options) {
      await store.delete(name, options);
      return true;
    },
  })),
  "ignores signals": mutant((store) => ({
    begin: (dataset, options) => store.begin(dataset, { overwrite: options?.overwrite }),
    get: (name) => store.get(name),
    create: (name, bytes) => store.create(name, bytes),
    delete: (name) => store.delete(name),
  })),
  "has a source that reads wrong ranges": mutant((store) => ({
    source: {
      ...store.source,
      read: async (url, offset, length) => (await store.source.read?.(url, offset + 1, length)) ?? new Uint8Array(),
    },
  })),
};

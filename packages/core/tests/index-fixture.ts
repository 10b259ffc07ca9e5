import {
  createIndex,
  type Index,
  type IndexProvider,
  int,
  type MemoryStore,
  memoryFormat,
  memoryIndex,
  memoryPlugin,
  memoryStore,
  type PluginWriter,
  type SampleType,
  type ShardPlugin,
  sample,
  str,
} from "../src/index.ts";

/** The type of the samples of these tests. */
export const Digit: SampleType<DigitSample> = sample("Digit", { label: int(), name: str() });

/** One of its samples. */
export interface DigitSample {
  label: number;
  name: string;
}

/** Gives samples that differ. */
export function digits(count: number): DigitSample[] {
  return Array.from({ length: count }, (_, label) => ({ label, name: `#${label}` }));
}

/** Puts a file beside each shard, and two for all of them, of which one tells their names. */
export const notes: ShardPlugin = {
  name: "notes",
  write({ dataset, store }): PluginWriter {
    let samples = 0;
    const names: string[] = [];
    return {
      sample: () => {
        samples += 1;
      },
      shardClosed: async (name) => {
        names.push(name);
        await store.put(`${name.replace(/\.mem$/, "")}.note`, Uint8Array.of(samples));
      },
      finish: async () => {
        await store.put(`${dataset}.notes`, Uint8Array.of(samples));
        await store.put(`${dataset}.names`, new TextEncoder().encode([...names].join("\n")));
      },
    };
  },
  async rename(name, bytes, shards) {
    if (!name.endsWith(".names")) return undefined;
    const old = new TextDecoder().decode(bytes).split("\n");
    return new TextEncoder().encode(old.map((each) => shards.get(each)).join("\n"));
  },
};

/** Stands for a store that cannot rename: a token of each write goes into the names of its files. */
export function renaming(store: MemoryStore, hex: string): MemoryStore {
  return {
    ...store,
    async begin(dataset, options) {
      const write = await store.begin(dataset, options);
      const token = `${dataset}-${hex}`;
      const real = (name: string): string => (name.startsWith(token) ? name : name.replace(dataset, token));
      return {
        shard: (name) => write.shard(real(name)),
        put: (name, bytes) => write.put(real(name), bytes),
        commit: (bytes) => write.commit(bytes),
        abort: () => write.abort(),
        [Symbol.asyncDispose]: () => write.abort(),
      };
    },
  };
}

/** What a repository in memory is made of. */
export interface MemoryRepo {
  readonly provider: IndexProvider;
  readonly store: MemoryStore;
}

/** Makes a repository in memory. */
export function memoryRepo(): MemoryRepo {
  return { provider: memoryIndex(), store: memoryStore() };
}

/** An index of the repositories `local` and `team`, with plugins. */
export function indexInMemory(): {
  readonly index: Index;
  readonly local: MemoryRepo;
  readonly team: MemoryRepo;
} {
  const [local, team] = [memoryRepo(), memoryRepo()];
  const index = createIndex({ repos: { local, team }, formats: [memoryFormat()], plugins: [memoryPlugin(), notes] });
  return { index, local, team };
}

/** Collects what is listed. */
export async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Gives the keys of a dataset of an index. */
export async function keysOf(index: Index, ref: string): Promise<string[]> {
  return (await listed((await index.load(ref)).entries())).map(({ key }) => key);
}

/** Gives the error that a promise ends in. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

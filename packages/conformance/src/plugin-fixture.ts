import {
  createHasher,
  type DataStore,
  int,
  memoryStore,
  type PluginIndex,
  type Predicate,
  type SampleLocation,
  type SampleType,
  type ShardInfo,
  type ShardPlugin,
  sample,
  str,
} from "@atdata/core";
import type { Need } from "./case.ts";
import { ensure } from "./expect.ts";

/** Makes a plugin that shares nothing with any other that was made. */
export type MakePlugin = () => ShardPlugin | Promise<ShardPlugin>;

/** The samples that are written. */
export interface Row {
  readonly n: number;
  readonly name: string;
}

const TYPE: SampleType<Row> = sample("Row", { n: int(), name: str() });
/** Samples a shard: one of them has none. */
export const SHARDS: readonly number[] = [3, 0, 5];

/** A dataset that was written, and what a plugin should know of it. */
export interface Written {
  readonly store: DataStore;
  readonly shards: readonly ShardInfo[];
  readonly locations: readonly (SampleLocation & { readonly row: Row })[];
  /** SHA-256 of each payload, in order. */
  readonly hashes: readonly string[];
}

/** Drives a plugin as a dataset writer does, over a store in memory; `turn` is awaited between samples. */
export async function write(
  plugin: ShardPlugin,
  dataset: string,
  seed = 0,
  turn?: () => Promise<void>,
): Promise<Written> {
  const store = memoryStore();
  const out = await store.begin(dataset);
  const writer = plugin.write?.({ dataset, type: TYPE, store: out });
  const shards: ShardInfo[] = [];
  const locations: (SampleLocation & { row: Row })[] = [];
  const hashes: string[] = [];
  for (const [at, count] of SHARDS.entries()) {
    const name = `${dataset}-00000${at}.tar`;
    const sink = await out.shard(name);
    const here: Omit<SampleLocation & { row: Row }, "shard">[] = [];
    let offset = 512;
    for (let i = 0; i < count; i++) {
      await turn?.();
      const index = locations.length + here.length;
      const row = { n: index + seed, name: index % 2 === 0 ? "even" : "odd" };
      const payload = TYPE.encode(row);
      const key = `${dataset}${index}`;
      const size = payload.length;
      const hasher = createHasher();
      hasher.update(payload);
      hashes.push(hasher.hex());
      writer?.sample({ key, sample: row, offset, size, payload });
      await sink.write(payload);
      // Valid only during the call: what a plugin kept of it shows now.
      payload.fill(0xee);
      here.push({ key, index, offset, size, row });
      offset += 1024;
    }
    const stored = await sink.close();
    await writer?.shardClosed(name, stored);
    shards.push({ ...stored, samples: count });
    locations.push(...here.map((one) => ({ ...one, shard: stored.url })));
  }
  await writer?.finish?.();
  await out.commit(new TextEncoder().encode(JSON.stringify({ shards: shards.map(({ url }) => ({ url })) })));
  return { store, shards, locations, hashes };
}

/** Opens what was written. */
export async function open(plugin: ShardPlugin, { store, shards }: Written): Promise<PluginIndex> {
  const index = await plugin.open?.({ shards, source: store.source });
  ensure(index !== undefined, "open finds nothing of the dataset that was written");
  return index;
}

/** Leaves out what a plugin may tell or not. */
export const strip: (location: SampleLocation) => SampleLocation = ({ shard, key, index, offset, size }) => ({
  shard,
  key,
  index,
  offset,
  size,
});

/** Skips plugins that only write or only read. */
export const needsBoth: Need<MakePlugin> = {
  capability: "write and open",
  has: async (make) => {
    const plugin = await make();
    return plugin.write !== undefined && plugin.open !== undefined;
  },
};

/** Skips plugins whose index lacks a method. */
export function needsIndex(method: keyof PluginIndex): Need<MakePlugin> {
  return {
    capability: method,
    async has(make) {
      const plugin = await make();
      return typeof (await open(plugin, await write(plugin, "d")))[method] === "function";
    },
  };
}

/** Predicates, and the same in code. */
export const QUERIES: readonly { readonly predicate: Predicate; readonly matches: (row: Row) => boolean }[] = [
  { predicate: { op: ">=", field: "n", value: 4 }, matches: ({ n }) => n >= 4 },
  { predicate: { op: "=", field: "name", value: "odd" }, matches: ({ name }) => name === "odd" },
  { predicate: { op: "in", field: "n", values: [] }, matches: () => false },
  { predicate: { op: "and", terms: [] }, matches: () => true },
  {
    predicate: { op: "not", term: { op: "between", field: "n", low: 1, high: 6 } },
    matches: ({ n }) => n < 1 || n > 6,
  },
];

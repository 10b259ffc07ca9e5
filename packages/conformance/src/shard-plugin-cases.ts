import {
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
import type { ConformanceCase, Need } from "./case.ts";
import { collect, ensure, rejectsWithReason, same } from "./expect.ts";

/** Makes a plugin that shares nothing with any other that was made. */
export type MakePlugin = () => ShardPlugin | Promise<ShardPlugin>;

interface Row {
  readonly n: number;
  readonly name: string;
}

const TYPE: SampleType<Row> = sample("Row", { n: int(), name: str() });
/** Samples a shard: one of them has none. */
const SHARDS: readonly number[] = [3, 0, 5];

interface Written {
  readonly store: DataStore;
  readonly shards: readonly ShardInfo[];
  readonly locations: readonly (SampleLocation & { readonly row: Row })[];
}

/** Drives a plugin as a dataset writer does, over a store in memory; `turn` is awaited between samples. */
async function write(plugin: ShardPlugin, dataset: string, seed = 0, turn?: () => Promise<void>): Promise<Written> {
  const store = memoryStore();
  const out = await store.begin(dataset);
  const writer = plugin.write?.({ dataset, type: TYPE, store: out });
  const shards: ShardInfo[] = [];
  const locations: (SampleLocation & { row: Row })[] = [];
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
  return { store, shards, locations };
}

async function open(plugin: ShardPlugin, { store, shards }: Written): Promise<PluginIndex> {
  const index = await plugin.open?.({ shards, source: store.source });
  ensure(index !== undefined, "open finds nothing of the dataset that was written");
  return index;
}

const strip = ({ shard, key, index, offset, size }: SampleLocation): SampleLocation => ({
  shard,
  key,
  index,
  offset,
  size,
});

const needsBoth: Need<MakePlugin> = {
  capability: "write and open",
  has: async (make) => {
    const plugin = await make();
    return plugin.write !== undefined && plugin.open !== undefined;
  },
};

function needsIndex(method: keyof PluginIndex): Need<MakePlugin> {
  return {
    capability: method,
    async has(make) {
      const plugin = await make();
      return typeof (await open(plugin, await write(plugin, "d")))[method] === "function";
    },
  };
}

const QUERIES: readonly { readonly predicate: Predicate; readonly matches: (row: Row) => boolean }[] = [
  { predicate: { op: ">=", field: "n", value: 4 }, matches: ({ n }) => n >= 4 },
  { predicate: { op: "=", field: "name", value: "odd" }, matches: ({ name }) => name === "odd" },
  { predicate: { op: "in", field: "n", values: [] }, matches: () => false },
  { predicate: { op: "and", terms: [] }, matches: () => true },
  {
    predicate: { op: "not", term: { op: "between", field: "n", low: 1, high: 6 } },
    matches: ({ n }) => n < 1 || n > 6,
  },
];

/** The rules of a `ShardPlugin`. */
export const shardPluginCases: readonly ConformanceCase<MakePlugin>[] = [
  {
    id: "plugin/declares",
    rule: "it has a name, and follows writes or answers for datasets",
    async run(make) {
      const plugin = await make();
      ensure(plugin.name !== "", "name is empty");
      ensure(plugin.write !== undefined || plugin.open !== undefined, "it neither writes nor opens");
    },
  },
  {
    id: "plugin/unknown-dataset",
    rule: "open of a dataset that the plugin has nothing of gives undefined",
    needs: [needsBoth],
    async run(make) {
      const plugin = await make();
      const foreign = await write({ name: "none" }, "foreign");
      same(await plugin.open?.({ shards: foreign.shards, source: foreign.store.source }), undefined, "open");
    },
  },
  {
    id: "plugin/isolated",
    rule: "what one factory call made knows of another's writes only through the store",
    needs: [needsBoth],
    async run(make) {
      const [one, other] = [await make(), await make()];
      const { shards } = await write(one, "d");
      same(
        await other.open?.({ shards, source: memoryStore().source }),
        undefined,
        "open by another, over an empty store",
      );
    },
  },
  {
    id: "plugin/counts",
    rule: "counts gives the number of samples of each shard, in the order given",
    needs: [needsBoth, needsIndex("counts")],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      same(await (await open(plugin, written)).counts?.(), SHARDS, "counts");
      const turned = { ...written, shards: [...written.shards].reverse() };
      same(await (await open(plugin, turned)).counts?.(), [...SHARDS].reverse(), "counts in another order");
    },
  },
  {
    id: "plugin/locate",
    rule: "locate finds each key, and undefined for others",
    needs: [needsBoth, needsIndex("locate")],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      const index = await open(plugin, written);
      for (const want of written.locations) same(await index.locate?.(want.key), strip(want), `locate ${want.key}`);
      same(await index.locate?.("none"), undefined, "locate of no key");
    },
  },
  {
    id: "plugin/query",
    rule: "query gives the locations of exactly the samples for which a predicate is true, in order",
    needs: [needsBoth, needsIndex("query")],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      const index = await open(plugin, written);
      for (const { predicate, matches } of QUERIES) {
        const found = index.query === undefined ? [] : await collect(index.query(predicate));
        const want = written.locations.filter(({ row }) => matches(row)).map(strip);
        same(found.map(strip), want, `query ${JSON.stringify(predicate)}`);
      }
    },
  },
  {
    id: "plugin/part-of-a-dataset",
    rule: "for some of the shards, positions count within those",
    needs: [needsBoth, needsIndex("locate")],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      const index = await open(plugin, { ...written, shards: written.shards.slice(2) });
      const last = written.locations.at(-1);
      same((await index.locate?.(last?.key ?? ""))?.index, 4, "position of the last sample in the third shard");
      same(await index.locate?.(written.locations[0]?.key ?? ""), undefined, "locate in a shard that was not given");
    },
  },
  {
    id: "plugin/two-writes-at-once",
    rule: "writes that overlap do not mix",
    needs: [needsBoth, needsIndex("counts"), needsIndex("query")],
    async run(make) {
      const plugin = await make();
      const turn = (): Promise<void> => Promise.resolve();
      const both = await Promise.all([write(plugin, "d", 0, turn), write(plugin, "e", 100, turn)]);
      for (const written of both) {
        const index = await open(plugin, written);
        same(await index.counts?.(), SHARDS, "counts");
        const all = index.query === undefined ? [] : await collect(index.query({ op: "and", terms: [] }));
        same(all.map(strip), written.locations.map(strip), "all samples");
      }
    },
  },
  {
    id: "plugin/signal",
    rule: "an aborted signal ends open, counts, locate and query with its reason",
    needs: [needsBoth],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      const index = await open(plugin, written);
      const reason = new Error("aborted by the kit");
      const options = { signal: AbortSignal.abort(reason) };
      const context = { shards: written.shards, source: written.store.source };
      await rejectsWithReason(plugin.open?.(context, options), reason, "open");
      if (index.counts) await rejectsWithReason(index.counts(options), reason, "counts");
      if (index.locate) await rejectsWithReason(index.locate("none", options), reason, "locate");
      if (index.query)
        await rejectsWithReason(collect(index.query({ op: "and", terms: [] }, options)), reason, "query");
    },
  },
];

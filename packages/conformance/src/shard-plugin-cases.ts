import { memoryStore, type Predicate } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { collect, ensure, rejectsWithReason, same } from "./expect.ts";
import {
  type MakePlugin,
  needsBoth,
  needsIndex,
  open,
  QUERIES,
  type Row,
  SHARDS,
  strip,
  write,
} from "./plugin-fixture.ts";

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
      for (const want of written.locations) {
        const found = await index.locate?.(want.key);
        same(found && strip(found), strip(want), `locate ${want.key}`);
      }
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
    id: "plugin/places",
    rule: "places tells where the samples of each shard lie, in order",
    needs: [needsBoth, needsIndex("places")],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      const index = await open(plugin, { ...written, shards: [...written.shards].reverse() });
      for (const [at, { url }] of [...written.shards].reverse().entries()) {
        const places = await index.places?.(at);
        const want = written.locations.filter(({ shard }) => shard === url);
        same(
          places && [...places.keys],
          want.map(({ key }) => key),
          `keys of shard ${at}`,
        );
        same(
          places && Array.from(places.offsets),
          want.map(({ offset }) => offset),
          `offsets of shard ${at}`,
        );
        same(
          places && Array.from(places.sizes),
          want.map(({ size }) => size),
          `sizes of shard ${at}`,
        );
        const hashes = want.map(({ index: nth }) => written.hashes[nth]);
        same(places?.hashes ?? hashes, hashes, `hashes of shard ${at}`);
      }
    },
  },
  {
    id: "plugin/sha256",
    rule: "the sha256 of a location, where it is given, is that of the payload",
    needs: [needsBoth, needsIndex("query")],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      const { query } = await open(plugin, written);
      const all = query === undefined ? [] : await collect(query({ op: "and", terms: [] }));
      for (const { key, index, sha256 } of all) same(sha256 ?? written.hashes[index], written.hashes[index], key);
    },
  },
  {
    id: "plugin/plan",
    rule: "plan counts no fewer shards than hold a match, and tells bytes and a reason",
    needs: [needsBoth, needsIndex("plan")],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      const index = await open(plugin, written);
      for (const { predicate, matches } of QUERIES) {
        const plan = await index.plan?.(predicate);
        const what = `plan ${JSON.stringify(predicate)}`;
        ensure(plan !== undefined, `${what} is undefined`);
        const holding = new Set(written.locations.filter(({ row }) => matches(row)).map(({ shard }) => shard));
        const { shards, bytes, reason } = plan;
        ensure(shards >= holding.size && shards <= SHARDS.length, `${what}: ${shards} shards, ${holding.size} match`);
        ensure(Number.isSafeInteger(bytes) && bytes >= 0, `${what}: bytes is ${bytes}`);
        ensure(reason !== "", `${what}: reason is empty`);
      }
    },
  },
  {
    id: "plugin/describe",
    rule: "describe gives true counts and bounds of the fields that it knows",
    needs: [needsBoth, needsIndex("describe")],
    async run(make) {
      const plugin = await make();
      const written = await write(plugin, "d");
      const fields = await (await open(plugin, written)).describe?.();
      ensure(fields !== undefined, "describe is undefined");
      for (const [name, field] of fields) {
        const values = written.locations.map(({ row }) => row[name as keyof Row]);
        const { count, nulls, nans } = field;
        same({ count, nulls, nans }, { count: values.length, nulls: 0, nans: 0 }, `counts of ${name}`);
        const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
        same(field.min ?? sorted[0], sorted[0], `min of ${name}`);
        same(field.max ?? sorted.at(-1), sorted.at(-1), `max of ${name}`);
        const distinct = new Set(values).size;
        same(field.distinct ?? distinct, distinct, `distinct of ${name}`);
        for (const { value, count: times } of field.top ?? []) {
          same(times, values.filter((one) => one === value).length, `times of ${name} ${String(value)}`);
        }
        const bars = field.histogram?.reduce((sum, bar) => sum + bar, 0);
        same(bars ?? values.length, values.length, `histogram of ${name}, all bars`);
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
    rule: "an aborted signal ends open and every method of an index with its reason",
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
      const all: Predicate = { op: "and", terms: [] };
      if (index.query) await rejectsWithReason(collect(index.query(all, options)), reason, "query");
      if (index.places) await rejectsWithReason(index.places(0, options), reason, "places");
      if (index.plan) await rejectsWithReason(index.plan(all, options), reason, "plan");
      if (index.describe) await rejectsWithReason(index.describe(options), reason, "describe");
    },
  },
];

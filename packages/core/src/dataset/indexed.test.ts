import { countingSource } from "@atdata/conformance";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Item, item, itemDataset, keyOf, merge, numbers, remote, upTo } from "../../tests/dataset-fixture.ts";
import { indexed, indexFor } from "../../tests/dataset-index.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import { memoryPlugin } from "../plugins/memory-plugin.ts";
import type { SampleLocation } from "../protocols/shard-plugin.ts";
import { memoryStore } from "../stores/memory-store.ts";
import { writeSamples } from "../write/write-samples.ts";
import type { Dataset } from "./dataset.ts";
import { openFrom } from "./open-dataset.ts";

describe("a plugin's index", () => {
  it("answers where by range reads, one for neighbours of a shard", async () => {
    const { ds, source, asked } = await indexed([5, 5, 5]);
    const dark = ds.where((f) => f.n.gt(3)).where((f) => f.tags.contains("odd"));
    expect(await dark.head(2)).toEqual([item(5), item(7)]);
    expect(await numbers(dark)).toEqual([5, 7, 9, 11, 13]);
    expect(source.opens).toEqual([]);
    expect(asked).toMatchObject({ opens: 1, queries: 2 });
    expect(new Set(source.reads.map(({ offset, url }) => `${url} ${offset}`)).size).toBe(2);
    const entries = [];
    for await (const { key, shard } of dark.entries()) entries.push(`${shard} ${key}`);
    expect(entries[0]).toBe("s-1.mem 000005");
    expect((await dark.iterate().next()).value).toEqual(item(5));
  });

  it("counts matches without reading any", async () => {
    const { ds, source } = await indexed([5, 5, 5]);
    expect(await ds.where((f) => f.n.lt(6)).count()).toBe(6);
    expect(
      await ds
        .where((f) => f.n.lt(6))
        .map(({ n }) => n)
        .shuffle({ seed: 1 })
        .count(),
    ).toBe(6);
    expect(source.reads).toEqual([]);
    expect(
      await ds
        .where((f) => f.n.lt(6))
        .filter(({ n }) => n > 1)
        .count(),
    ).toBe(4);
    expect(
      await ds
        .take(3)
        .where((f) => f.n.gt(1))
        .count(),
    ).toBe(1);
    expect(await ds.count()).toBe(15);
  });

  it("finds samples by key, and counts for shuffles and resuming", async () => {
    const { ds, source, asked } = await indexed([5, 5, 5]);
    expect(await ds.get(keyOf(7))).toEqual(item(7));
    expect(await ds.get("nobody")).toBeUndefined();
    expect(asked.keys).toEqual([keyOf(7), "nobody"]);
    expect(source.reads).toHaveLength(1);
    const shuffled = ds.shuffle({ seed: 1 });
    expect(await numbers(shuffled)).toEqual(await numbers(itemDataset([5, 5, 5]).ds.shuffle({ seed: 1 })));
    expect(await ds.partition({ index: 1, count: 2, equal: true }).count()).toBe(5);
    await ds.at(12);
    expect(source.opens.at(-1)).toBe("s-2.mem");
  });

  it("is told of by plan and query", async () => {
    const { ds, all } = await indexed([2, 2]);
    expect(await ds.plan((f) => f.n.gt(1))).toMatchObject({ strategy: "index", shards: 2 });
    const places: SampleLocation[] = [];
    for await (const place of ds.query((f) => f.n.gt(1))) places.push(place);
    expect(places).toEqual(all.slice(2));
    const scanned: SampleLocation[] = [];
    const plain = itemDataset([2, 2]).ds;
    for await (const place of plain.query((f) => f.n.gt(1))) scanned.push(place);
    expect(scanned).toEqual(places);
    expect(await plain.plan((f) => f.n.gt(1))).toMatchObject({ strategy: "scan" });
    await expect(ds.take(1).plan((f) => f.n.gt(1))).rejects.toMatchObject({ code: "UNSUPPORTED" });
    expect(() => ds.take(1).query((f) => f.n.gt(1))).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  });

  it("tells places, which select, at and a full shuffle read instead of whole shards", async () => {
    const store = memoryStore();
    const plugins = [memoryPlugin()];
    const names = { dataset: "d", single: "d.mem", numbered: (n: number) => `d-${n}.mem` };
    const input = { type: Item, store, format: memoryFormat(), names, plugins, maxSamples: 40 };
    await writeSamples(input, upTo(100).map(item));
    const source = countingSource(remote(store.source));
    const ds = await openFrom("memory:/d.dataset.json", { ...input, sources: [source] });
    const opens = source.opens.length;
    expect(await ds.at(57)).toEqual(item(57));
    expect(source.reads).toHaveLength(1);
    expect(await ds.select([99, 3, 99, 41, 4])).toEqual([99, 3, 99, 41, 4].map(item));
    expect(source.reads).toHaveLength(4);
    const shuffled = ds.shuffle({ seed: 4, window: "all" });
    const plain = itemDataset([40, 40, 20]).ds.shuffle({ seed: 4, window: "all" });
    expect(await numbers(shuffled)).toEqual(await numbers(plain));
    expect(source.opens).toHaveLength(opens);
  });

  it("lets a full shuffle come behind where, resumable and different each epoch", async () => {
    const { ds } = await indexed([20, 20]);
    const some = ds.where((f) => f.tags.contains("odd"));
    const odd = upTo(40).filter((n) => n % 2 === 1);
    const shuffled = some.shuffle({ seed: 1, window: "all" });
    const order = await numbers(shuffled);
    expect([...order].sort((a, b) => a - b)).toEqual(odd);
    expect(order).not.toEqual(odd);
    const run = shuffled.iterate();
    for (const n of order.slice(0, 7)) expect((await run.next()).value).toMatchObject({ n });
    expect(await numbers(shuffled.resume(run.state()))).toEqual(order.slice(7));
    await run.return();
    const epochs = await numbers(shuffled.repeat(2));
    expect(epochs.slice(0, 20)).toEqual(order);
    expect(epochs.slice(20)).not.toEqual(order);
    expect([...epochs.slice(20)].sort((a, b) => a - b)).toEqual(odd);
    const parts = await Promise.all(
      [0, 1].map((index) => numbers(shuffled.partition({ index, count: 2, by: "sample" }))),
    );
    expect(merge(parts)).toEqual(order);
    const behind = some.filter(() => true).shuffle({ seed: 1, window: "all" });
    await expect(numbers(behind)).rejects.toMatchObject({ code: "COUNTS_UNKNOWN" });
  });

  it("that cannot answer, or behind a source without ranges, leaves a scan", async () => {
    for (const without of [["query"], ["locate"], ["counts"]] as const) {
      const { ds } = await indexed([3, 3], {}, without);
      expect(await numbers(ds.where((f) => f.n.gt(2)))).toEqual([3, 4, 5]);
      expect(await ds.get(keyOf(4))).toEqual(item(4));
      expect(await ds.count()).toBe(6);
    }
    const { ds, source } = await indexed([3, 3], {
      around: ({ read: _, ...rest }) => ({ ...rest, capabilities: { range: false, local: false } }),
    });
    expect(await numbers(ds.where((f) => f.n.gt(2)))).toEqual([3, 4, 5]);
    expect(await ds.get(keyOf(4))).toEqual(item(4));
    expect(source.opens.length).toBeGreaterThan(0);
    await expect(numbers(ds.shuffle({ seed: 1, window: "all" }))).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  it("that speaks of another shard than is read gives an error and no other sample", async () => {
    const { plugin } = await indexFor([4, 4]);
    const { ds } = itemDataset([4, 4], {
      plugins: [plugin],
      spoil: (files) => files.set("s-0.mem", files.get("s-1.mem") as Uint8Array),
    });
    await expect(numbers(ds.where((f) => f.n.lt(2)))).rejects.toMatchObject({
      code: "SHARD_CORRUPT",
      fields: { key: keyOf(0) },
    });
  });

  it("that names a shard of another dataset leaves a search", async () => {
    const { plugin } = await indexFor([4]);
    const { ds } = itemDataset([4], {
      plugins: [
        {
          name: "lost",
          open: async (context) => ({
            locate: async (key, options) => {
              const place = await (await plugin.open?.(context))?.locate?.(key, options);
              return place && { ...place, shard: "elsewhere.mem" };
            },
          }),
        },
      ],
    });
    expect(await ds.get(keyOf(2))).toEqual(item(2));
  });

  it("gives what a scan gives, interrupted, in parts, shuffled or through lenses", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }),
        fc.nat(20),
        fc.constantFrom("none", "shard", "sample", "shuffle", "shuffle before"),
        fc.constantFrom(1, 2, 3),
        fc.nat(8),
        async (lengths, least, what, count, interrupted) => {
          const make = (ds: Dataset<Item>, index: number): Dataset<Item> => {
            const ordered = what === "shuffle before" ? ds.shuffle({ seed: 3, window: 3 }) : ds;
            const kept = ordered.where((f) => f.n.gt(least).or(f.tags.contains("even")));
            if (what === "shuffle") return kept.shuffle({ seed: 1, window: 3 });
            return what === "shard" || what === "sample" ? kept.partition({ index, count, by: what }) : kept;
          };
          for (let index = 0; index < count; index++) {
            const { ds } = await indexed(lengths, { recorded: true });
            const scan = await numbers(make(itemDataset(lengths).ds, index));
            const run = make(ds, index).iterate();
            const seen: number[] = [];
            while (seen.length < interrupted) {
              const step = await run.next();
              if (step.done) break;
              seen.push(step.value.n);
            }
            seen.push(...(await numbers(make(ds, index).resume(run.state()))));
            await run.return();
            expect(seen).toEqual(scan);
          }
        },
      ),
    );
  }, 60_000);

  it("takes up a scan's state, and the reverse", async () => {
    const { ds } = await indexed([5, 5]);
    const plain = itemDataset([5, 5]).ds;
    const where = (each: Dataset<Item>) => each.where((f) => f.n.gt(2));
    for (const [first, second] of [
      [ds, plain],
      [plain, ds],
    ] as const) {
      const run = where(first).iterate();
      await run.next();
      await run.next();
      expect(await numbers(where(second).resume(run.state()))).toEqual([5, 6, 7, 8, 9]);
      await run.return();
    }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { item, itemDataset, keyOf, numbers, upTo } from "../../tests/dataset-fixture.ts";
import { indexed, indexFor } from "../../tests/dataset-index.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import type { SampleLocation, ShardPlugin } from "../protocols/shard-plugin.ts";
import { groupRanges, type Located } from "./range-groups.ts";

const KIB = 1024;

async function* each<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

async function groupsOf(places: readonly Located[], limit: number) {
  const groups = [];
  for await (const group of groupRanges(memoryFormat(), each(places), () => limit)) groups.push(group);
  return groups;
}

/** A plugin whose index gives places as a generator does. */
function finds(query: (all: readonly SampleLocation[]) => AsyncGenerator<SampleLocation>, all: SampleLocation[]) {
  return { name: "test", open: async () => ({ query: () => query(all) }) } satisfies ShardPlugin;
}

async function placesOf(lengths: readonly number[]): Promise<SampleLocation[]> {
  return [...(await indexFor(lengths)).all];
}

describe("joining ranges", () => {
  it("keeps the order, wastes no more than it may and joins what touches", async () => {
    const step = fc.record({
      gap: fc.oneof(fc.constant(0), fc.nat(200), fc.integer({ min: 60 * KIB, max: 70 * KIB })),
      size: fc.oneof(fc.nat(300), fc.constant(100 * KIB)),
      shard: fc.constantFrom(0, 0, 0, 0, 1),
      back: fc.constantFrom(false, false, false, false, true),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(1, 4 * KIB, 1024 * KIB),
        async (steps, limit) => {
          const format = memoryFormat();
          let at = 1e6;
          const places = steps.map(({ gap, size, shard, back }, next): Located => {
            if (back) at -= 5000;
            const offset = at + gap + 128;
            at = offset + size;
            return { shard, next, place: { offset, size } };
          });
          const groups = await groupsOf(places, limit);
          expect(groups.flatMap(({ items }) => items)).toEqual(places);
          for (const { shard, from, length, items } of groups) {
            const spans = items.map(({ place }) => format.span(place.offset, place.size));
            for (const [i, span] of spans.entries()) {
              expect(items[i]?.shard).toBe(shard);
              expect(span.from).toBeGreaterThanOrEqual(from);
              expect(span.from + span.length).toBeLessThanOrEqual(from + length);
            }
            expect(length).toBeLessThanOrEqual(2 * spans.reduce((sum, span) => sum + span.length, 0));
            if (items.length > 1) expect(length).toBeLessThanOrEqual(limit);
          }
          for (const [i, group] of groups.slice(1).entries()) {
            const before = groups[i] as (typeof groups)[number];
            const touches = before.shard === group.shard && before.from + before.length === group.from;
            const first = group.items[0] as Located;
            const { length } = format.span(first.place.offset, first.place.size);
            if (touches) expect(before.length + length).toBeGreaterThan(limit);
          }
        },
      ),
    );
  });
});

describe("reading from places", () => {
  it("takes few requests and no more than twice the bytes, whatever matches", async () => {
    const lengths = [3000, 3000];
    const { ds, source, all } = await indexed(lengths);
    expect(await numbers(ds.where((f) => f.n.ge(0)))).toEqual(upTo(6000));
    const shards = all.reduce((sum, { size }) => sum + size + 128, 0);
    expect(source.bytes).toBe(shards);
    expect(source.reads.length).toBeLessThan(40);
    const sparse = await indexed(lengths);
    const wanted = all.filter(({ index }) => index % 7 === 3);
    const kept = sparse.ds.where((f) => f.n.in(wanted.map(({ index }) => index)));
    expect(await numbers(kept)).toEqual(wanted.map(({ index }) => index));
    expect(sparse.source.reads).toHaveLength(wanted.length);
    expect(sparse.source.bytes).toBe(wanted.reduce((sum, { size }) => sum + size + 128, 0));
  });

  it("reads no further ahead than 256 KiB for a loop that ends soon", async () => {
    const { ds, source } = await indexed([20_000]);
    expect(await ds.where((f) => f.n.ge(0)).head(5)).toEqual(upTo(5).map(item));
    expect(source.bytes).toBeLessThanOrEqual(256 * KIB);
    expect(source.openReaders).toBe(0);
  });

  it("keeps at most eight requests in flight, and ends them when the loop is left", async () => {
    let flying = 0;
    let most = 0;
    let ended = 0;
    let reads = 0;
    const { ds } = await indexed([64], {
      around: (source) => ({
        ...source,
        capabilities: { range: true, local: false },
        read: async (url, offset, length, options) => {
          most = Math.max(most, ++flying);
          if (++reads > 4) {
            await new Promise((_, reject) => {
              options?.signal?.addEventListener("abort", () => {
                ended += 1;
                reject(options.signal?.reason);
              });
            });
          }
          await new Promise((resolve) => setTimeout(resolve, 5));
          flying -= 1;
          return (await source.read?.(url, offset, length)) as Uint8Array;
        },
      }),
    });
    for await (const { n } of ds.where((f) => f.n.in(upTo(16).map((i) => i * 4)))) if (n === 12) break;
    expect(most).toBe(8);
    expect(ended).toBe(reads - 4);
  });

  it("reads what was found while the index looks for more", async () => {
    const all = await placesOf([4]);
    const never = new Promise<void>(() => undefined);
    const plugin = finds(async function* (places) {
      yield* places.slice(0, 2);
      await never;
    }, all);
    const { ds } = itemDataset([4], { plugins: [plugin] });
    const run = ds.where((f) => f.n.ge(0)).iterate();
    expect((await run.next()).value).toEqual(item(0));
    expect((await run.next()).value).toEqual(item(1));
  });

  it("gives what was found before the index failed", async () => {
    const all = await placesOf([4]);
    const plugin = finds(async function* (places) {
      yield* places.slice(0, 3);
      throw new Error("index is gone");
    }, all);
    const run = itemDataset([4], { plugins: [plugin] })
      .ds.where((f) => f.n.ge(0))
      .iterate();
    for (const n of upTo(3)) expect((await run.next()).value).toEqual(item(n));
    await expect(run.next()).rejects.toThrow("index is gone");
  });

  it("compares each sample with its hash where one is known, unless verify is false", async () => {
    const { plugin } = await indexFor([4]);
    const hashed: ShardPlugin = {
      name: "hashed",
      open: async (context) => {
        const index = await plugin.open?.(context);
        return {
          async *query(predicate, options) {
            for await (const place of index?.query?.(predicate, options) ?? []) {
              yield { ...place, sha256: "ab".repeat(32) };
            }
          },
          locate: async (key) => {
            const place = await index?.locate?.(key);
            return place && { ...place, sha256: "ab".repeat(32) };
          },
        };
      },
    };
    const { ds } = itemDataset([4], { plugins: [hashed] });
    const wrong = { code: "CHECKSUM_MISMATCH", fields: { shard: "s-0.mem", key: keyOf(1), want: "ab".repeat(32) } };
    await expect(numbers(ds.where((f) => f.n.eq(1)))).rejects.toMatchObject(wrong);
    await expect(ds.get(keyOf(1))).rejects.toMatchObject(wrong);
    const trusting = itemDataset([4], { plugins: [hashed], verify: false }).ds;
    expect(await numbers(trusting.where((f) => f.n.eq(1)))).toEqual([1]);
  });

  it("skips what is damaged and gives its neighbours in the same range", async () => {
    const all = await placesOf([6]);
    const { plugin } = await indexFor([6]);
    const { ds, source } = itemDataset([6], {
      plugins: [plugin],
      onError: "skip",
      spoil: (files) => files.get("s-0.mem")?.fill(0xff, all[2]?.offset, (all[2]?.offset ?? 0) + 4),
    });
    expect(await numbers(ds.where((f) => f.n.ge(1)))).toEqual([1, 3, 4, 5]);
    expect(source.reads).toHaveLength(1);
  });
});

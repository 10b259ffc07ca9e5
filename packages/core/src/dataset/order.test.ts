import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Item, itemDataset, merge, numbers, remote, upTo } from "../../tests/dataset-fixture.ts";
import type { Dataset, DatasetIterator, ShuffleOptions } from "./dataset.ts";
import type { DatasetState } from "./state.ts";

const lengths = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 7 });
const world = fc.constantFrom(1, 2, 3, 8);
const seed = fc.nat(1000);
const window = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant("all" as const), fc.constant(undefined));

type Items = Dataset<Item>;
/** What the tests need of a dataset, of samples or batches. */
interface Numbered {
  iterate(): DatasetIterator<{ readonly n: number | readonly number[] }>;
  resume(state: DatasetState): Numbered;
}
/** The operations around a partition by sample. */
interface Pipeline {
  readonly before: (ds: Items) => Items;
  readonly after: (ds: Items) => Numbered;
}

const shuffled = (options: ShuffleOptions) => (ds: Items) => ds.shuffle(options);
const plain = <T>(ds: T): T => ds;
const pipelines: fc.Arbitrary<Pipeline> = fc
  .record({
    shuffle: fc.option(fc.record({ seed, window, epoch: fc.nat(3) }), { nil: undefined }),
    filter: fc.constantFrom("none", "before", "after shuffle"),
    map: fc.boolean(),
    repeat: fc.boolean(),
    batch: fc.constantFrom(0, 1, 3),
  })
  .map(({ shuffle, filter, map, repeat, batch }) => {
    const keep = (ds: Items) => ds.filter(({ n }) => n % 3 !== 1);
    const { window: size, ...rest } = shuffle ?? { seed: 0, epoch: 0, window: undefined };
    // A full permutation needs counts, which a filter takes away.
    const fits = size !== "all" || filter !== "before";
    const order = shuffle === undefined || !fits ? plain : shuffled({ ...rest, ...(size && { window: size }) });
    return {
      before: (ds) => {
        const first = filter === "before" ? keep(ds) : ds;
        const mapped = map ? first.map((each) => ({ ...each })) : first;
        const ordered = order(mapped);
        const kept = filter === "after shuffle" ? keep(ordered) : ordered;
        return repeat ? kept.repeat(2) : kept;
      },
      after: (ds) => (batch === 0 ? ds : ds.batch(batch, { partial: "keep" })),
    } satisfies Pipeline;
  });

async function take(ds: Numbered, count: number): Promise<{ values: number[][]; state: DatasetState }> {
  const values: number[][] = [];
  await using run = ds.iterate();
  while (values.length < count) {
    const step = await run.next();
    if (step.done) break;
    values.push([step.value.n].flat());
  }
  return { values, state: JSON.parse(JSON.stringify(run.state())) };
}

describe("partition by sample", () => {
  it("goes on with any number of parts after interruptions, and merges to the uninterrupted sequence", async () => {
    await fc.assert(
      fc.asyncProperty(
        lengths,
        fc.constantFrom("recorded", "walked", "unknown"),
        pipelines,
        fc.array(fc.tuple(world, fc.nat(6)), { minLength: 2, maxLength: 4 }),
        world,
        async (sizes, counts, { before, after }, interruptions, lastWorld) => {
          const around = counts === "unknown" ? remote : undefined;
          const { ds } = itemDataset(sizes, { recorded: counts === "recorded", ...(around && { around }) });
          let whole: number[];
          try {
            whole = await numbers(before(ds));
          } catch (error) {
            // Only a full permutation may be refused, and only without counts.
            expect(error).toMatchObject({ code: "COUNTS_UNKNOWN" });
            expect(counts).toBe("unknown");
            return;
          }
          const got: number[] = [];
          let state: DatasetState | undefined;
          const part = (index: number, count: number) => {
            const own = after(before(ds).partition({ index, count, by: "sample" }));
            return state === undefined ? own : own.resume(state);
          };
          for (const [count, rounds] of interruptions) {
            const parts = await Promise.all(upTo(count).map((index) => take(part(index, count), rounds)));
            if (parts.some(({ values }) => values.length < rounds)) break;
            // Samples of a round's batches alternate between the parts.
            for (let round = 0; round < rounds; round++) {
              const batches = parts.map(({ values }) => values[round] as number[]);
              if (new Set(batches.map((batch) => batch.length)).size > 1) return;
              got.push(...merge(batches));
            }
            expect(JSON.stringify(parts[0]?.state).length).toBeLessThan(64 * 1024);
            state = parts[rounds % count]?.state;
          }
          const rest = await Promise.all(upTo(lastWorld).map((i) => take(part(i, lastWorld), 1e9)));
          got.push(...merge(rest.map(({ values }) => values.flat())));
          expect(got).toEqual(whole);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);

  it("gives all parts the same number with equal, and leaves out only the tail", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, world, fc.option(window, { nil: null }), async (sizes, count, size) => {
        const { ds } = itemDataset(sizes);
        const ordered = size === null ? ds : ds.shuffle({ seed: 1, ...(size && { window: size }) });
        const parts = await Promise.all(
          upTo(count).map((index) => numbers(ordered.partition({ index, count, by: "sample", equal: true }))),
        );
        const total = sizes.reduce((sum, length) => sum + length, 0);
        for (const part of parts) expect(part).toHaveLength(Math.floor(total / count));
        expect(merge(parts)).toEqual((await numbers(ordered)).slice(0, Math.floor(total / count) * count));
      }),
    );
  }, 60_000);
});

describe("partition by shard", () => {
  it("gives every sample to one part, and opens each shard in one part only", async () => {
    await fc.assert(
      fc.asyncProperty(
        lengths,
        world,
        fc.boolean(),
        fc.constantFrom("none", "before", "after"),
        fc.boolean(),
        async (sizes, count, recorded, shuffle, mapped) => {
          const { input } = itemDataset(sizes, { recorded });
          const seen: number[] = [];
          const opened: string[] = [];
          for (let index = 0; index < count; index++) {
            const own = itemDataset(sizes, { recorded, around: remote });
            let { ds } = own;
            if (shuffle === "before") ds = ds.shuffle({ seed: 4, window: 5 });
            if (mapped) ds = ds.map((each) => ({ ...each })).filter(() => true);
            ds = ds.partition({ index, count });
            if (shuffle === "after") ds = ds.shuffle({ seed: 4, window: 5 });
            seen.push(...(await numbers(ds)));
            opened.push(...own.source.opens);
          }
          expect(seen.sort((a, b) => a - b)).toEqual(upTo(sizes.reduce((sum, length) => sum + length, 0)));
          expect(new Set(opened).size).toBe(opened.length);
          expect(opened.length).toBeLessThanOrEqual(input.shards.length);
        },
      ),
    );
  }, 60_000);

  it("deals out shards in front of a second shuffle", async () => {
    const opened: string[] = [];
    for (const index of [0, 1]) {
      const { ds, source } = itemDataset([2, 2, 2, 2]);
      expect(await numbers(ds.shuffle({ seed: 1 }).shuffle({ seed: 2 }).partition({ index, count: 2 }))).toHaveLength(
        4,
      );
      opened.push(...source.opens);
    }
    expect(opened.sort()).toEqual(["s-0.mem", "s-1.mem", "s-2.mem", "s-3.mem"]);
  });

  it("gives all parts the number of the poorest with equal", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, world, fc.boolean(), async (sizes, count, shuffle) => {
        const { ds } = itemDataset(sizes);
        const ordered = shuffle ? ds.shuffle({ seed: 9 }) : ds;
        const parts = (equal: boolean) =>
          Promise.all(upTo(count).map((index) => numbers(ordered.partition({ index, count, equal }))));
        const whole = (await parts(false)).map((part) => part.length);
        for (const part of await parts(true)) expect(part).toHaveLength(Math.min(...whole));
      }),
    );
  }, 60_000);
});

describe("shuffle", () => {
  it("is a permutation that depends on seed and epoch alone", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, seed, window, fc.boolean(), async (sizes, s, size, recorded) => {
        const { ds } = itemDataset(sizes, { recorded });
        const options = { seed: s, ...(size && { window: size }) };
        const once = await numbers(ds.shuffle(options));
        expect([...once].sort((a, b) => a - b)).toEqual(upTo(once.length));
        expect(once).toHaveLength(sizes.reduce((sum, length) => sum + length, 0));
        expect(await numbers(ds.shuffle(options))).toEqual(once);
        const both = await numbers(ds.shuffle(options).repeat(2));
        expect(both).toEqual([...once, ...(await numbers(ds.shuffle({ ...options, epoch: 1 })))]);
      }),
    );
  }, 60_000);

  it.each([[7], ["all" as const], [undefined]])("differs between seeds and epochs (window %s)", async (size) => {
    const { ds } = itemDataset([50, 50, 50, 50]);
    const options = size === undefined ? {} : { window: size };
    const orders = await Promise.all(
      [
        { seed: 1, ...options },
        { seed: 2, ...options },
        { seed: 1, epoch: 1, ...options },
        { seed: 2 ** 32 + 1, ...options },
      ].map((each) => numbers(ds.shuffle(each))),
    );
    expect(new Set(orders.map(String)).size).toBe(4);
  });

  it("gives the same order through maps, lenses and entries", async () => {
    const { ds } = itemDataset([10, 20, 5]);
    const order = await numbers(ds.shuffle({ seed: 3, window: 8 }));
    const mapped = ds.map((each) => ({ ...each, n: each.n + 100 })).shuffle({ seed: 3, window: 8 });
    expect((await numbers(mapped)).map((n) => n - 100)).toEqual(order);
    const entries: number[] = [];
    for await (const { key, shard, sample } of ds.shuffle({ seed: 3, window: 8 }).entries()) {
      expect(Number(key)).toBe(sample.n);
      expect(shard).toBe(`s-${sample.n < 10 ? 0 : sample.n < 30 ? 1 : 2}.mem`);
      entries.push(sample.n);
    }
    expect(entries).toEqual(order);
  });

  it("opens only the shards that are still needed when it goes on", async () => {
    const sizes = Array.from({ length: 20 }, () => 10);
    for (const make of [
      (ds: Items): Numbered => ds,
      (ds: Items): Numbered => ds.shuffle({ seed: 5, window: 10 }),
      (ds: Items): Numbered => ds.partition({ index: 0, count: 2, by: "sample" }).batch(5),
    ]) {
      const first = make(itemDataset(sizes).ds);
      const all = await take(first, 1e9);
      const late = await take(first, all.values.length - 2);
      const { ds, source } = itemDataset(sizes);
      const rest = await take(make(ds).resume(late.state), 1e9);
      expect(rest.values).toEqual(all.values.slice(-2));
      expect(source.opens.length).toBeLessThanOrEqual(3);
    }
  });
});

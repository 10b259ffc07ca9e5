import { describe, expect, it } from "vitest";
import { Item, item, itemDataset, numbers, shardOf, upTo } from "../../tests/dataset-fixture.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import { lens } from "../lens/lens.ts";
import { ndarray } from "../schema/ndarray-field.ts";
import { sample } from "../schema/sample.ts";
import { int, str } from "../schema/scalar-fields.ts";
import { memorySource } from "../sources/memory-source.ts";
import { batchSize } from "./batch.ts";
import { createDataset } from "./create-dataset.ts";

const later = <T>(value: T, ms = 0): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));

describe("iteration", () => {
  it("gives the samples of all shards in order, as often as it is asked", async () => {
    const { ds, source } = itemDataset([3, 0, 4]);
    expect(source.opens).toEqual([]);
    const once: Item[] = [];
    for await (const each of ds) once.push(each);
    expect(once).toEqual(upTo(7).map(item));
    expect(await numbers(ds)).toEqual(upTo(7));
  });

  it("opens nothing before the first step, and nothing beyond what is taken", async () => {
    const { ds, source } = itemDataset([5, 5, 5]);
    const run = ds.take(5).iterate();
    expect(source.opens).toEqual([]);
    await numbers(run);
    expect(source.opens).toEqual(["s-0.mem"]);
    expect(source.openReaders).toBe(0);
  });

  it("keeps concurrent calls of next in order", async () => {
    const { ds } = itemDataset([4, 4]);
    const run = ds.map((each) => later(each, each.n % 3)).iterate();
    const steps = await Promise.all(upTo(10).map(() => run.next()));
    expect(steps.map((step) => (step.done ? "end" : step.value.n))).toEqual([...upTo(8), "end", "end"]);
  });

  it("tells progress, the last time at the end", async () => {
    const { ds, source } = itemDataset([4, 4]);
    const seen: { samples: number; bytes: number }[] = [];
    await numbers(ds.iterate({ onProgress: (progress) => seen.push(progress) }));
    expect(seen.at(-1)).toEqual({ samples: 8, bytes: source.bytes });
    expect(seen.length).toBeGreaterThan(2);
  });
});

describe("filter, map, take and skip", () => {
  it("never call a function for a sample that is not needed", async () => {
    const { ds } = itemDataset([20]);
    const calls = { filter: 0, map: 0 };
    const kept = ds
      .filter(() => {
        calls.filter += 1;
        return true;
      })
      .map((each) => {
        calls.map += 1;
        return each;
      })
      .take(5);
    expect(await numbers(kept)).toEqual(upTo(5));
    expect(calls).toEqual({ filter: 5, map: 5 });
  });

  it("take async functions, and keep the order", async () => {
    const { ds } = itemDataset([6, 6]);
    expect(await numbers(ds.map((each) => later(each)))).toEqual(upTo(12));
    expect(await numbers(ds.filter(() => later(true)).map(async (each) => each))).toEqual(upTo(12));
    const odd = ds.filter((each) => later(each.n % 2 === 1)).map(async ({ n }) => ({ n: n * 10 }));
    expect(await numbers(odd)).toEqual([10, 30, 50, 70, 90, 110]);
    const mixed = ds.map(({ n }) => (n % 2 === 0 ? { n } : later({ n }))).filter(({ n }) => n > 8);
    expect(await numbers(mixed)).toEqual([9, 10, 11]);
  });

  it("run as they were written", async () => {
    const { ds } = itemDataset([10]);
    expect(await numbers(ds.skip(2).take(3))).toEqual([2, 3, 4]);
    expect(await numbers(ds.take(3).skip(2))).toEqual([2]);
    expect(await numbers(ds.filter(({ n }) => n > 4).take(2))).toEqual([5, 6]);
    expect(await numbers(ds.take(6).filter(({ n }) => n > 4))).toEqual([5]);
    expect(await numbers(ds.take(0))).toEqual([]);
    expect(await numbers(ds.skip(20))).toEqual([]);
  });

  it("work on several samples at once with concurrency, in order and no more than asked", async () => {
    const { ds } = itemDataset([7, 7, 7]);
    let running = 0;
    let most = 0;
    const mapped = ds.map(
      async (each) => {
        running += 1;
        most = Math.max(most, running);
        await later(0, each.n % 4);
        running -= 1;
        return each;
      },
      { concurrency: 4 },
    );
    expect(await numbers(mapped)).toEqual(upTo(21));
    expect(most).toBe(4);
    const run = mapped.iterate();
    for (let i = 0; i < 5; i++) await run.next();
    const state = run.state();
    await run.return();
    expect(await numbers(mapped.resume(state))).toEqual(upTo(21).slice(5));
  });

  it("give what came before an error, with concurrency too", async () => {
    const { ds } = itemDataset([9]);
    for (const concurrency of [1, 3]) {
      const failing = ds.map((each) => (each.n === 4 ? Promise.reject(new Error("no four")) : each), { concurrency });
      const seen: number[] = [];
      const run = failing.iterate();
      await expect(
        (async () => {
          for await (const { n } of run) seen.push(n);
        })(),
      ).rejects.toThrow("no four");
      expect(seen).toEqual(upTo(4));
      // The sample that failed was not given: whoever goes on sees it again.
      expect(await numbers(ds.map((each) => each, { concurrency }).resume(run.state()))).toEqual([4, 5, 6, 7, 8]);
    }
  });

  it("refuse numbers that are none", () => {
    const { ds } = itemDataset([1]);
    expect(() => ds.take(-1)).toThrow(RangeError);
    expect(() => ds.skip(0.5)).toThrow(RangeError);
    expect(() => ds.repeat(0)).toThrow(RangeError);
    expect(() => ds.batch(0)).toThrow(RangeError);
    expect(() => ds.map((x) => x, { concurrency: 0 })).toThrow(RangeError);
    expect(() => ds.shuffle({ seed: -1 })).toThrow(RangeError);
    expect(() => ds.shuffle({ seed: 1, window: 0 })).toThrow(RangeError);
    expect(() => ds.partition({ index: 2, count: 2 })).toThrow(RangeError);
  });
});

describe("repeat", () => {
  it("runs through the dataset several times, or without end", async () => {
    const { ds, source } = itemDataset([2, 1]);
    expect(await numbers(ds.repeat(3))).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(await numbers(ds.repeat().take(7))).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(source.openReaders).toBe(0);
  });

  it("ends when there is nothing to repeat", async () => {
    expect(await numbers(itemDataset([0]).ds.repeat())).toEqual([]);
    expect(
      await numbers(
        itemDataset([3])
          .ds.filter(() => false)
          .repeat(),
      ),
    ).toEqual([]);
  });
});

describe("partition", () => {
  it("says where it cannot stand, and what it needs", async () => {
    const { ds } = itemDataset([4, 4], {
      recorded: false,
      around: (s) => ({ ...s, capabilities: { range: true, local: false } }),
    });
    const half = { index: 0, count: 2 } as const;
    for (const before of [ds.take(1), ds.skip(1), ds.batch(2), ds.partition({ ...half, by: "sample" })]) {
      expect(() => before.partition(half)).toThrow(TypeError);
    }
    expect(() => ds.filter(() => true).partition({ ...half, equal: true })).toThrow(/COUNTS|number/);
    for (const by of ["shard", "sample"] as const) {
      await expect(numbers(ds.partition({ ...half, by, equal: true }))).rejects.toMatchObject({
        code: "COUNTS_UNKNOWN",
      });
    }
    await expect(numbers(ds.shuffle({ seed: 1, window: "all" }))).rejects.toMatchObject({ code: "COUNTS_UNKNOWN" });
    await expect(
      numbers(
        ds
          .map((x) => x)
          .filter(() => true)
          .shuffle({ seed: 1, window: "all" }),
      ),
    ).rejects.toMatchObject({ code: "COUNTS_UNKNOWN" });
  });
});

describe("batch", () => {
  it("stacks arrays and lists the rest", async () => {
    const { ds } = itemDataset([5]);
    const batches = [];
    for await (const batch of ds.batch(2)) batches.push(batch);
    expect(batches.map(batchSize)).toEqual([2, 2, 1]);
    expect(batches[0]?.pair).toEqual({ data: Float32Array.of(0, -0, 1, -1), shape: [2, 2], dtype: "float32" });
    expect(batches[2]?.pair.shape).toEqual([1, 2]);
    expect(batches[1]?.tags).toEqual([["even"], ["odd"]]);
    expect(batches[1]?.note).toEqual([undefined, "note 3"]);
    const whole = [];
    for await (const batch of ds.batch(2, { partial: "drop" })) whole.push(batchSize(batch));
    expect(whole).toEqual([2, 2]);
  });

  it("refuses arrays that differ, or lists them", async () => {
    const Ragged = sample("Ragged", { a: ndarray("uint8") });
    const rows = [1, 1, 2].map((length, i) => ({
      key: `k${i}`,
      sample: { a: { data: new Uint8Array(length).fill(i), shape: [length], dtype: "uint8" as const } },
    }));
    const source = memorySource({ "r.mem": shardOf(Ragged, rows) });
    const ds = createDataset({ type: Ragged, shards: [{ url: "r.mem" }], source, format: memoryFormat() });
    await expect(ds.batch(3).head()).rejects.toMatchObject({ code: "BATCH_SHAPE_MISMATCH", fields: { field: "a" } });
    const [batch] = await ds.batch(3, { ragged: "list" }).head();
    expect(batch?.a).toEqual(rows.map((row) => row.sample.a));
    const [two] = await ds.batch(2, { ragged: "list" }).head();
    expect(two?.a).toMatchObject({ shape: [2, 1] });
  });

  it("has the fields of all its samples when they have no type", async () => {
    const { ds } = itemDataset([3]);
    const mixed = ds.map(({ n }): Record<string, number> => (n === 1 ? { n, extra: 1 } : { n }));
    expect(await mixed.batch(3).head()).toEqual([{ n: [0, 1, 2], extra: [undefined, 1, undefined] }]);
    await expect(
      ds
        .map(({ n }) => n)
        .batch(2)
        .head(),
    ).rejects.toThrow(TypeError);
  });
});

describe("as", () => {
  const Short = sample("Short", { n: int(), name: str() });

  it("shows samples through a lens or as a type with some of their fields", async () => {
    const { ds } = itemDataset([3]);
    expect(await ds.as(Short).head(1)).toEqual([{ n: 0, name: "item 0" }]);
    const doubled = lens(Item, Short, { get: ({ n, name }) => ({ n: 2 * n, name }) });
    expect(await numbers(ds.as(doubled))).toEqual([0, 2, 4]);
    expect(ds.as(doubled).type).toBe(Short);
  });

  it("refuses a view of what the samples are not", () => {
    const { ds } = itemDataset([1]);
    const Other = sample("Other", { missing: int() });
    const mismatch = expect.objectContaining({ code: "SCHEMA_MISMATCH" });
    expect(() => ds.as(Other as never)).toThrow(mismatch);
    const away = lens(Other, Short, { get: ({ missing }) => ({ n: missing, name: "" }) });
    expect(() => ds.as(away as never)).toThrow(mismatch);
  });

  it("gives untyped samples a type, before and behind other operations", async () => {
    const { input } = itemDataset([4]);
    const { type: _, ...rest } = input;
    const raw = createDataset<Record<string, unknown>>(rest);
    expect(raw.type).toBeUndefined();
    expect((await raw.head(1))[0]?.pair).toBeInstanceOf(Uint8Array);
    for (const typed of [raw.as(Item), raw.filter(() => true).as(Item)])
      expect(await typed.head(4)).toEqual(upTo(4).map(item));
    expect(await raw.as(Short).head(1)).toEqual([{ n: 0, name: "item 0" }]);
    const doubled = lens(Item, Short, { get: ({ n, name }) => ({ n: 2 * n, name }) });
    expect(await numbers(raw.as(doubled as never))).toEqual([0, 2, 4, 6]);
    const mapped = raw.as(Item).map((each) => ({ ...each, more: 1 }));
    expect(await mapped.as(Item).head(4)).toEqual(upTo(4).map(item));
  });
});

describe("where", () => {
  it("keeps the samples for which a predicate is true", async () => {
    const { ds } = itemDataset([6, 6]);
    expect(await numbers(ds.where((f) => f.n.gt(3).and(f.tags.contains("even"))))).toEqual([4, 6, 8, 10]);
    expect(await numbers(ds.where((f) => f.note.isNull()).take(2))).toEqual([1, 2]);
    expect(await numbers(ds.where({ op: "in", field: "n", values: [3, 30] }))).toEqual([3]);
  });

  it("refuses fields that are not there", () => {
    const { ds } = itemDataset([1]);
    expect(() => ds.where({ op: "=", field: "nothing", value: 1 })).toThrow(
      expect.objectContaining({ code: "PREDICATE_INVALID" }),
    );
  });
});

describe("entries", () => {
  it("gives keys and shards, behind filters, maps and lenses too", async () => {
    const { ds } = itemDataset([2, 2]);
    const seen: unknown[] = [];
    const view = ds
      .where((f) => f.n.gt(0))
      .filter(async ({ n }) => n !== 2)
      .map(async ({ n }) => ({ n }), { concurrency: 2 });
    for await (const entry of view.entries()) seen.push(entry);
    expect(seen).toEqual([
      { key: "000001", shard: "s-0.mem", sample: { n: 1 } },
      { key: "000003", shard: "s-1.mem", sample: { n: 3 } },
    ]);
    expect(() => ds.batch(2).entries()).toThrow(TypeError);
  });
});

describe("describe", () => {
  it("tells what is known without decoding", async () => {
    const { ds, files } = itemDataset([2, 3], { recorded: false });
    const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    const told = await ds.describe();
    expect(told).toMatchObject({ type: "Item", shards: 2, samples: 5, bytes });
    expect(Object.keys(told.fields)).toEqual(["n", "name", "pair", "tags", "note"]);
    expect((await ds.filter(() => true).describe()).samples).toBeUndefined();
  });
});

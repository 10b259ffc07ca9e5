import { describe, expect, it } from "vitest";
import { type Item, item, itemDataset, numbers, upTo } from "../../tests/dataset-fixture.ts";

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

  it("give what came before an error of the operation before", async () => {
    const { ds } = itemDataset([9]);
    const strict = ds.filter(({ n }) => {
      if (n === 4) throw new Error("no four");
      return true;
    });
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const { n } of strict.map((each) => later(each, 2), { concurrency: 3 })) seen.push(n);
      })(),
    ).rejects.toThrow("no four");
    expect(seen).toEqual(upTo(4));
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

import { slowSource } from "@atdata/conformance";
import { describe, expect, it } from "vitest";
import { type Item, itemDataset, numbers, remote, upTo } from "../../tests/dataset-fixture.ts";
import type { DataSource } from "../protocols/data-source.ts";

describe("leaving early", () => {
  const makes: [string, (ds: ReturnType<typeof itemDataset>["ds"]) => AsyncIterable<unknown>][] = [
    ["plain", (ds) => ds],
    ["async map", (ds) => ds.map(async (each) => each)],
    ["concurrent map", (ds) => ds.map(async (each) => each, { concurrency: 3 })],
    ["shuffle", (ds) => ds.shuffle({ seed: 1, window: 3 })],
    ["full shuffle", (ds) => ds.shuffle({ seed: 1, window: "all" })],
    ["buffer shuffle", (ds) => ds.filter(() => true).shuffle({ seed: 1, window: 3 })],
    ["repeat and batch", (ds) => ds.repeat().batch(2)],
  ];
  it.each(makes)("closes everything (%s)", async (_, make) => {
    for (const around of [undefined, remote, (source: DataSource) => slowSource(source, 1)]) {
      const { ds, source } = itemDataset([4, 4, 4, 4], { ...(around && { around }) });
      for await (const _sample of make(ds)) break;
      expect(source.openReaders).toBe(0);
      await expect(
        (async () => {
          for await (const _sample of make(ds)) throw new Error("enough");
        })(),
      ).rejects.toThrow("enough");
      expect(source.openReaders).toBe(0);
    }
  });

  it("ends an iteration that is disposed of", async () => {
    const { ds, source } = itemDataset([4]);
    {
      await using run = ds.iterate();
      await run.next();
      expect(source.openReaders).toBe(1);
    }
    expect(source.openReaders).toBe(0);
    const run = ds.iterate();
    await run.return();
    expect(await run.next()).toEqual({ done: true, value: undefined });
    expect(source.opens).toHaveLength(1);
  });

  it("does not wait for shards ahead that take forever to open", async () => {
    const stuck = (source: DataSource): DataSource => ({
      ...remote(source),
      open: (url, options) =>
        url === "s-0.mem"
          ? source.open(url, options)
          : new Promise((_, reject) => {
              options?.signal?.addEventListener("abort", () => reject(new Error("gave up")));
            }),
    });
    const { ds, source } = itemDataset([3, 3], { around: stuck });
    for await (const _sample of ds) break;
    expect(source.opens).toEqual(["s-0.mem", "s-1.mem"]);
    expect(source.openReaders).toBe(0);
  });
});

describe("abort", () => {
  const reason = new Error("stop it");

  it("ends everything that waits, with the reason", async () => {
    const { ds } = itemDataset([3], { around: remote });
    const signal = AbortSignal.abort(reason);
    for (const call of [
      () => numbers(ds.iterate({ signal })),
      () => ds.head(1, { signal }),
      () => ds.get("x", { signal }),
      () => ds.at(1, { signal }),
      () => ds.select([1], { signal }),
      () => ds.columns(undefined, { signal }),
      () => ds.filter(() => true).count({ signal }),
      () => ds.query({ op: "and", terms: [] }, { signal })[Symbol.asyncIterator]().next(),
    ]) {
      await expect(call()).rejects.toBe(reason);
    }
  });

  it("ends a wait for bytes, and closes what is open", async () => {
    for (const latency of [5, 50]) {
      const { ds, source } = itemDataset([4, 4, 4], { around: (inner) => slowSource(inner, latency) });
      const controller = new AbortController();
      const run = ds.iterate({ signal: controller.signal });
      const next = run.next();
      setTimeout(() => controller.abort(reason), 8);
      await expect(
        (async () => {
          await next;
          for (;;) if ((await run.next()).done) return;
        })(),
      ).rejects.toBe(reason);
      expect(source.openReaders).toBe(0);
      expect((await run.next()).done).toBe(true);
    }
  });

  it("ends a wait for a function that never settles", async () => {
    for (const concurrency of [1, 2]) {
      const { ds, source } = itemDataset([4]);
      const controller = new AbortController();
      const never = ds.map((each) => (each.n < 2 ? each : new Promise<never>(() => undefined)), { concurrency });
      const run = never.iterate({ signal: controller.signal });
      const seen: number[] = [];
      setTimeout(() => controller.abort(reason), 5);
      await expect(
        (async () => {
          for await (const { n } of run) seen.push(n);
        })(),
      ).rejects.toBe(reason);
      expect(seen).toEqual([0, 1]);
      expect(source.openReaders).toBe(0);
      // Nothing is lost: the sample that was under way comes again.
      expect(await numbers(ds.map((each) => each).resume(run.state()))).toEqual([2, 3]);
    }
  });

  it("from inside a function ends the iteration at the next step", async () => {
    const { ds, source } = itemDataset([4, 4]);
    const controller = new AbortController();
    const seen: number[] = [];
    const mapped = ds.map((each) => {
      if (each.n === 2) controller.abort(reason);
      return each;
    });
    await expect(
      (async () => {
        for await (const { n } of mapped.iterate({ signal: controller.signal })) seen.push(n);
      })(),
    ).rejects.toBe(reason);
    expect(seen).toEqual([0, 1, 2]);
    expect(source.openReaders).toBe(0);
  });

  it("during the first step loses nothing", async () => {
    const { ds } = itemDataset([3]);
    for (const queued of [0, 2]) {
      const controller = new AbortController();
      const run = ds.map(() => new Promise<Item>(() => undefined)).iterate({ signal: controller.signal });
      const steps = upTo(queued + 1).map(() => run.next());
      setTimeout(() => controller.abort(reason), 5);
      await expect(steps[0]).rejects.toBe(reason);
      await Promise.all(steps.slice(1));
      expect(await numbers(ds.map((each) => each).resume(run.state()))).toEqual([0, 1, 2]);
    }
  });

  it("closes what a source opens although it was told to stop", async () => {
    let opened = 0;
    const deaf = (source: DataSource): DataSource => ({
      ...source,
      open: async (url) => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        opened += 1;
        return source.open(url);
      },
    });
    for (const around of [deaf, (source: DataSource) => remote(deaf(source))]) {
      const { ds, source } = itemDataset([3, 3], { around });
      const controller = new AbortController();
      const next = ds.iterate({ signal: controller.signal }).next();
      setTimeout(() => controller.abort(reason), 2);
      await expect(next).rejects.toBe(reason);
      expect(opened).toBe(source.opens.length);
      expect(opened).toBeGreaterThan(0);
      opened = 0;
      expect(source.openReaders).toBe(0);
    }
  });

  it("of one waiter leaves the others what they wait for", async () => {
    const local = (source: DataSource): DataSource => ({ ...slowSource(source, 4), capabilities: source.capabilities });
    const { ds } = itemDataset([4, 4], { recorded: false, around: local });
    const controller = new AbortController();
    const first = ds.shuffle({ seed: 1 }).head(1, { signal: controller.signal });
    const second = numbers(ds.shuffle({ seed: 1 }).iterate({ signal: new AbortController().signal }));
    setTimeout(() => controller.abort(reason), 6);
    await expect(first).rejects.toBe(reason);
    expect(await second).toHaveLength(8);
  });
});

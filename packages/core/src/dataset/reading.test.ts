import { slowSource } from "@atdata/conformance";
import { describe, expect, it } from "vitest";
import { item, itemDataset, keyOf, numbers, remote, shardOf, upTo } from "../../tests/dataset-fixture.ts";
import { type AtdataError, isAtdataError } from "../errors.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import type { DataSource } from "../protocols/data-source.ts";
import type { Member, ShardFormat } from "../protocols/shard-format.ts";
import { sample } from "../schema/sample.ts";
import { int, str } from "../schema/scalar-fields.ts";
import { consoleTelemetry } from "../telemetry/console.ts";
import { createDataset } from "./create-dataset.ts";
import type { Dataset } from "./dataset.ts";

const Bad = sample("Bad", { other: str() });

/** Writes something else than an item at number `n` of a shard. */
function spoilSample(files: Map<string, Uint8Array>, shard: number, first: number, length: number, n: number): void {
  const good = upTo(length).map((i) => ({ key: keyOf(first + i), sample: item(first + i) as unknown }));
  const parts = good.map((row, i) =>
    shardOf((i === n ? Bad : itemType) as never, [
      { ...row, sample: (i === n ? { other: "x" } : row.sample) as never },
    ]),
  );
  const end = shardOf(itemType, []).length;
  const bytes = parts.map((part) => part.subarray(0, part.length - end));
  bytes.push(shardOf(itemType, []));
  files.set(`s-${shard}.mem`, Uint8Array.from(bytes.flatMap((part) => [...part])));
}
const itemType = itemDataset([]).input.type as NonNullable<ReturnType<typeof itemDataset>["input"]["type"]>;

function truncate(files: Map<string, Uint8Array>, url: string, by: number): void {
  const bytes = files.get(url) as Uint8Array;
  files.set(url, bytes.subarray(0, bytes.length - by));
}

describe("damage", () => {
  it("is named with shard, key and place", async () => {
    const { ds, source } = itemDataset([3, 3], { spoil: (files) => spoilSample(files, 1, 3, 3, 1) });
    for (const each of [ds, ds.shuffle({ seed: 1 }), ds.partition({ index: 0, count: 2, by: "sample" })]) {
      const error = await numbers(each).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "SCHEMA_MISMATCH", fields: { shard: "s-1.mem", at: expect.any(Number) } });
      expect(source.openReaders).toBe(0);
    }
    const error = await numbers(ds).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ fields: { key: "000004" } });
  });

  it("is skipped when that is asked for, a sample or the rest of a shard", async () => {
    const skip = { onError: "skip" } as const;
    const spoilt = itemDataset([3, 3], { ...skip, spoil: (files) => spoilSample(files, 1, 3, 3, 1) });
    expect(await numbers(spoilt.ds)).toEqual([0, 1, 2, 3, 5]);
    for (const around of [undefined, remote]) {
      const cut = itemDataset([3, 3, 3], {
        ...skip,
        ...(around && { around }),
        verify: false,
        spoil: (files) => truncate(files, "s-1.mem", 400),
      });
      expect(await numbers(cut.ds)).toEqual([0, 1, 2, 3, 6, 7, 8]);
      expect((await numbers(cut.ds.shuffle({ seed: 2 }))).sort()).toEqual([0, 1, 2, 3, 6, 7, 8]);
      const parts = await Promise.all(
        upTo(2).map((index) => numbers(cut.ds.partition({ index, count: 2, by: "sample" }))),
      );
      // Positions stay those of the undamaged dataset.
      expect(parts).toEqual([
        [0, 2, 6, 8],
        [1, 3, 7],
      ]);
      const gone = itemDataset([2, 2], {
        ...skip,
        ...(around && { around }),
        spoil: (files) => files.delete("s-0.mem"),
      });
      expect(await numbers(gone.ds)).toEqual([2, 3]);
      expect(gone.source.openReaders).toBe(0);
    }
  });

  it("is decided about by a function, up to a number", async () => {
    const seen: string[] = [];
    const spoil = (files: Map<string, Uint8Array>) => spoilSample(files, 0, 0, 3, 1);
    const onError = (error: AtdataError) => {
      seen.push(error.code);
      return "skip" as const;
    };
    expect(await numbers(itemDataset([3], { spoil, onError }).ds)).toEqual([0, 2]);
    expect(seen).toEqual(["SCHEMA_MISMATCH"]);
    await expect(numbers(itemDataset([3], { spoil, onError: () => "throw" }).ds)).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
    await expect(numbers(itemDataset([3], { spoil, onError, maxErrors: 0 }).ds)).rejects.toMatchObject({
      code: "TOO_MANY_ERRORS",
      fields: { skipped: 1 },
    });
  });

  it("never hides an error of the user's own function", async () => {
    const { ds } = itemDataset([3], { onError: "skip" });
    await expect(numbers(ds.filter(() => Promise.reject(new Error("mine"))))).rejects.toThrow("mine");
  });

  it("is a shard that holds more or fewer samples than was said", async () => {
    for (const [said, code] of [
      [2, "SHARD_CORRUPT"],
      [4, "SHARD_TRUNCATED"],
    ] as const) {
      const spoil = (_: unknown, shards: { samples?: number }[]) => {
        shards[0] = { ...shards[0], samples: said };
      };
      const { ds, source } = itemDataset([3, 3], { spoil: spoil as never });
      await expect(numbers(ds)).rejects.toMatchObject({ code, fields: { shard: "s-0.mem" } });
      await expect(numbers(ds.shuffle({ seed: 1 }))).rejects.toMatchObject({ code });
      expect(source.openReaders).toBe(0);
    }
  });
});

describe("verify", () => {
  const spoil = (_: unknown, shards: object[]): void => {
    shards[1] = { ...shards[1], sha256: "0".repeat(64) };
  };
  it.each([
    ["auto", "local", false],
    ["auto", "remote", true],
    [true, "local", true],
    [false, "remote", false],
  ] as const)("%s, %s shards: refuses a wrong checksum: %s", async (verify, where, refuses) => {
    const around = where === "remote" ? remote : undefined;
    const { ds, source } = itemDataset([3, 3], { verify, ...(around && { around }), spoil: spoil as never });
    for (const each of [ds, ds.shuffle({ seed: 1 })]) {
      const read = numbers(each);
      if (refuses)
        await expect(read).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH", fields: { shard: "s-1.mem" } });
      else expect(await read).toHaveLength(6);
    }
    expect(source.openReaders).toBe(0);
  });
});

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

  it("of one waiter leaves the others what they wait for", async () => {
    const { ds } = itemDataset([4, 4], { recorded: false });
    const controller = new AbortController();
    const first = ds.shuffle({ seed: 1 }).head(1, { signal: controller.signal });
    const second = numbers(ds.shuffle({ seed: 1 }));
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(await second).toHaveLength(8);
  });
});

/** Counts what a source does at the same time. */
function busySource(source: DataSource): { source: DataSource; most: { opens: number; reads: number } } {
  const most = { opens: 0, reads: 0 };
  const now = { opens: 0, reads: 0 };
  const during = async <T>(what: "opens" | "reads", work: () => Promise<T>): Promise<T> => {
    now[what] += 1;
    most[what] = Math.max(most[what], now[what]);
    try {
      return await work();
    } finally {
      now[what] -= 1;
    }
  };
  const wrapped: DataSource = {
    ...source,
    open: async (url, options) => {
      const reader = await during("opens", () => source.open(url, options));
      return { ...reader, next: () => during("reads", () => reader.next()), close: () => reader.close() };
    },
  };
  return { source: wrapped, most };
}

/** Gives shards in chunks of a few bytes, and counts those that were not asked for yet. */
function chunked(source: DataSource, length: number, read: (bytes: number) => void): DataSource {
  return {
    ...remote(source),
    open: async (url, options) => {
      let at = options?.start ?? 0;
      return {
        next: async () => {
          await new Promise((resolve) => setTimeout(resolve));
          const chunk = await source.read?.(url, at, length);
          if (chunk === undefined || chunk.length === 0) return undefined;
          at += chunk.length;
          read(chunk.length);
          return chunk;
        },
        close: async () => undefined,
      };
    },
  };
}

describe("prefetch", () => {
  it("opens and reads the shards that follow at the same time, and no more than asked", async () => {
    for (const [shards, opens] of [
      [undefined, 3],
      [0, 1],
      [5, 6],
    ] as const) {
      let most = { opens: 0, reads: 0 };
      const around = (inner: DataSource): DataSource => {
        const busy = busySource(slowSource(inner, 2));
        most = busy.most;
        return busy.source;
      };
      const prefetch = shards === undefined ? {} : { shards };
      const { ds } = itemDataset(
        upTo(9).map(() => 2),
        { around, prefetch },
      );
      expect(await numbers(ds)).toEqual(upTo(18));
      expect(most.opens).toBe(opens);
      expect(most.reads).toBe(opens);
    }
  });

  it("holds no more than its budget and one chunk, and never starves the shard that is read", async () => {
    for (const budget of [0, 1, 250, 1000, 5000]) {
      let read = 0;
      let used = 0;
      let most = 0;
      const { ds, files } = itemDataset([40, 3, 40, 40], {
        around: (inner) =>
          chunked(inner, 100, (bytes) => {
            read += bytes;
            most = Math.max(most, read - used);
          }),
        prefetch: { shards: 3, bytes: budget },
        verify: false,
      });
      const run = ds.iterate({
        onProgress: ({ bytes }) => {
          used = bytes;
        },
      });
      expect(await numbers(run)).toEqual(upTo(123));
      expect(read).toBe([...files.values()].reduce((sum, { length }) => sum + length, 0));
      // Between two reports the consumer has taken one chunk that is not counted as used yet.
      expect(most).toBeLessThanOrEqual(budget + 200);
      if (budget >= 1000) expect(most).toBeGreaterThan(budget / 2);
    }
  });

  it("leaves no rejection behind when shards that are not needed fail", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on("unhandledRejection", note);
    const { ds, source } = itemDataset([3, 3, 3], { around: remote, spoil: (files) => files.delete("s-1.mem") });
    for await (const { n } of ds) if (n === 1) break;
    await expect(numbers(ds)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect(source.openReaders).toBe(0);
  });
});

describe("telemetry", () => {
  it("tells of every shard that is read, and of what is skipped", async () => {
    const lines: string[] = [];
    const telemetry = consoleTelemetry({ level: "debug", write: (line) => lines.push(line.replace(/ [\d.]+ms/, "")) });
    const { ds, files } = itemDataset([2, 3], {
      telemetry,
      onError: "skip",
      spoil: (all) => truncate(all, "s-1.mem", 200),
    });
    await numbers(ds);
    const lengths = [...files.values()].map(({ length }) => length);
    expect(lines).toEqual([
      `debug count atdata.read.bytes ${lengths[0]}`,
      "debug count atdata.read.samples 2",
      "debug span atdata.read.shard shard=s-0.mem",
      "debug count atdata.read.skipped 1 code=SHARD_TRUNCATED",
      `debug count atdata.read.bytes ${lengths[1]}`,
      "debug count atdata.read.samples 2",
      expect.stringMatching(
        /^debug span atdata.read.shard failed: .*SHARD|^debug span atdata.read.shard failed: the shard ends/,
      ),
    ]);
  });
});

describe("samples of several files", () => {
  /** Takes a record's payload apart into files of one byte each. */
  function memberFormat(): ShardFormat {
    const inner = memoryFormat();
    return {
      ...inner,
      reader(options) {
        const reader = inner.reader(options);
        const members = (): Member[] =>
          [...reader.bytes.subarray(reader.start, reader.end)].map((byte, i) => ({
            extension: `f${i}`,
            bytes: Uint8Array.of(byte),
          }));
        return new Proxy(reader, { get: (target, name) => (name === "members" ? members : bound(target, name)) });
      },
      decodeMembers: (members) => ({ n: members.length, name: members.map(({ extension }) => extension).join() }),
    };
  }
  function bound(target: object, name: string | symbol): unknown {
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === "function" ? value.bind(target) : value;
  }
  const Files = sample("Files", { n: int(), name: str() });

  it("are put together, in every order", async () => {
    const { input } = itemDataset([3, 3]);
    const { length } = itemType.encode(item(0));
    const ds: Dataset<{ n: number; name: string }> = createDataset({ ...input, type: Files, format: memberFormat() });
    expect((await ds.head(1))[0]?.n).toBe(length);
    for (const window of [2, "all"] as const) expect(await ds.shuffle({ seed: 1, window }).count()).toBe(6);
    const names: string[] = [];
    for await (const { sample: each } of ds.shuffle({ seed: 1, window: 2 }).entries())
      names.push(each.name.slice(0, 5));
    expect(names).toEqual(Array(6).fill("f0,f1"));
    expect((await ds.get(keyOf(4)))?.name.startsWith("f0,f1")).toBe(true);
  });

  it("are an error where the format or the type has no place for them", async () => {
    const { input } = itemDataset([1]);
    const { decodeMembers: _, ...without } = memberFormat();
    const error = await createDataset({ ...input, format: without })
      .head()
      .catch((caught: unknown) => caught);
    expect(isAtdataError(error, "SHARD_CORRUPT") && error.fields.shard).toBe("s-0.mem");
    await expect(createDataset({ ...input, format: memberFormat() }).head()).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
  });
});

describe("borrow", () => {
  it("gives memory that is valid until the next step", async () => {
    const { ds } = itemDataset([4]);
    const sums: number[] = [];
    const run = ds.iterate({ borrow: true });
    const buffers = new Set<unknown>();
    for await (const { pair } of run) {
      sums.push(pair.data[0] as number);
      buffers.add(pair.data.buffer);
    }
    expect(sums).toEqual([0, 1, 2, 3]);
    // What keeps samples copies them all the same.
    const kept = ds.map((each) => each, { concurrency: 2 }).iterate({ borrow: true });
    const samples = [];
    for await (const each of kept) samples.push(each);
    expect(samples).toEqual(upTo(4).map(item));
  });
});

import { describe, expect, it } from "vitest";
import { renaming } from "../../tests/index-fixture.ts";
import type { DataStore, PluginWriter, ShardPlugin } from "../index.ts";
import {
  type AtdataError,
  createDatasetWriter,
  int,
  memoryFormat,
  memoryStore,
  openFrom,
  type Samples,
  sample,
  str,
  type WriterInput,
  writeSamples,
} from "../index.ts";

const Point = sample("Point", { x: int(), name: str() });
type Point = { x: number; name: string };

function input(store: DataStore, options: Partial<WriterInput<Point>> = {}): WriterInput<Point> {
  const names = { dataset: "points", single: "points.bin", numbered: (n: number) => `points-${n}.bin` };
  return { type: Point, store, format: memoryFormat(), names, ...options };
}

function points(count: number, name = "p"): Point[] {
  return Array.from({ length: count }, (_, x) => ({ x, name }));
}

async function* slowly<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as AtdataError).code;
  }
  throw new Error("nothing was thrown");
}

async function keysOf(store: DataStore, ref = "memory:/points.dataset.json"): Promise<string[]> {
  const ds = await openFrom(ref, { sources: [store.source], format: memoryFormat() });
  const keys: string[] = [];
  for await (const { key } of ds.entries()) keys.push(key);
  return keys;
}

describe("writing a dataset", () => {
  it("commits shards and a dataset file that names them with counts and checksums", async () => {
    const store = memoryStore();
    const written = await writeSamples(input(store, { maxSamples: 2 }), points(5));
    expect([...store.files.keys()].sort()).toEqual([
      "points-0.bin",
      "points-1.bin",
      "points-2.bin",
      "points.dataset.json",
    ]);
    expect(written.shards.map(({ samples }) => samples)).toEqual([2, 2, 1]);
    const file = JSON.parse(new TextDecoder().decode(store.files.get("points.dataset.json")));
    expect(file).toMatchObject({ format: "atdata.dataset/1", name: "points", samples: 5, bytes: written.bytes });
    expect(file.shards[0]).toEqual({
      url: "points-0.bin",
      samples: 2,
      bytes: store.files.get("points-0.bin")?.length,
      sha256: written.shards[0]?.sha256,
    });
  });

  it("gives the same bytes for an array, a generator and an async generator", async () => {
    const sources: Samples<Point>[] = [points(1000), points(1000).values(), slowly(points(1000))];
    const files = await Promise.all(
      sources.map(async (samples) => {
        const store = memoryStore();
        await writeSamples(input(store), samples);
        return store.files.get("points.bin");
      }),
    );
    expect(files[1]).toEqual(files[0]);
    expect(files[2]).toEqual(files[0]);
  });

  it("reads back what it wrote, across many buffers", async () => {
    const store = memoryStore();
    const name = "n".repeat(5000);
    await writeSamples(input(store, { maxShardBytes: 3_000_000 }), points(2000, name));
    const ds = await openFrom<Point>("memory:/points.dataset.json", {
      sources: [store.source],
      format: memoryFormat(),
      verify: true,
    });
    expect(ds.shards.length).toBeGreaterThan(2);
    let next = 0;
    for await (const point of ds) expect(point).toEqual({ x: next++, name });
    expect(next).toBe(2000);
    for (const { bytes } of ds.shards) expect(bytes).toBeLessThanOrEqual(3_000_000);
  });

  it("numbers keys over the whole dataset, from a first number and behind a prefix", async () => {
    const store = memoryStore();
    await writeSamples(input(store, { maxSamples: 2, keyPrefix: "a-", firstKey: 7 }), points(3));
    expect(await keysOf(store)).toEqual(["a-000000007", "a-000000008", "a-000000009"]);
  });

  it("refuses a key that was used before, whoever chose it", async () => {
    const writer = await createDatasetWriter(input(memoryStore()));
    const [a, b] = points(2) as [Point, Point];
    await writer.write(a);
    expect(await codeOf(writer.write(b, { key: "000000000" }))).toBe("DUPLICATE_KEY");
    await writer.write(b, { key: "mine" });
    expect(await codeOf(writer.write(b, { key: "mine" }))).toBe("DUPLICATE_KEY");
    await writer.write(b, { key: "000000001" });
    expect(await codeOf(writer.write(b))).toBe("DUPLICATE_KEY");
    await writer.abort();
  });

  it("goes on after a sample that does not fit, which leaves no trace", async () => {
    const store = memoryStore();
    const writer = await createDatasetWriter(input(store));
    const [first, second] = points(2) as [Point, Point];
    await writer.write(first);
    expect(await codeOf(writer.write({ x: 0.5, name: "half" }))).toBe("SCHEMA_MISMATCH");
    await writer.write(second);
    await writer.close();
    expect(await keysOf(store)).toEqual(["000000000", "000000001"]);
  });

  it("refuses a sample that is larger than a shard may be", async () => {
    const store = memoryStore();
    const failing = writeSamples(input(store, { maxShardBytes: 100 }), points(1, "x".repeat(200)));
    expect(await codeOf(failing)).toBe("SAMPLE_TOO_LARGE");
    expect(store.files.size).toBe(0);
  });

  it("leaves nothing behind for empty input, a failing source, an abort and an abort signal", async () => {
    const store = memoryStore();
    expect(await codeOf(writeSamples(input(store), []))).toBe("DATASET_EMPTY");
    async function* failing(): AsyncGenerator<Point> {
      yield* points(10);
      throw new Error("source failed");
    }
    await expect(writeSamples(input(store, { maxSamples: 3 }), failing())).rejects.toThrow("source failed");
    const left = await createDatasetWriter(input(store));
    await left.write({ x: 1, name: "left" });
    await left[Symbol.asyncDispose]();
    const abort = new AbortController();
    const aborted = writeSamples(
      input(store, { maxSamples: 2, signal: abort.signal, onProgress: () => abort.abort(new Error("enough")) }),
      slowly(points(100)),
    );
    await expect(aborted).rejects.toThrow("enough");
    expect(store.files.size).toBe(0);
  });

  it("replaces a dataset only when it is told to", async () => {
    const store = memoryStore();
    await writeSamples(input(store, { maxSamples: 1 }), points(3));
    expect(await codeOf(writeSamples(input(store), points(1)))).toBe("DATASET_EXISTS");
    await writeSamples(input(store, { overwrite: true }), points(1));
    expect([...store.files.keys()].sort()).toEqual(["points.bin", "points.dataset.json"]);
  });

  it("refuses to go on once it is closed", async () => {
    const writer = await createDatasetWriter(input(memoryStore()));
    await writer.write({ x: 1, name: "a" });
    const written = await writer.close();
    expect(await writer.close()).toBe(written);
    expect(await codeOf(writer.write({ x: 2, name: "b" }))).toBe("UNSUPPORTED");
  });

  it("ends with the store's error, and every later call says it again", async () => {
    const store = memoryStore();
    const broken: DataStore = {
      ...store,
      async begin(name, options) {
        const write = await store.begin(name, options);
        return Object.assign(Object.create(write) as typeof write, {
          shard: () => Promise.reject(new Error("no space")),
          abort: () => write.abort(),
        });
      },
    };
    const writer = await createDatasetWriter(input(broken));
    await expect(writer.write({ x: 1, name: "a" })).rejects.toThrow("no space");
    await expect(writer.write({ x: 1, name: "a" })).rejects.toThrow("no space");
    await expect(writer.close()).rejects.toThrow("no space");
    expect(store.files.size).toBe(0);
  });

  it("keeps order for callers that do not await each write", async () => {
    const store = memoryStore();
    const writer = await createDatasetWriter(input(store, { maxSamples: 3 }));
    await Promise.all(points(10).map((point) => writer.write(point)));
    await writer.close();
    expect((await keysOf(store)).length).toBe(10);
  });

  it("tells plugins of samples and shards in order, with offsets where the payloads are", async () => {
    const store = memoryStore();
    const seen: string[] = [];
    const places: { key: string; offset: number; payload: Uint8Array; shard: number }[] = [];
    const plugin: ShardPlugin = {
      name: "watch",
      write: ({ store: sidecars }): PluginWriter => ({
        sample: ({ key, offset, payload, size }) => {
          expect(payload.length).toBe(size);
          seen.push(key);
          places.push({ key, offset, payload: payload.slice(), shard: seen.filter((s) => s.endsWith(".bin")).length });
        },
        shardClosed: async (name) => {
          seen.push(name);
          await sidecars.put(`${name}.note`, new Uint8Array([1]));
        },
        finish: async () => {
          seen.push("end");
        },
      }),
    };
    await writeSamples(input(store, { maxSamples: 2, plugins: [plugin] }), points(3));
    expect(seen).toEqual(["000000000", "000000001", "points-0.bin", "000000002", "points-1.bin", "end"]);
    expect(store.files.has("points-0.bin.note")).toBe(true);
    for (const { offset, payload, shard } of places) {
      const file = store.files.get(`points-${shard}.bin`) as Uint8Array;
      expect(file.slice(offset, offset + payload.length)).toEqual(payload);
    }
    await writeSamples(input(store, { overwrite: true }), points(1));
    expect([...store.files.keys()].sort()).toEqual(["points.bin", "points.dataset.json"]);
  });

  it("names shards and sidecars by what the store made of them", async () => {
    const store = memoryStore();
    const plugin: ShardPlugin = {
      name: "watch",
      write: ({ store: sidecars, dataset }) => ({
        sample: () => {},
        shardClosed: async (name) => void (await sidecars.put(`${name}.note`, new Uint8Array([1]))),
        finish: async () => void (await sidecars.put(`${dataset}.sum`, new Uint8Array([2]))),
      }),
    };
    const names = { dataset: "points", single: "points.bin", numbered: (n: number) => `points-00000${n}.bin` };
    await writeSamples(
      input(renaming(store, "0123456789abcdef"), { names, maxSamples: 2, plugins: [plugin] }),
      points(3),
    );
    const [one, two] = ["points-0123456789abcdef-000000.bin", "points-0123456789abcdef-000001.bin"];
    const sum = "points-0123456789abcdef.sum";
    expect([...store.files.keys()].sort()).toEqual(
      [one, `${one}.note`, two, `${two}.note`, sum, "points.dataset.json"].sort(),
    );
    expect(await keysOf(store)).toHaveLength(3);
    const opened = await openFrom(`memory:/${two}`, { sources: [store.source], format: memoryFormat() });
    expect([opened.type?.name, await opened.count()]).toEqual(["Point", 1]);
    await writeSamples(input(store, { overwrite: true }), points(1));
    expect([...store.files.keys()].sort()).toEqual(["points.bin", "points.dataset.json"]);
  });
});

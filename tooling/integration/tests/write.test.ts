import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { bytes, memoryStore, type SampleType, sample } from "@atdata/core";
import { writeDataset as writeInto, datasetWriter as writerInto } from "@atdata/wds";
import { datasetWriter, openDataset, writeDataset } from "@atdata/wds/node";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { scratch } from "../src/scratch.ts";
import { slowStore } from "../src/slow-store.ts";

const root = scratch();
const child = fileURLToPath(new URL("../src/children/write.ts", import.meta.url));
let count = 0;
let folder = "";
beforeEach(() => {
  folder = join(root, String(count++));
});

// A file system of its own needs Linux, and a user who may make namespaces.
const namespace = ["--mount", "--map-root-user"];
const probe = ["bash", "-c", "mount -t tmpfs tmpfs /mnt"];
const canMount = process.env.CI === "true" || spawnSync("unshare", [...namespace, ...probe]).status === 0;

const at = (name: string): string => join(folder, name);
const files = (): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

async function* later<T>(items: Iterable<T>, failAfter = Number.POSITIVE_INFINITY): AsyncGenerator<T> {
  let given = 0;
  for (const item of items) {
    if (given++ === failAfter) throw new Error("the source broke");
    yield item;
  }
}

describe("shard names", () => {
  it.each([
    ["data.tar", {}, ["data.tar"], "data"],
    ["data.v1.tar", { maxSamples: 2 }, ["data.v1-000000.tar", "data.v1-000001.tar"], "data.v1"],
    ["data-%04d.tar", { maxSamples: 2 }, ["data-0000.tar", "data-0001.tar"], "data"],
    ["data-%04d.tar", {}, ["data-0000.tar"], "data"],
  ])("of %s with %j are %j", async (target, options, shards, dataset) => {
    await writeDataset(Numbered, numbered(4), at(target), options);
    expect(files()).toEqual([...shards, `${dataset}.dataset.json`].sort());
    expect(await collect(await openDataset(at(`${dataset}.dataset.json`)))).toEqual(numbered(4));
  });
});

describe("limits", () => {
  it("maxSamples fills every shard but the last", async () => {
    const { shards } = await writeDataset(Numbered, later(numbered(25)), at("a.tar"), { maxSamples: 10 });
    expect(shards.map(({ samples }) => samples)).toEqual([10, 10, 5]);
    const exact = await writeDataset(Numbered, numbered(20), at("b.tar"), { maxSamples: 10 });
    expect(exact.shards.map(({ samples }) => samples)).toEqual([10, 10]);
  });

  it("maxShardBytes is never exceeded by a file, and no shard could have held the next sample", async () => {
    const Blob: SampleType<{ x: Uint8Array }> = sample("Blob", { x: bytes() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(6000), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 8192, max: 40_000 }),
        fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
        async (lengths, maxShardBytes, maxSamples) => {
          const name = `p${count++}`;
          const samples = lengths.map((length, i) => ({ x: new Uint8Array(length).fill(i) }));
          const dataset = await writeDataset(Blob, samples, at(`${name}.tar`), { maxShardBytes, maxSamples });
          for (const { url, bytes: recorded } of dataset.shards) {
            expect(statSync(url).size).toBe(recorded);
            expect(statSync(url).size).toBeLessThanOrEqual(maxShardBytes);
          }
          let next = 0;
          for (const { samples: held = 0, bytes: size = 0 } of dataset.shards.slice(0, -1)) {
            next += held;
            const member = 512 + Math.ceil(Blob.encode(samples[next] as { x: Uint8Array }).length / 512) * 512;
            expect(held === maxSamples || size + member > maxShardBytes).toBe(true);
          }
          expect(await collect(await openDataset(at(`${name}.dataset.json`)))).toEqual(samples);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("a sample larger than a shard may be is SAMPLE_TOO_LARGE, named by its key, and nothing is left", async () => {
    const samples = [...numbered(3), { n: 3, text: "x".repeat(20_000) }];
    await expect(writeDataset(Numbered, samples, at("a.tar"), { maxShardBytes: 10_240 })).rejects.toMatchObject({
      code: "SAMPLE_TOO_LARGE",
      fields: { key: "000000003", max: 10_240 },
    });
    expect(existsSync(folder)).toBe(false);
  });

  it.each([0, -1, 1.5, Number.NaN])("%d is no limit", async (limit) => {
    for (const options of [{ maxSamples: limit }, { maxShardBytes: limit }]) {
      await expect(writeDataset(Numbered, numbered(1), at("a.tar"), options)).rejects.toThrow(RangeError);
    }
    expect(existsSync(folder)).toBe(false);
  });
});

describe("a write", () => {
  it("shows nothing before it is committed, and everything after", async () => {
    const writer = await datasetWriter(Numbered, at("a.tar"), { maxSamples: 2 });
    for (const each of numbered(7)) await writer.write(each);
    expect(files().filter((name) => !name.startsWith("."))).toEqual([]);
    const written = await writer.close();
    expect(await writer.close()).toBe(written);
    expect(written).toMatchObject({ name: "a", samples: 7, url: at("a.dataset.json") });
    expect(files()).toEqual([0, 1, 2, 3].map((n) => `a-00000${n}.tar`).concat("a.dataset.json"));
  });

  it("leaves nothing when its source breaks, a sample does not fit, it is aborted, or there is no sample", async () => {
    const write = (samples: AsyncIterable<Numbered> | Iterable<Numbered>, signal?: AbortSignal) =>
      writeDataset(Numbered, samples, join(folder, "deep", "er", "a.tar"), { maxSamples: 2, signal });
    await expect(write(later(numbered(9), 5))).rejects.toThrow("the source broke");
    await expect(write([...numbered(5), { n: "six" } as never])).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
    await expect(write([])).rejects.toMatchObject({ code: "DATASET_EMPTY" });
    await expect(write(later([]))).rejects.toMatchObject({ code: "DATASET_EMPTY" });
    await expect(write(numbered(5), AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    const control = new AbortController();
    const endless = async function* (): AsyncGenerator<Numbered> {
      for (let n = 0; ; n++) {
        if (n === 5) control.abort(new Error("enough"));
        yield { n, text: "" };
      }
    };
    await expect(write(endless(), control.signal)).rejects.toThrow("enough");
    expect(existsSync(folder)).toBe(false);
  });

  it("leaves nothing when its writer is left or aborted, and its folder goes only if the writer made it", async () => {
    {
      await using writer = await datasetWriter(Numbered, at("a.tar"));
      await writer.write({ n: 1, text: "" });
    }
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder);
    const writer = await datasetWriter(Numbered, at("a.tar"));
    await writer.write({ n: 1, text: "" });
    await writer.abort();
    await writer.abort();
    expect(files()).toEqual([]);
    await expect(writer.write({ n: 2, text: "" })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  it("goes on after a refused sample, which leaves no trace", async () => {
    const writer = await datasetWriter(Numbered, at("a.tar"));
    await writer.write({ n: 0, text: "" });
    await expect(writer.write({ n: 0.5, text: "" })).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
    await expect(writer.write({ n: 1 } as never)).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
    await writer.write({ n: 1, text: "" });
    await writer.close();
    const entries = await collect((await openDataset(at("a.tar"))).entries());
    expect(entries.map(({ key, sample }) => [key, sample.n])).toEqual([
      ["000000000", 0],
      ["000000001", 1],
    ]);
  });

  it("refuses a name that exists, and leaves what is there", async () => {
    await writeDataset(Numbered, numbered(3), at("a.tar"));
    const before = readFileSync(at("a.tar"));
    for (const options of [{}, { maxSamples: 1 }]) {
      await expect(writeDataset(Numbered, numbered(9), at("a.tar"), options)).rejects.toMatchObject({
        code: "DATASET_EXISTS",
        fields: { name: expect.stringContaining("a") },
      });
    }
    expect(readFileSync(at("a.tar"))).toEqual(before);
    expect(files()).toEqual(["a.dataset.json", "a.tar"]);
  });

  it("does not write over a shard that no dataset.json names, unless told to", async () => {
    await writeDataset(Numbered, numbered(3), at("a.tar"));
    execFileSync("rm", [at("a.dataset.json")]);
    await expect(writeDataset(Numbered, numbered(9), at("a.tar"))).rejects.toMatchObject({ code: "DATASET_EXISTS" });
    expect(files()).toEqual(["a.tar"]);
    await writeDataset(Numbered, numbered(9), at("a.tar"), { overwrite: true });
    expect(await collect(await openDataset(at("a.tar")))).toEqual(numbered(9));
  });

  it("replaces a dataset and its shards with overwrite, and nothing else", async () => {
    await writeDataset(Numbered, numbered(9), at("a.tar"), { maxSamples: 2 });
    await writeDataset(Numbered, numbered(4), at("ab.tar"), { maxSamples: 2 });
    await writeDataset(Numbered, numbered(3), at("a.tar"), { maxSamples: 2, overwrite: true });
    const others = ["ab-000000.tar", "ab-000001.tar", "ab.dataset.json"];
    expect(files()).toEqual(["a-000000.tar", "a-000001.tar", "a.dataset.json", ...others]);
    await writeDataset(Numbered, numbered(5), at("a.tar"), { overwrite: true });
    expect(files()).toEqual(["a.dataset.json", "a.tar", ...others]);
    expect(await collect(await openDataset(at("a.tar")))).toEqual(numbered(5));
  });

  it("keeps the old dataset when an overwrite fails", async () => {
    await writeDataset(Numbered, numbered(9), at("a.tar"), { maxSamples: 2 });
    const options = { maxSamples: 2, overwrite: true };
    await expect(writeDataset(Numbered, later(numbered(9), 5), at("a.tar"), options)).rejects.toThrow("broke");
    expect((await collect(await openDataset(at("a.tar"), { verify: true }))).length).toBe(9);
    expect(files().length).toBe(6);
  });

  it.each([false, true])(
    "of several racers for one name one wins, and its dataset is whole (processes: %s)",
    async (apart) => {
      const race = async (first: number): Promise<string> => {
        if (!apart) {
          const samples = later(numbered(40, { first }));
          const options = { maxSamples: 7 };
          return writeDataset(Numbered, samples, at("a.tar"), options).then(
            () => "done",
            (error) => String(error.code),
          );
        }
        const racer = spawn(process.execPath, [child, at("a.tar"), "40", String(first), "20", '{"maxSamples":7}']);
        return (await buffer(racer.stdout)).toString().split("\n")[1]?.split(" ")[0] ?? "";
      };
      const ends = await Promise.all([0, 1000, 2000, 3000].map(race));
      expect(ends.toSorted()).toEqual(["DATASET_EXISTS", "DATASET_EXISTS", "DATASET_EXISTS", "done"]);
      const first = ends.indexOf("done") * 1000;
      expect(await collect(await openDataset(at("a.tar"), { verify: true }))).toEqual(numbered(40, { first }));
      expect(files().length).toBe(7);
    },
  );
});

describe("keys", () => {
  const keysOf = async (name: string): Promise<string[]> =>
    (await collect((await openDataset(at(name))).entries())).map(({ key }) => key);

  it("run over the whole dataset, nine digits, from firstKey, after keyPrefix", async () => {
    await writeDataset(Numbered, numbered(3), at("a.tar"), { maxSamples: 2 });
    expect(await keysOf("a.tar")).toEqual(["000000000", "000000001", "000000002"]);
    await writeDataset(Numbered, numbered(2), at("b.tar"), { keyPrefix: "w1/", firstKey: 999_999_999 });
    expect(await keysOf("b.tar")).toEqual(["w1/999999999", "w1/1000000000"]);
  });

  it("may be given, and mixed with running ones", async () => {
    const writer = await datasetWriter(Numbered, at("a.tar"));
    await writer.write({ n: 0, text: "" }, { key: "dir/ä" });
    await writer.write({ n: 1, text: "" });
    await writer.write({ n: 2, text: "" }, { key: "z" });
    await writer.write({ n: 3, text: "" });
    await writer.close();
    expect(await keysOf("a.tar")).toEqual(["dir/ä", "000000000", "z", "000000001"]);
    expect(await (await openDataset(at("a.tar"))).get("z")).toEqual({ n: 2, text: "" });
  });

  it("are refused when they come twice, given or running, also across shards", async () => {
    const writer = await datasetWriter(Numbered, at("a.tar"), { maxSamples: 1 });
    await writer.write({ n: 0, text: "" });
    await writer.write({ n: 1, text: "" }, { key: "k" });
    await writer.write({ n: 2, text: "" }, { key: "000000001" });
    for (const key of ["k", "000000000", "000000001"]) {
      await expect(writer.write({ n: 9, text: "" }, { key })).rejects.toMatchObject({
        code: "DUPLICATE_KEY",
        fields: { key },
      });
    }
    await expect(writer.write({ n: 9, text: "" })).rejects.toMatchObject({ code: "DUPLICATE_KEY" });
    await writer.close();
    expect(await keysOf("a.tar")).toEqual(["000000000", "k", "000000001"]);
  });

  it.each(["", "a.b", "a/b.c", "a.b/c", "/a", "a/", "a//b", "a\nb", "a\0b", "__x__", "\ud800", "k".repeat(2000)])(
    "refuse %j, which a reader would not give back",
    async (key) => {
      const writer = await datasetWriter(Numbered, at("a.tar"));
      await expect(writer.write({ n: 0, text: "" }, { key })).rejects.toMatchObject({ code: "KEY_INVALID" });
      await writer.write({ n: 0, text: "" }, { key: "fine" });
      await writer.close();
      expect(await keysOf("a.tar")).toEqual(["fine"]);
    },
  );

  it("refuse a prefix that makes illegal keys", async () => {
    const options = { keyPrefix: "v1.0/" };
    await expect(writeDataset(Numbered, numbered(1), at("a.tar"), options)).rejects.toMatchObject({
      code: "KEY_INVALID",
    });
    expect(existsSync(folder)).toBe(false);
  });
});

describe("slow and failing stores", () => {
  it("a slow store holds its producer back: never more than two buffers ahead, one write at a time", async () => {
    const store = slowStore(memoryStore(), 5);
    const text = "x".repeat(100_000);
    let ahead = 0;
    const samples = async function* (): AsyncGenerator<Numbered> {
      for (let n = 0; n < 120; n++) {
        ahead = Math.max(ahead, n * 100_000 - store.seen.bytes);
        yield { n, text };
      }
    };
    const dataset = await writeInto(Numbered, samples(), "a.tar", { store, maxShardBytes: 5_000_000 });
    expect(store.seen.concurrent).toBe(1);
    expect(store.seen.chunks).toBeGreaterThan(10);
    expect(ahead).toBeLessThan(2_500_000);
    expect((await collect(dataset)).length).toBe(120);
  });

  it("a pushing producer that awaits is held back as well, and one that does not loses no sample", async () => {
    const store = slowStore(memoryStore(), 1);
    const writer = await writerInto(Numbered, "a.tar", { store, maxSamples: 50 });
    const text = "x".repeat(50_000);
    await Promise.all(Array.from({ length: 120 }, (_, n) => writer.write({ n, text })));
    expect((await writer.close()).samples).toBe(120);
    expect(store.seen.concurrent).toBe(1);
    const keys = await collect((await openDataset("memory:/a.tar", { sources: [store.source] })).entries());
    expect(keys.map(({ sample }) => sample.n)).toEqual(Array.from({ length: 120 }, (_, n) => n));
  });

  it("a file larger than the system allows is IO_ERROR, names the shard, and leaves nothing", () => {
    mkdirSync(folder);
    const args = [child, at("a.tar"), "2000", "0", "1000", '{"maxSamples":1500}'];
    // Blocks of 1024 bytes; the signal of the limit must not end the child.
    const script = `trap '' XFSZ; ulimit -f 512; exec "$@"`;
    const { stdout, status } = spawnSync("bash", ["-c", script, "bash", process.execPath, ...args], {
      encoding: "utf8",
    });
    expect(stdout).toMatch(/IO_ERROR .*a-000000\.tar/);
    expect(status).toBe(3);
    expect(files()).toEqual([]);
  });

  it.runIf(canMount)("a full disk is IO_ERROR and leaves nothing, and an old dataset as it was", () => {
    mkdirSync(folder);
    const write = (...args: string[]): string => [process.execPath, child, at("a.tar"), ...args].map(quote).join(" ");
    const sum = `sha256sum < ${quote(at("a.tar"))}`;
    const script = [
      `mount -t tmpfs -o size=2m tmpfs ${quote(folder)}`,
      write("300", "0", "1000"),
      sum,
      write("3000", "0", "1000", '{"overwrite":true}'),
      sum,
      `ls -A ${quote(folder)}`,
    ].join("\n");
    const mounted = spawnSync("unshare", [...namespace, "bash", "-c", script], { encoding: "utf8" });
    const [begun, done, before, , failed, after, ...left] = mounted.stdout.trim().split("\n");
    expect([begun, done]).toEqual(["begin", "done"]);
    expect(failed).toMatch(/^IO_ERROR .*a\.tar/);
    expect(after).toBe(before);
    expect(left).toEqual(["a.dataset.json", "a.tar"]);
  });
});

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

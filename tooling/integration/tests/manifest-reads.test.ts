import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CountingSource, countingSource } from "@atdata/conformance";
import { type Dataset, httpSource, int, type SampleType, sample } from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import { manifests } from "@atdata/manifest/node";
import { openDataset, writeDataset } from "@atdata/wds/node";
import { parquetMetadata } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { type FileServer, serveFolder } from "../src/file-server.ts";
import { Digit, mnist } from "../src/mnist.ts";
import { scratch } from "../src/scratch.ts";

const SAMPLES = 60_000;
const SHARDS = 60;
const PER_SHARD = SAMPLES / SHARDS;
/** What is read from the end of a Parquet file for its footer. */
const TAIL = 8 * 1024;
const LOCATION = ["__key__", "__offset__", "__size__"];

/** A digit that knows where it stands, so that a query can mean one shard. */
interface Placed extends Digit {
  position: number;
}
const Placed: SampleType<Placed> = sample("Placed", { ...Digit.fields, position: int() }) as SampleType<Placed>;

const folder = scratch();
const target = join(folder, "mnist.tar");
const digits = mnist(SAMPLES, "train");
const keyOf = (i: number): string => String(i).padStart(9, "0");
const stem = (shard: number): string => `mnist-${String(shard).padStart(6, "0")}`;

beforeAll(async () => {
  const placed = digits.map((digit, position) => ({ ...digit, position }));
  const options = { maxSamples: PER_SHARD, plugins: [manifests()] };
  const { shards } = await writeDataset(Placed, placed, target, options);
  expect(shards).toHaveLength(SHARDS);
}, 60_000);

/** Bytes that were read of each file, with the number of reads. */
type Reads = Readonly<Record<string, { readonly count: number; readonly bytes: number }>>;

function tally(reads: Iterable<readonly [path: string, bytes: number]>): Reads {
  const files: Record<string, Reads[string]> = {};
  for (const [path, bytes] of reads) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const { count, bytes: before } = files[name] ?? { count: 0, bytes: 0 };
    files[name] = { count: count + 1, bytes: before + bytes };
  }
  return files;
}

function readsOf(source: CountingSource): Reads {
  const ranges = source.reads.map(({ url, length }) => [url, length] as const);
  return tally([...ranges, ...source.opens.map((url) => [url, sizeOf(url)] as const)]);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What the server was asked for; a request without a range got the whole file. */
function seenBy({ seen }: FileServer): Reads {
  return tally(
    seen.map(({ path, range }) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
      return [path, from === undefined ? sizeOf(join(folder, path)) : Number(to) - Number(from) + 1] as const;
    }),
  );
}

/** Bytes of a sample in its shard: the block of its header and the padded payload, which end where the next begins. */
function memberBytes(i: number): number {
  const size = Placed.encode({ ...(digits[i] as Digit), position: i }).length;
  return 512 + Math.ceil(size / 512) * 512;
}

function columnBytes(shard: number, names: readonly string[]): number {
  const { buffer } = new Uint8Array(readFileSync(join(folder, `${stem(shard)}.manifest.parquet`)));
  const columns = parquetMetadata(buffer).row_groups.flatMap((group) => group.columns);
  const own = columns.filter(({ meta_data }) => names.includes(meta_data?.path_in_schema[0] as string));
  return own.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size), 0);
}

async function overFiles(): Promise<{ dataset: Dataset<Placed>; reads: () => Reads }> {
  const source = countingSource(fileSource());
  const dataset = await openDataset(target, { type: Placed, plugins: [manifests()], sources: [source] });
  return { dataset, reads: () => readsOf(source) };
}

async function overHttp(server: FileServer): Promise<{ dataset: Dataset<Placed>; reads: () => Reads }> {
  const sources = [httpSource()];
  const dataset = await openDataset(`${server.url}/mnist.tar`, { type: Placed, plugins: [manifests()], sources });
  return { dataset, reads: () => seenBy(server) };
}

describe.each(["files", "HTTP"])("60,000 digits in 60 shards with manifests, over %s,", (over) => {
  let server: FileServer;
  const open = async () => {
    server?.forget();
    return over === "files" ? overFiles() : overHttp(server);
  };
  beforeAll(async () => {
    server = await serveFolder(folder);
    return () => server[Symbol.asyncDispose]();
  });

  it("get a sample cold from its own bytes, the roll-up, and the keys and places of one shard", async () => {
    const { dataset, reads } = await open();
    const opened = Object.keys(reads());
    expect(opened.every((name) => !/\.(tar|parquet)$/.test(name) || name === "mnist.tar")).toBe(true);
    const i = 42_123;
    expect(await dataset.get(keyOf(i))).toEqual({ ...digits[i], position: i });
    const { "mnist.dataset.json": _, "mnist.rollup.parquet": rollup, "mnist.tar": __, ...rest } = reads();
    expect(rollup?.bytes).toBe(statSync(join(folder, "mnist.rollup.parquet")).size);
    const shard = Math.floor(i / PER_SHARD);
    const rows = `${stem(shard)}.manifest.parquet`;
    expect(Object.keys(rest).sort()).toEqual([rows, `${stem(shard)}.tar`]);
    // HTTP tells the length of a file with one byte of it.
    expect(rest[rows]?.bytes).toBeLessThanOrEqual(1 + TAIL + columnBytes(shard, LOCATION));
    expect(rest[`${stem(shard)}.tar`]?.count).toBe(1);
    expect(rest[`${stem(shard)}.tar`]?.bytes).toBeLessThanOrEqual(1.1 * memberBytes(i));
  });

  it("get a sample warm with one range read of no more than a tenth over its member", async () => {
    const { dataset, reads } = await open();
    const shard = 17;
    await dataset.get(keyOf(shard * PER_SHARD));
    for (const row of [0, 1, 500, 998, 999]) {
      const i = shard * PER_SHARD + row;
      const before = reads();
      expect((await dataset.get(keyOf(i)))?.position).toBe(i);
      const after = reads();
      const changed = Object.keys(after).filter((name) => after[name]?.count !== before[name]?.count);
      const tar = `${stem(shard)}.tar`;
      expect(changed).toEqual([tar]);
      expect((after[tar]?.count ?? 0) - (before[tar]?.count ?? 0)).toBe(1);
      const bytes = (after[tar]?.bytes ?? 0) - (before[tar]?.bytes ?? 0);
      expect(bytes).toBeGreaterThan(512);
      expect(bytes).toBeLessThanOrEqual(1.1 * memberBytes(i));
    }
  });

  it("know without reading a shard that a key is not there", async () => {
    const { dataset, reads } = await open();
    expect(await dataset.get("000060000")).toBeUndefined();
    expect(Object.keys(reads()).filter((name) => /-\d{6}\./.test(name))).toEqual([]);
  });

  it("read nothing of other shards for a query that matches one", async () => {
    const { dataset, reads } = await open();
    const matching = dataset.where((f) => f.position.between(33_100, 33_899).and(f.label.eq(3)));
    const want = digits.slice(33_100, 33_900).filter(({ label }) => label === 3);
    expect((await collect(matching)).map(({ image }) => image)).toEqual(want.map(({ image }) => image));
    const touched = Object.keys(reads()).filter((name) => /-\d{6}\./.test(name));
    expect(touched.sort()).toEqual([`${stem(33)}.manifest.parquet`, `${stem(33)}.tar`]);
    const shard = statSync(join(folder, `${stem(33)}.tar`)).size;
    expect(reads()[`${stem(33)}.tar`]?.bytes).toBeLessThan(shard);
  });

  it("count and plan a query without reading a shard", async () => {
    const { dataset, reads } = await open();
    const sevens = digits.filter(({ label }) => label === 7).length;
    expect(await dataset.where((f) => f.label.eq(7)).count()).toBe(sevens);
    expect(await dataset.plan((f) => f.position.eq(5))).toMatchObject({ strategy: "index", shards: 1 });
    expect(Object.keys(reads()).filter((name) => /-\d{6}\.tar$/.test(name))).toEqual([]);
  });
});

describe("60,000 digits whose roll-up is gone", () => {
  it("are got by the headers of the shards", async () => {
    rmSync(join(folder, "mnist.rollup.parquet"));
    const { dataset, reads } = await overFiles();
    expect((await dataset.get(keyOf(59_999)))?.position).toBe(59_999);
    const names = Object.keys(reads()).filter((name) => name.endsWith(".manifest.parquet"));
    expect(names).toEqual([`${stem(59)}.manifest.parquet`]);
  });
});

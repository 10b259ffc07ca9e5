import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  createIndex,
  type DataSource,
  entryDetails,
  float,
  type Index,
  int,
  lens,
  list,
  loadDataset,
  ndarray,
  optional,
  sample,
  str,
} from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { diskStore } from "@atdata/local/disk";
import { localRepo } from "@atdata/local/node";
import { sqliteIndex } from "@atdata/local/sqlite";
import { manifests } from "@atdata/manifest/node";
import { wds, writeDataset } from "@atdata/wds/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { scratch } from "../src/scratch.ts";

const Digit = sample("Digit", {
  image: ndarray("uint8", [28, 28]),
  label: int(),
  ink: float(),
  tags: list(str()),
  note: optional(str()),
});
const Thumb = sample("Thumb", { label: int(), name: str() });

const root = scratch();
const team = { provider: sqliteIndex(join(root, "team.db")), store: diskStore(join(root, "team")) };
const repos = { local: localRepo(), team };
let index: Index;

function* digits(count = 100) {
  for (let i = 0; i < count; i++) {
    const data = new Uint8Array(784).fill(i);
    const tags = [i % 2 ? "odd" : "even"];
    yield { image: { data, shape: [28, 28], dtype: "uint8" as const }, label: i % 10, ink: i, tags };
  }
}

const labels = async (samples: AsyncIterable<{ label: number }>) => (await collect(samples)).map(({ label }) => label);

/** Notes which files are read. */
function watched(source: DataSource): { readonly source: DataSource; readonly reads: readonly string[] } {
  const reads: string[] = [];
  const { read, size } = source as Required<DataSource>;
  const watching: DataSource = {
    ...{ name: source.name, schemes: source.schemes, capabilities: source.capabilities },
    list: (ref, options) => source.list(ref, options),
    open: (url, options) => {
      reads.push(url);
      return source.open(url, options);
    },
    read: (url, ...rest) => {
      reads.push(url);
      return read.call(source, url, ...rest);
    },
    size: (url, options) => size.call(source, url, options),
  };
  return { source: watching, reads };
}

beforeAll(async () => {
  index = createIndex({ repos, formats: [wds()], plugins: [manifests()], createHasher: createNodeHasher });
  await index.write("digits@1.0.0", Digit, digits(), { maxSamples: 10, tags: ["handwritten"], license: "MIT" });
});
afterAll(() => index[Symbol.asyncDispose]());

describe("an index on this machine", () => {
  it("gives back by name what was written, with its manifests", async () => {
    const again = await index.load("@local/digits", { type: Digit });
    expect(await labels(again)).toEqual(Array.from({ length: 100 }, (_, i) => i % 10));
    const dark = again.where((f) => f.ink.gt(94).and(f.tags.contains("even")));
    expect(await again.plan((f) => f.ink.gt(94))).toMatchObject({ shards: 1 });
    expect(await labels(dark)).toEqual([6, 8]);
    expect((await again.get("000000042"))?.ink).toBe(42);
    const toThumb = lens(Digit, Thumb, { get: (d) => ({ label: d.label, name: `#${d.label}` }) });
    expect(await again.as(toThumb).head(1)).toEqual([{ label: 0, name: "#0" }]);
    const dict = await loadDataset("@local/digits@1.0", { index });
    expect(await dict.train?.count()).toBe(100);
  });

  it("opens what another process has written", async () => {
    const other = createIndex({ repos: { local: localRepo() }, formats: [wds()] });
    const entry = await other.resolve("digits@1.0.0");
    expect(entryDetails(entry)).toMatchObject({
      ...{ tags: ["handwritten"], license: "MIT", samples: 100, options: { maxSamples: 10 }, plugins: ["manifest"] },
    });
    expect(await (await other.load("digits")).count()).toBe(100);
    await other[Symbol.asyncDispose]();
  });

  it("copies shards and manifests byte by byte, and queries the copy", async () => {
    const from = await index.resolve("digits");
    const copied = await index.copy("digits", "@team/numbers@1.0.0");
    const folder = join(root, "team");
    const source = (from.dataUrls[0] as string).replace(/\/[^/]*$/, "");
    const names = readdirSync(folder).filter((name) => !name.endsWith(".dataset.json"));
    expect(names).toHaveLength(31);
    for (const name of names) expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(source, name)));
    const copy = await index.load("team/numbers", { type: Digit });
    expect(await copy.plan((f) => f.ink.gt(94))).toMatchObject({ shards: 1 });
    expect(await labels(copy.where((f) => f.ink.gt(97)))).toEqual([8, 9]);
    expect(copied.metadata?.checksums).toMatchObject({ [copied.dataUrls[0] as string]: copy.shards[0]?.sha256 });
    const sums = (entry: typeof from) => Object.values(entry.metadata?.checksums as object);
    expect(sums(copied)).toEqual(sums(from));
  });

  it("copies under other names where its own are taken, with a roll-up that has those", async () => {
    await index.copy("digits", "digits@1.0.1");
    const { source, reads } = watched(repos.local.store.source);
    const local = { ...repos.local, store: { ...repos.local.store, source } };
    const again = createIndex({ repos: { local }, formats: [wds()], plugins: [manifests()] });
    const copy = await again.load("digits@1.0.1", { type: Digit });
    expect(copy.shards[0]?.url).not.toBe((await again.resolve("digits@1.0.0")).dataUrls[0]);
    expect(await copy.plan((f) => f.ink.gt(94))).toMatchObject({ shards: 1 });
    expect(reads.filter((url) => url.endsWith(".manifest.json"))).toEqual([]);
    expect(reads.some((url) => url.endsWith(".rollup.parquet"))).toBe(true);
    expect(await labels(copy.where((f) => f.ink.gt(97)))).toEqual([8, 9]);
  });

  it("copies into shards of another size, with manifests of their own", async () => {
    const copied = await index.copy("digits", "@team/few@1.0.0", { maxSamples: 50 });
    expect(copied.dataUrls).toHaveLength(2);
    const few = await index.load("@team/few", { type: Digit });
    expect(await few.plan((f) => f.ink.lt(3))).toMatchObject({ shards: 1 });
    const entries = async (ref: string) => collect((await index.load(ref)).entries());
    const [a, b] = [await entries("digits"), await entries("team/few")];
    expect(b.map(({ key, sample }) => ({ key, sample }))).toEqual(a.map(({ key, sample }) => ({ key, sample })));
  });

  it("inserts all shards of a relative path, by absolute ones", async () => {
    const path = join(root, "plain", "d.tar");
    await writeDataset(Digit, digits(25), path, { maxSamples: 10, metadata: { by: "me" } });
    const entry = await index.insert("plain", relative(process.cwd(), path));
    const shards = [0, 1, 2].map((n) => join(root, "plain", `d-00000${n}.tar`));
    expect(entry.dataUrls).toEqual(shards);
    expect(entryDetails(entry)).toMatchObject({ samples: 25, content: { by: "me" } });
    const report = await index.delete("plain", { shards: true });
    expect(report.kept).toHaveLength(3);
    expect(shards.every((shard) => existsSync(shard))).toBe(true);
  });

  it("removes every file of a dataset, and nothing else", async () => {
    const folder = join(root, "home", "data");
    const before = readdirSync(folder);
    await index.write("gone", Digit, digits(25), { maxSamples: 10 });
    const report = await index.delete("gone", { shards: true });
    expect(report.files).toHaveLength(1 + 3 * 3 + 1);
    expect(readdirSync(folder)).toEqual(before);
    expect(await index.get("gone")).toBeUndefined();
  });

  it("leaves nothing of a copy whose shard is damaged", async () => {
    const { dataUrls } = await index.write("damaged", Digit, digits(25), { maxSamples: 10 });
    const shard = dataUrls[2] as string;
    const bytes = readFileSync(shard);
    bytes[bytes.length >> 1] = 0x55 ^ (bytes[bytes.length >> 1] as number);
    writeFileSync(shard, bytes);
    const before = readdirSync(join(root, "team"));
    await expect(index.copy("damaged", "@team/damaged")).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    await expect(index.copy("damaged", "@team/damaged", { maxSamples: 50 })).rejects.toThrow();
    expect(readdirSync(join(root, "team"))).toEqual(before);
    expect(await index.get("team/damaged")).toBeUndefined();
  });

  it("leaves nothing of a write that fails", async () => {
    const folder = join(root, "home", "data");
    const before = readdirSync(folder);
    function* failing() {
      yield* digits(25);
      throw new Error("no more");
    }
    await expect(index.write("half", Digit, failing(), { maxSamples: 10 })).rejects.toThrow("no more");
    expect(readdirSync(folder)).toEqual(before);
    expect(await index.get("half")).toBeUndefined();
  });
});

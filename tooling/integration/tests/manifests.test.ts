import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CountingSource, countingSource } from "@atdata/conformance";
import { compilePredicate, type Dataset, type Predicate, type SampleLocation } from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import { manifests } from "@atdata/manifest/node";
import { openDataset, writeDataset } from "@atdata/wds/node";
import { DuckDBInstance } from "@duckdb/node-api";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Mixed } from "../src/mixed.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();

/** Sample `i`: `at` rises, so that shards can be told apart; the rest has nulls, NaN and wide numbers. */
function mixed(i: number): Mixed {
  return {
    whole: i % 7 === 0 ? undefined : i % 5,
    wide: i % 4 === 0 ? undefined : 2n ** 53n + BigInt(i),
    real: i % 6 === 0 ? Number.NaN : i / 2,
    text: i % 5 === 0 ? undefined : `t${i % 3}`,
    flag: i % 3 === 0,
    at: i,
    texts: i % 8 === 0 ? undefined : [`tag${i % 4}`, "all"],
    wides: [BigInt(i), -1n],
    reals: i % 9 === 0 ? [Number.NaN] : [],
  };
}
const SAMPLES = 95;
const samples = Array.from({ length: SAMPLES }, (_, i) => mixed(i));
const keyOf = (i: number): string => String(i).padStart(9, "0");

const predicates: Record<string, Predicate> = {
  "one shard": { op: "between", field: "at", low: 42, high: 44 },
  "a null": { op: "isNull", field: "whole" },
  "not NaN": { op: ">=", field: "real", value: 0 },
  "NaN is unequal": { op: "!=", field: "real", value: 1 },
  "beyond 2^53": { op: "=", field: "wide", value: 2n ** 53n + 7n },
  "an item": { op: "contains", field: "texts", value: "tag2" },
  "all items": { op: "containsAll", field: "wides", values: [-1n, 33n] },
  "a prefix": { op: "startsWith", field: "text", value: "t1" },
  nothing: {
    op: "and",
    terms: [
      { op: "=", field: "flag", value: true },
      { op: "=", field: "at", value: 7 },
    ],
  },
  everything: { op: "and", terms: [] },
};

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

describe("a dataset written with manifests", () => {
  const folder = join(root, "mixed");
  const target = join(folder, "mixed.tar");
  let dataset: Dataset<Mixed>;
  let scanned: Dataset<Mixed>;

  beforeAll(async () => {
    await writeDataset(Mixed, samples, target, { maxSamples: 10, plugins: [manifests()] });
    dataset = await openDataset(target, { type: Mixed, plugins: [manifests()] });
    scanned = await openDataset(target, { type: Mixed });
  });

  it.each(Object.entries(predicates))("finds by index what a scan finds: %s", async (_, p) => {
    const test = compilePredicate(p);
    const want = samples.flatMap((sample, i) => (test(sample) ? [i] : []));
    const indexed = await collect(dataset.query(p));
    const byScan = await collect(scanned.query(p));
    expect(indexed.map(({ index }) => index)).toEqual(want);
    // Places and all.
    expect(indexed.map(placeOf)).toEqual(byScan.map(placeOf));
    expect(await collect(dataset.where(p))).toEqual(await collect(scanned.where(p)));
    expect(await dataset.where(p).count()).toBe(want.length);
    expect(await dataset.plan(p)).toMatchObject({ strategy: "index" });
    expect(await scanned.plan(p)).toMatchObject({ strategy: "scan" });
  });

  it("gets samples by key and position, and undefined where there is none", async () => {
    for (const i of [0, 9, 10, 42, SAMPLES - 1]) {
      expect(await dataset.get(keyOf(i))).toEqual(await scanned.get(keyOf(i)));
      expect(await dataset.at(i)).toEqual(await scanned.at(i));
      expect((await dataset.get(keyOf(i)))?.at).toBe(i);
    }
    expect(await dataset.get("000000999")).toBeUndefined();
    expect(await dataset.get("42")).toBeUndefined();
    expect(await dataset.at(SAMPLES)).toBeUndefined();
    expect(await dataset.count()).toBe(SAMPLES);
    expect((await dataset.select([80, 3, 80])).map(({ at }) => at)).toEqual([80, 3, 80]);
  });

  it("says how many shards a query would look at", async () => {
    expect(await dataset.plan(predicates["one shard"] as Predicate)).toMatchObject({ strategy: "index", shards: 1 });
    expect(await dataset.plan(predicates.nothing as Predicate)).toMatchObject({ shards: 1 });
    expect(await dataset.plan({ op: "contains", field: "texts", value: "tag4" })).toMatchObject({
      shards: 0,
      bytes: 0,
    });
    expect(await dataset.plan(predicates.everything as Predicate)).toMatchObject({ shards: 10 });
  });

  it("describes fields without reading rows or shards", async () => {
    const source = countingSource(fileSource());
    const counted = await openDataset(target, { type: Mixed, plugins: [manifests()], sources: [source] });
    const { samples: count, statistics } = await counted.describe();
    expect(count).toBe(SAMPLES);
    expect(statistics?.at).toMatchObject({ count: SAMPLES, nulls: 0, nans: 0, min: 0, max: SAMPLES - 1 });
    const nulls = samples.filter(({ whole }) => whole === undefined).length;
    expect(statistics?.whole).toMatchObject({ count: SAMPLES - nulls, nulls, min: 0, max: 4 });
    const nans = samples.filter(({ real }) => Number.isNaN(real)).length;
    expect(statistics?.real).toMatchObject({ count: SAMPLES, nans, min: 0.5 });
    expect(statistics?.wide).toMatchObject({ min: 2n ** 53n + 1n, max: 2n ** 53n + 94n });
    const trues = samples.filter(({ flag }) => flag).length;
    expect(statistics?.flag?.top).toEqual([
      { value: false, count: SAMPLES - trues },
      { value: true, count: trues },
    ]);
    expect(filesOf(source).filter((name) => /\.tar$|\.manifest\.parquet$/.test(name))).toEqual([]);
  });

  it("goes through lenses, batches, shuffles and partitions as without them", async () => {
    const p = predicates["an item"] as Predicate;
    for (const use of [
      (d: Dataset<Mixed>) => d.where(p).shuffle({ seed: 4 }),
      (d: Dataset<Mixed>) => d.where(p).partition({ index: 1, count: 3, by: "sample" }),
      (d: Dataset<Mixed>) => d.where(p).skip(2).take(7),
      (d: Dataset<Mixed>) => d.shuffle({ seed: 9, window: "all" }),
      (d: Dataset<Mixed>) => d.partition({ index: 0, count: 2, by: "sample" }).where(p),
    ]) {
      const got = await collect(use(dataset).map(({ at }) => at));
      const want = await collect(use(scanned).map(({ at }) => at));
      expect(got.length).toBeGreaterThan(0);
      expect(new Set(got)).toEqual(new Set(want));
    }
  });

  it("keeps a folder that Python's directory reader can read: a header and rows for each shard, and no others", () => {
    const names = readdirSync(folder);
    const shards = names.filter((name) => name.endsWith(".tar")).map((name) => name.slice(0, -4));
    const sidecars = names.filter((name) => /\.manifest\.(json|parquet)$/.test(name));
    expect(sidecars.sort()).toEqual(
      shards.flatMap((stem) => [`${stem}.manifest.json`, `${stem}.manifest.parquet`]).sort(),
    );
    for (const stem of shards) {
      const header = JSON.parse(readFileSync(join(folder, `${stem}.manifest.json`), "utf8"));
      const known = ["manifest_version", "shard_id", "schema_type", "schema_version", "num_samples", "size_bytes"];
      for (const key of [...known, "created_at", "aggregates"]) expect(header).toHaveProperty(key);
      expect(header).toMatchObject({ shard_id: stem, offset_kind: "tar_data" });
    }
    expect(names.filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("is read by hyparquet and by DuckDB with the column types that Python's files have", async () => {
    const path = join(folder, "mixed-000001.manifest.parquet");
    const file = await asyncBufferFromFile(path);
    const { schema } = await parquetMetadataAsync(file);
    const type = (name: string) => {
      const found = schema.find((each) => each.name === name);
      return found?.converted_type ?? found?.type;
    };
    const names = ["__key__", "__offset__", "__size__", "whole", "wide", "real", "text", "flag", "at", "texts"];
    expect(names.map(type)).toEqual([
      "UTF8",
      "INT64",
      "INT64",
      "INT64",
      "INT64",
      "DOUBLE",
      "UTF8",
      "BOOLEAN",
      "DOUBLE",
      "LIST",
    ]);
    const rows = await parquetReadObjects({ file });
    const shard = samples.slice(10, 20);
    expect(rows.map(({ __key__ }) => __key__)).toEqual(shard.map((_, i) => keyOf(10 + i)));
    expect(rows.map(({ texts }) => texts ?? undefined)).toEqual(shard.map(({ texts }) => texts));

    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
    expect(described.getRowObjects().map((row) => [row.column_name, row.column_type])).toEqual([
      ["__key__", "VARCHAR"],
      ["__offset__", "BIGINT"],
      ["__size__", "BIGINT"],
      ["whole", "BIGINT"],
      ["wide", "BIGINT"],
      ["real", "DOUBLE"],
      ["text", "VARCHAR"],
      ["flag", "BOOLEAN"],
      ["at", "DOUBLE"],
      ["texts", "VARCHAR[]"],
      ["wides", "BIGINT[]"],
      ["reals", "DOUBLE[]"],
    ]);
    const read = await connection.runAndReadAll(`SELECT wide, flag, texts FROM read_parquet('${path}')`);
    expect(read.getRowsJS()).toEqual(shard.map(({ wide, flag, texts }) => [wide ?? null, flag, texts ?? null]));
    connection.closeSync();
    instance.closeSync();
  });
});

function placeOf({ shard, key, index, offset, size }: SampleLocation): object {
  return { shard, key, index, offset, size };
}

function filesOf({ opens, reads }: CountingSource): string[] {
  return [...opens, ...reads.map(({ url }) => url)].map(baseName);
}

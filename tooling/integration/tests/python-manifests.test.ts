import { cpSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Dataset, Predicate } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { openDataset } from "@atdata/wds/node";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Basic, basic, fixture } from "../src/fixtures.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const single = fixture("single.tar");
const sharded = Array.from({ length: 3 }, (_, i) => fixture(`sharded/data-00000${i}.tar`));

const predicates: [Predicate, (i: number) => boolean][] = [
  [{ op: "=", field: "name", value: "n1" }, (i) => i === 1],
  [{ op: ">=", field: "score", value: 1 }, (i) => i >= 2],
  [{ op: "between", field: "count", low: 0, high: 2 }, (i) => i >= 1 && i <= 3],
  [{ op: "contains", field: "tags", value: "t0" }, (i) => i === 0],
  [{ op: "isNull", field: "note" }, (i) => i % 2 === 1],
  [{ op: "=", field: "ok", value: true }, (i) => i % 2 === 0],
  [{ op: "=", field: "name", value: "nobody" }, () => false],
];

function open(shards: string | string[]): Promise<Dataset<Basic>> {
  return openDataset(shards, { type: Basic, plugins: [manifests()] });
}

describe.each([
  { what: "one shard", shards: single, count: 3 },
  { what: "several shards, whose last manifest Python has lost,", shards: sharded, count: 5 },
])("Python's manifests of $what", ({ shards, count }) => {
  it.each(predicates)("give the right samples for %j although their offsets are wrong", async (p, test) => {
    const dataset = await open(shards);
    const want = Array.from({ length: count }, (_, i) => i).filter(test);
    const found = await collect(dataset.where(p));
    expect(found).toEqual(want.map(basic));
    expect(await dataset.where(p).count()).toBe(want.length);
    const located = await collect(dataset.query(p));
    expect(located.map(({ index }) => index)).toEqual(want);
    // The places are those of the payloads.
    for (const [n, { shard, offset, size }] of located.entries()) {
      const payload = readFileSync(shard).subarray(offset, offset + size);
      expect(Basic.decode(payload)).toEqual(basic(want[n] as number));
    }
  });

  it("give every sample by its key and position", async () => {
    const dataset = await open(shards);
    expect(await dataset.count()).toBe(count);
    let i = 0;
    for await (const { key } of dataset.entries()) {
      expect(await dataset.get(key)).toEqual(basic(i));
      expect(await dataset.at(i)).toEqual(basic(i));
      i += 1;
    }
    expect(i).toBe(count);
  });
});

it("Python's offsets are wrong indeed", async () => {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(fixture("single.manifest.parquet")) });
  const located = await collect((await open(single)).query({ op: "and", terms: [] }));
  expect(rows.map(({ __key__ }) => __key__)).toEqual(located.map(({ key }) => key));
  expect(rows.map(({ __size__ }) => Number(__size__))).toEqual(located.map(({ size }) => size));
  rows.forEach(({ __offset__ }, i) => {
    expect(Number(__offset__)).not.toBe(located[i]?.offset);
  });
});

it("Python's manifests in a folder that is opened as a whole are used no further than they can be", async () => {
  const folder = join(root, "folder");
  cpSync(dirname(sharded[0] as string), folder, { recursive: true });
  const before = readdirSync(folder);
  const dataset: Dataset<Basic> = await openDataset(folder, { type: Basic, plugins: [manifests()] });
  expect(await collect(dataset)).toEqual([0, 1, 2, 3, 4].map(basic));
  expect(await dataset.plan((f) => f.name.eq("n1"))).toMatchObject({ strategy: "scan" });
  expect((await dataset.describe()).shards).toBe(3);
  expect(readdirSync(folder)).toEqual(before);
});

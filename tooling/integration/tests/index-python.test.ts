import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { createIndex, type DataSource, type Index, type SampleType, sample, str } from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import { diskStore } from "@atdata/local/disk";
import { sqliteIndex } from "@atdata/local/sqlite";
import { wds } from "@atdata/wds/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Basic, basic, fixture } from "../src/fixtures.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
let index: Index;

/** Reads the shard that Python wrote on its machine from where it is on this one. */
function moved(source: DataSource): DataSource {
  const here = (url: string): string => fixture(url.replace("/data/atdata/basic/", ""));
  return {
    ...{ name: "moved", schemes: source.schemes, capabilities: source.capabilities },
    list: (ref, options) => source.list(here(ref), options),
    open: (url, options) => source.open(here(url), options),
    read: (url, offset, length, options) =>
      (source.read as NonNullable<DataSource["read"]>)(here(url), offset, length, options),
    size: (url, options) => (source.size as NonNullable<DataSource["size"]>)(here(url), options),
  };
}

beforeAll(() => {
  copyFileSync(fixture("index.db"), join(root, "index.db"));
  const local = { provider: sqliteIndex(join(root, "index.db")) };
  const own = { provider: sqliteIndex(join(root, "own.db")), store: diskStore(join(root, "own")) };
  index = createIndex({ repos: { local, own }, formats: [wds()], sources: [moved(fileSource())] });
});
afterAll(() => index[Symbol.asyncDispose]());

it("lists, finds and loads what Python has put into its index", async () => {
  const [entry] = await collect(index.list());
  const labels = await collect(index.labels());
  expect(labels).toHaveLength(2);
  for (const { name, version } of labels) {
    expect((await index.resolve(version === "" ? name : `@local/${name}@${version}`)).id).toBe(entry?.id);
  }
  expect((await collect(index.schemas())).map(({ version }) => version).sort()).toEqual(["1.0.0", "1.0.1"]);
  const typed = await index.load("basic", { type: Basic, verify: true });
  expect(await collect(typed)).toEqual([0, 1, 2].map(basic));
  const untyped = await index.load("basic");
  expect(untyped.type?.version).toBe("1.0.0");
  expect(untyped.shards[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(await collect(untyped)).toEqual(await collect(typed));
  const other = sample("Other", { nothing: str() });
  await expect(index.load("basic", { type: other })).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
});

it("copies it into a repository of ours, with counts that Python has not noted", async () => {
  const copy = await index.copy("basic", "@own/copy@1.0.0");
  const [theirs, ours] = [await index.load("basic"), await index.load("own/copy", { type: Basic })];
  expect(ours.shards).toMatchObject([{ sha256: theirs.shards[0]?.sha256, samples: 3 }]);
  const keys = async (entries: AsyncIterable<{ key: string }>) => (await collect(entries)).map(({ key }) => key);
  expect(await keys(ours.entries())).toEqual(await keys(theirs.entries()));
  expect(await collect(ours)).toEqual([0, 1, 2].map(basic));
  expect(copy.schemaRef).toBe("atdata://local/schema/Basic@1.0.0");
});

it("takes Python's schema for an equal one, and a change of it for the next version", async () => {
  const { name, fields } = (await index.schema("Basic")) as SampleType;
  expect(await index.publishSchema(sample(name, fields))).toMatchObject({ created: false });
  const more = sample(name, { ...fields, extra: str() });
  expect(await index.publishSchema(more)).toMatchObject({ created: true, held: { version: "2.0.0" } });
});

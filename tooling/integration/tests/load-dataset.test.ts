import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { createIndex, type Index, loadDataset, memoryIndex, sample, str } from "@atdata/core";
import { createNodeHasher, fileSource, fileStore } from "@atdata/core/node";
import { wds, writeDataset } from "@atdata/wds/node";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { serveFolder } from "../src/file-server.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const Other = sample("Other", { word: str() });
const train = numbered(25);
const test = numbered(5, { first: 100 });
let count = 0;
let folder = "";

const index: Index = createIndex({
  repos: { local: { provider: memoryIndex(), store: fileStore(join(root, "store")) } },
  formats: [wds()],
  sources: [fileSource()],
  createHasher: createNodeHasher,
});
afterAll(() => index[Symbol.asyncDispose]());

const at = (...names: string[]): string => join(folder, ...names);
const numbers = async (samples: AsyncIterable<object>): Promise<unknown[]> =>
  (await collect(samples)).map((each) => (each as { n: unknown }).n);

/** What a reference comes to: how many samples in each split. */
async function splitsOf(ref: string | readonly string[], splits?: "names"): Promise<Record<string, number>> {
  const dict = await loadDataset(ref, { index, splits });
  const counts: Record<string, number> = {};
  for (const [split, dataset] of dict) counts[split] = await dataset.count();
  return counts;
}

beforeEach(async () => {
  folder = join(root, String(count++));
  await writeDataset(Numbered, train, at("n-train.tar"), { maxSamples: 10 });
  await writeDataset(Numbered, test, at("n-test.tar"), { maxSamples: 3 });
});

describe("loadDataset from files", () => {
  it("sorts a folder, glob, braces or list into the splits of their names", async () => {
    const want = { test: 5, train: 25 };
    expect(await splitsOf(folder)).toEqual(want);
    expect(await splitsOf(at("n-*.tar"))).toEqual(want);
    expect(await splitsOf(relative(process.cwd(), at("*-*-00000?.tar")))).toEqual(want);
    expect(await splitsOf(at("n-{train-{000000..000002},test-{000000..000001}}.tar"))).toEqual(want);
    expect(await splitsOf([at("n-train-*.tar"), at("n-test-000000.tar")])).toEqual({ train: 25, test: 3 });
    expect(await splitsOf(at("n-{test,train}.dataset.json"))).toEqual(want);
    expect(await splitsOf([at("n-test.tar"), at("n-train.tar")])).toEqual(want);
  });

  it("gives one split, or all of them as a dict", async () => {
    const dict = await loadDataset(folder, { index, type: Numbered });
    expect(dict.splits).toEqual(["test", "train"]);
    expect(dict.train.type).toBe(Numbered);
    expect(await collect(dict.train)).toEqual(train);
    expect(await collect(dict.require("test"))).toEqual(test);
    expect(() => dict.only).toThrow("there are several splits");
    expect(() => dict.validation).toThrow(
      "the dataset has no such split; split=validation; available=test, train; try: one of test, train",
    );
    expect(await collect(await loadDataset(folder, { index, split: "test" }))).toEqual(test);
    const one = await loadDataset(at("n-test-*.tar"), { index });
    expect(one.splits).toEqual(["test"]);
    expect(await collect(one.only)).toEqual(test);
    await expect(loadDataset(folder, { index, split: "validation" })).rejects.toMatchObject({
      code: "SPLIT_UNKNOWN",
      fields: { split: "validation", available: ["test", "train"] },
    });
  });

  it("takes braces in the names of files that it finds for what they are", async () => {
    mkdirSync(at("{a,b}"));
    copyFileSync(at("n-test-000000.tar"), at("{a,b}", "\\{.tar"));
    expect(await splitsOf(at("?a,b?", "*.tar"))).toEqual({ train: 3 });
  });

  it("takes type, counts and checksums from each dataset.json beside the shards", async () => {
    await writeDataset(Numbered, numbered(4, { first: 50 }), at("more-train.tar"), { maxSamples: 2 });
    const dict = await loadDataset(folder, { index });
    expect(dict.train.type?.name).toBe("Numbered");
    expect(dict.train.shards.map(({ samples }) => samples)).toEqual([2, 2, 10, 10, 5]);
    expect(dict.train.shards.every(({ sha256 }) => sha256?.length === 64)).toBe(true);
    expect(await numbers(dict.train)).toEqual([50, 51, 52, 53, ...train.map(({ n }) => n)]);
  });

  it("leaves a split untyped whose shards are of several types, or of one that nobody noted", async () => {
    await writeDataset(Other, [{ word: "a" }], at("other.tar"));
    const mixed = await loadDataset(folder, { index });
    expect(mixed.train.type).toBeUndefined();
    expect(mixed.test.type?.name).toBe("Numbered");
    expect(await mixed.train.count()).toBe(26);
    rmSync(at("other.tar"));
    copyFileSync(at("n-train-000001.tar"), at("stranger.tar"));
    expect((await loadDataset(folder, { index })).train.type).toBeUndefined();
    expect((await loadDataset(folder, { index, type: Numbered })).train.type).toBe(Numbered);
  });

  it("takes splits by hand, relative to the reference, with globs, braces, lists and names of the index", async () => {
    await index.write("hand", Numbered, numbered(2, { first: 200 }));
    const dict = await loadDataset(folder, {
      index,
      type: Numbered,
      splits: {
        train: ["n-train-000000.tar", "n-test-*.tar"],
        "hold-out": "n-train-{000001,000002}.tar",
        all: [at("n-test.dataset.json"), at("n-train.tar")],
        named: "@local/hand",
      },
    });
    expect(dict.splits).toEqual(["train", "hold-out", "all", "named"]);
    expect(await numbers(dict.train)).toEqual([...train.slice(0, 10), ...test].map(({ n }) => n));
    expect(await numbers(dict.require("hold-out"))).toEqual(train.slice(10).map(({ n }) => n));
    expect(await dict.require("all").count()).toBe(30);
    expect(await numbers(dict.require("named"))).toEqual([200, 201]);
  });

  it("opens nothing of other splits that are given by hand", async () => {
    const splits = { train: "n-train-*.tar", test: "none-*.tar" };
    expect(await collect(await loadDataset(folder, { index, split: "train", splits }))).toEqual(train);
    await expect(loadDataset(folder, { index, splits })).rejects.toMatchObject({ code: "NO_SHARDS" });
    await expect(loadDataset(folder, { index, splits: { a: [] } })).rejects.toMatchObject({ code: "NO_SHARDS" });
    const others = loadDataset(folder, { index, splits, split: "dev" as "test" });
    await expect(others).rejects.toMatchObject({ code: "SPLIT_UNKNOWN", fields: { available: ["train", "test"] } });
  });

  it.each<[string, string, string]>([
    ["test.tar", "train", "test"],
    ["my_test.tar", "train", "test"],
    ["eval-0.tar", "train", "test"],
    ["val-0.tar", "validation", "validation"],
    ["set_dev_0.tar", "validation", "validation"],
    ["test/0.tar", "test", "test"],
    ["dev/deep/latest.tar", "validation", "train"],
  ])("puts %s into %s as Python does, and into %s by its name", async (name, byRules, byName) => {
    mkdirSync(join(at("odd", name), ".."), { recursive: true });
    copyFileSync(at("n-train-000000.tar"), at("odd", name));
    expect(await splitsOf(at("odd", name))).toEqual({ [byRules]: 10 });
    expect(await splitsOf(at("odd", "**", "*.tar"))).toEqual({ [byRules]: 10 });
    expect(await splitsOf(at("odd", name), "names")).toEqual({ [byName]: 10 });
  });

  it("looks only at what a relative reference says of a path", async () => {
    const home = at("home", "dev");
    mkdirSync(home, { recursive: true });
    copyFileSync(at("n-train-000000.tar"), join(home, "x.tar"));
    expect(await splitsOf(join(home, "x.tar"))).toEqual({ validation: 10 });
    const source = { ...fileSource(), list: (ref: string) => fileSource().list(resolve(home, ref)) };
    const there = createIndex({ repos: {}, formats: [wds()], sources: [source] });
    for (const ref of ["x.tar", "*.tar", "./x.*", "**/*.tar", "."]) {
      expect((await loadDataset(ref, { index: there })).splits).toEqual(["train"]);
    }
  });

  it("reads splits over HTTP, with one look for a dataset.json in each", async () => {
    await using server = await serveFolder(folder);
    const ref = `${server.url}/n-{train-{000000..000002},test-{000000..000001}}.tar`;
    const dict = await loadDataset(ref, { index });
    expect(server.seen.map(({ path }) => path)).toEqual(["/n-train.dataset.json", "/n-test.dataset.json"]);
    expect(await collect(dict.train)).toEqual(train);
    const byHand = await loadDataset(server.url, { index, splits: { test: "n-test.dataset.json" } });
    expect(await collect(byHand.test)).toEqual(test);
  });

  it("says what to do when there is nothing, or nothing that may be read", async () => {
    const failure = async (ref: string | string[]): Promise<unknown> =>
      loadDataset(ref, { index }).catch((error: unknown) => error);
    expect(await failure("local/mnist")).toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("what an index holds is written @repo/name"),
    });
    expect(await failure(at("none-*.tar"))).toMatchObject({ code: "NO_SHARDS" });
    expect(await failure([])).toMatchObject({ code: "NO_SHARDS" });
    expect(await failure("")).toMatchObject({ code: "REF_INVALID" });
    expect(await failure("at://did:plc:abc/science.alt.dataset.entry/3k")).toMatchObject({ code: "REPO_UNKNOWN" });
    expect(await failure("at://did:plc:abc/blob/bafkreiabc")).toMatchObject({ code: "SCHEME_NOT_ALLOWED" });
    expect(await failure("pipe:cat x.tar")).toMatchObject({ code: "SCHEME_NOT_ALLOWED" });
    expect(await failure("atdata://local/schema/X@1.0.0")).toMatchObject({ code: "REF_INVALID" });
    writeFileSync(at("bad.dataset.json"), "{");
    expect(await failure(at("bad.dataset.json"))).toMatchObject({ code: "FORMAT_INVALID" });
    expect(readFileSync(at("bad.dataset.json"), "utf8")).toBe("{");
  });

  it("stops when its signal says so", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(loadDataset(folder, { index, signal })).rejects.toThrow("enough");
  });
});

describe("loadDataset from an index", () => {
  it("finds a dataset by name and version, as one split", async () => {
    await index.write("mnist@1.0.0", Numbered, train, { maxSamples: 10 });
    for (const ref of [
      "@local/mnist",
      "@local/mnist@1.0.0",
      "@local/mnist@1.0",
      "atdata://local/dataset/mnist@1.0.0",
    ]) {
      const dict = await loadDataset(ref, { index });
      expect(dict.splits).toEqual(["train"]);
      expect(dict.only.type?.name).toBe("Numbered");
      expect(await collect(dict.train)).toEqual(train);
    }
    expect(await collect(await loadDataset("@local/mnist", { index, type: Numbered, split: "train" }))).toEqual(train);
    expect(await splitsOf(["@local/mnist", at("n-test-*.tar")])).toEqual({ train: 25, test: 5 });
  });

  it("never gives the latest for a version that is not there", async () => {
    await index.write("old@1.0.0", Numbered, test);
    for (const ref of ["@local/old@1.0.1", "@local/old@1.1", "atdata://local/dataset/old@2.0.0", "@local/none"]) {
      await expect(loadDataset(ref, { index })).rejects.toMatchObject({ code: "DATASET_NOT_FOUND" });
    }
    await expect(loadDataset("@nobody/old", { index })).rejects.toMatchObject({ code: "REPO_UNKNOWN" });
    await expect(loadDataset("@local/old", { index, split: "test" })).rejects.toMatchObject({ code: "SPLIT_UNKNOWN" });
    await expect(loadDataset("@local/old", { index, splits: "names" })).rejects.toThrow(TypeError);
    await expect(loadDataset("@local/old", { index, splits: { a: "x" } })).rejects.toThrow(TypeError);
    await expect(loadDataset(["a", "b"], { index, splits: { a: "x" } })).rejects.toThrow(TypeError);
  });
});

import { describe, expect, it } from "vitest";
import { Item, item, keyOf, shardOf, upTo } from "../../tests/dataset-fixture.ts";
import { formatDatasetFile } from "../dataset/dataset-file.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import { createIndex } from "../index-facade/create-index.ts";
import type { IndexOptions } from "../index-facade/index-facade.ts";
import { memoryIndex } from "../index-facade/memory-index.ts";
import { memoryPlugin } from "../plugins/memory-plugin.ts";
import { schemaToLocal } from "../schema/local-form.ts";
import { memorySource } from "../sources/memory-source.ts";
import { memoryStore } from "../stores/memory-store.ts";
import { loadDataset } from "./load-dataset.ts";

const items = (numbers: readonly number[]) => numbers.map((n) => ({ key: keyOf(n), sample: item(n) }));
const shard = (numbers: readonly number[]) => shardOf(Item, items(numbers));

function indexOver(files: Record<string, Uint8Array>, options: Partial<IndexOptions> = {}) {
  const repos = { local: { provider: memoryIndex(), store: memoryStore() } };
  return createIndex({ repos, formats: [memoryFormat()], sources: [memorySource(files)], ...options });
}

async function numbersIn(samples: AsyncIterable<object>): Promise<unknown[]> {
  const numbers: unknown[] = [];
  for await (const each of samples) numbers.push((each as { n: unknown }).n);
  return numbers;
}

describe("loadDataset", () => {
  it("loads splits of files in memory, and a dataset by its name", async () => {
    const files = { "d-train-0.mem": shard([1, 2]), "d-train-1.mem": shard([3]), "d-test-0.mem": shard([4]) };
    const index = indexOver(files);
    const dict = await loadDataset("memory:/d-*", { index, type: Item });
    expect(dict.splits).toEqual(["test", "train"]);
    expect(await numbersIn(dict.train)).toEqual([1, 2, 3]);
    expect(dict.test.shards).toEqual([{ url: "memory:/d-test-0.mem", bytes: files["d-test-0.mem"].length }]);
    const byHand = await loadDataset(".", {
      index,
      type: Item,
      splits: { a: "memory:/d-{train-1,test-0}.mem", b: "memory:/d-train-0.mem" },
    });
    expect(await numbersIn(byHand.require("a"))).toEqual([3, 4]);
    await index.write("items@1.0.0", Item, upTo(3).map(item));
    expect(await numbersIn((await loadDataset("@local/items@1.0", { index })).only)).toEqual([0, 1, 2]);
  });

  it("reads each split in the format that its names say, else in the first", async () => {
    const other = {
      ...memoryFormat(),
      name: "other",
      suffix: ".oth",
      matches: (name: string) => name.endsWith(".oth"),
    };
    const read: string[] = [];
    const formats = [memoryFormat(), other].map((format) => ({
      ...format,
      reader: (options: Parameters<typeof format.reader>[0]) => {
        read.push(`${format.name} ${options.shard}`);
        return format.reader(options);
      },
    }));
    const index = indexOver(
      { "train-0.oth": shard([1]), "train-0.mem": shard([4]), "test-0.mem": shard([2]), "val-0.bin": shard([3]) },
      { formats },
    );
    const dict = await loadDataset(["memory:/train-0.oth", "memory:/test-0.mem", "memory:/val-0.bin"], {
      index,
      type: Item,
    });
    for (const [, dataset] of dict) expect((await numbersIn(dataset)).length).toBe(1);
    expect(read).toEqual(["other memory:/train-0.oth", "memory memory:/test-0.mem", "memory memory:/val-0.bin"]);
    const mixed = loadDataset(["memory:/train-0.oth", "memory:/train-0.mem"], { index, type: Item });
    await expect(mixed).rejects.toMatchObject({ code: "REF_INVALID" });
  });

  it("reads with the plugins of the index, unless others are given", async () => {
    const opened: string[] = [];
    const plugin = (name: string) => ({
      ...memoryPlugin(),
      name,
      open: async () => {
        opened.push(name);
        return undefined;
      },
    });
    const index = indexOver({ "a.mem": shard([1, 2]) }, { plugins: [plugin("own")] });
    await (await loadDataset("memory:/a.mem", { index, type: Item })).only.count();
    await (await loadDataset("memory:/a.mem", { index, type: Item, plugins: [plugin("given")] })).only.count();
    expect(opened).toEqual(["own", "given"]);
  });

  it("joins the shards of several dataset files of one type, with what each tells", async () => {
    const files: Record<string, Uint8Array> = {};
    for (const [name, numbers] of [
      ["a-train", [1, 2]],
      ["b-train", [3]],
    ] as const) {
      const bytes = shard(numbers);
      files[`${name}-000000.mem`] = bytes;
      files[`${name}.dataset.json`] = formatDatasetFile({
        name,
        schema: schemaToLocal(Item),
        shards: [{ url: `${name}-000000.mem`, samples: numbers.length, bytes: bytes.length, sha256: "0".repeat(64) }],
        samples: numbers.length,
        bytes: bytes.length,
        createdAt: "2026-01-01T00:00:00.000Z",
      });
    }
    const index = indexOver(files);
    for (const ref of ["memory:/*-000000.mem", "memory:/{a,b}-train.dataset.json", "memory:/{a,b}-train.mem"]) {
      const { only } = await loadDataset(ref, { index });
      expect(only.type?.name).toBe("Item");
      expect(only.shards.map(({ samples }) => samples)).toEqual([2, 1]);
      expect(await numbersIn(only)).toEqual([1, 2, 3]);
    }
  });
});

import { describe, expect, it } from "vitest";
import { Item, item, itemDataset, numbers, shardOf, upTo } from "../../tests/dataset-fixture.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import { lens } from "../lens/lens.ts";
import { ndarray } from "../schema/ndarray-field.ts";
import { sample } from "../schema/sample.ts";
import { int, str } from "../schema/scalar-fields.ts";
import { memorySource } from "../sources/memory-source.ts";
import { batchSize } from "./batch.ts";
import { createDataset } from "./create-dataset.ts";

describe("batch", () => {
  it("stacks arrays and lists the rest", async () => {
    const { ds } = itemDataset([5]);
    const batches = [];
    for await (const batch of ds.batch(2)) batches.push(batch);
    expect(batches.map(batchSize)).toEqual([2, 2, 1]);
    expect(batches[0]?.pair).toEqual({ data: Float32Array.of(0, -0, 1, -1), shape: [2, 2], dtype: "float32" });
    expect(batches[2]?.pair.shape).toEqual([1, 2]);
    expect(batches[1]?.tags).toEqual([["even"], ["odd"]]);
    expect(batches[1]?.note).toEqual([undefined, "note 3"]);
    const whole = [];
    for await (const batch of ds.batch(2, { partial: "drop" })) whole.push(batchSize(batch));
    expect(whole).toEqual([2, 2]);
  });

  it("refuses arrays that differ, or lists them", async () => {
    const Ragged = sample("Ragged", { a: ndarray("uint8") });
    const rows = [1, 1, 2].map((length, i) => ({
      key: `k${i}`,
      sample: { a: { data: new Uint8Array(length).fill(i), shape: [length], dtype: "uint8" as const } },
    }));
    const source = memorySource({ "r.mem": shardOf(Ragged, rows) });
    const ds = createDataset({ type: Ragged, shards: [{ url: "r.mem" }], source, format: memoryFormat() });
    await expect(ds.batch(3).head()).rejects.toMatchObject({ code: "BATCH_SHAPE_MISMATCH", fields: { field: "a" } });
    const [batch] = await ds.batch(3, { ragged: "list" }).head();
    expect(batch?.a).toEqual(rows.map((row) => row.sample.a));
    const [two] = await ds.batch(2, { ragged: "list" }).head();
    expect(two?.a).toMatchObject({ shape: [2, 1] });
  });

  it("has the fields of all its samples when they have no type", async () => {
    const { ds } = itemDataset([3]);
    const mixed = ds.map(({ n }): Record<string, number> => (n === 1 ? { n, extra: 1 } : { n }));
    expect(await mixed.batch(3).head()).toEqual([{ n: [0, 1, 2], extra: [undefined, 1, undefined] }]);
    await expect(
      ds
        .map(({ n }) => n)
        .batch(2)
        .head(),
    ).rejects.toThrow(TypeError);
  });
});

describe("as", () => {
  const Short = sample("Short", { n: int(), name: str() });

  it("shows samples through a lens or as a type with some of their fields", async () => {
    const { ds } = itemDataset([3]);
    expect(await ds.as(Short).head(1)).toEqual([{ n: 0, name: "item 0" }]);
    const doubled = lens(Item, Short, { get: ({ n, name }) => ({ n: 2 * n, name }) });
    expect(await numbers(ds.as(doubled))).toEqual([0, 2, 4]);
    expect(ds.as(doubled).type).toBe(Short);
  });

  it("refuses a view of what the samples are not", () => {
    const { ds } = itemDataset([1]);
    const Other = sample("Other", { missing: int() });
    const mismatch = expect.objectContaining({ code: "SCHEMA_MISMATCH" });
    expect(() => ds.as(Other as never)).toThrow(mismatch);
    const away = lens(Other, Short, { get: ({ missing }) => ({ n: missing, name: "" }) });
    expect(() => ds.as(away as never)).toThrow(mismatch);
  });

  it("gives untyped samples a type, before and behind other operations", async () => {
    const { input } = itemDataset([4]);
    const { type: _, ...rest } = input;
    const raw = createDataset<Record<string, unknown>>(rest);
    expect(raw.type).toBeUndefined();
    expect((await raw.head(1))[0]?.pair).toBeInstanceOf(Uint8Array);
    for (const typed of [raw.as(Item), raw.filter(() => true).as(Item)])
      expect(await typed.head(4)).toEqual(upTo(4).map(item));
    expect(await raw.as(Short).head(1)).toEqual([{ n: 0, name: "item 0" }]);
    const doubled = lens(Item, Short, { get: ({ n, name }) => ({ n: 2 * n, name }) });
    expect(await numbers(raw.as(doubled as never))).toEqual([0, 2, 4, 6]);
    const mapped = raw.as(Item).map((each) => ({ ...each, more: 1 }));
    expect(await mapped.as(Item).head(4)).toEqual(upTo(4).map(item));
  });
});

describe("where", () => {
  it("keeps the samples for which a predicate is true", async () => {
    const { ds } = itemDataset([6, 6]);
    expect(await numbers(ds.where((f) => f.n.gt(3).and(f.tags.contains("even"))))).toEqual([4, 6, 8, 10]);
    expect(await numbers(ds.where((f) => f.note.isNull()).take(2))).toEqual([1, 2]);
    expect(await numbers(ds.where({ op: "in", field: "n", values: [3, 30] }))).toEqual([3]);
  });

  it("refuses fields that are not there", () => {
    const { ds } = itemDataset([1]);
    expect(() => ds.where({ op: "=", field: "nothing", value: 1 })).toThrow(
      expect.objectContaining({ code: "PREDICATE_INVALID" }),
    );
  });
});

describe("entries", () => {
  it("gives keys and shards, behind filters, maps and lenses too", async () => {
    const { ds } = itemDataset([2, 2]);
    const seen: unknown[] = [];
    const view = ds
      .where((f) => f.n.gt(0))
      .filter(async ({ n }) => n !== 2)
      .map(async ({ n }) => ({ n }), { concurrency: 2 });
    for await (const entry of view.entries()) seen.push(entry);
    expect(seen).toEqual([
      { key: "000001", shard: "s-0.mem", sample: { n: 1 } },
      { key: "000003", shard: "s-1.mem", sample: { n: 3 } },
    ]);
    expect(() => ds.batch(2).entries()).toThrow(TypeError);
  });
});

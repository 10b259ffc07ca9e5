import { countingSource } from "@atdata/conformance";
import { expect, it } from "vitest";
import { Item, item, numbers, upTo } from "../../tests/dataset-fixture.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { parseDatasetFile } from "../dataset/dataset-file.ts";
import { openFrom } from "../dataset/open-dataset.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import { memoryPlugin } from "../plugins/memory-plugin.ts";
import { sample } from "../schema/sample.ts";
import { int } from "../schema/scalar-fields.ts";
import { type MemoryStore, memoryStore } from "../stores/memory-store.ts";
import { writeSamples } from "../write/write-samples.ts";
import { materialize } from "./materialize.ts";

const format = memoryFormat();

async function source(plugins = [memoryPlugin()]) {
  const store = memoryStore();
  const names = { dataset: "d", single: "d.mem", numbered: (n: number) => `d-${n}.mem` };
  await writeSamples({ type: Item, store, format, names, maxSamples: 10, plugins }, upTo(30).map(item));
  const open = (more = {}) =>
    openFrom<Item>("memory:/d.dataset.json", { type: Item, format, sources: [store.source], plugins, ...more });
  return { store, open, plugins };
}

const names = (store: MemoryStore) => [...store.files.keys()].sort();
const dark = (ds: Dataset<Item>) => ds.where((f) => f.n.ge(18)).where((f) => f.tags.contains("odd"));
const matching = upTo(30).filter((n) => n >= 18 && n % 2 === 1);

it("writes the matches with their keys and bytes, and tells where they come from", async () => {
  for (const plugins of [[memoryPlugin()], []]) {
    const { open } = await source(plugins);
    const store = memoryStore();
    const view = await materialize(dark(await open()), { store });
    expect(await numbers(view)).toEqual(matching);
    const entries = [];
    for await (const { key } of view.entries()) entries.push(key);
    expect(entries).toEqual(matching.map((n) => String(n).padStart(9, "0")));
    const [json = "", shard = ""] = names(store);
    expect(json).toMatch(/^view-[0-9a-f]{32}\.dataset\.json$/);
    const file = parseDatasetFile(store.files.get(json) as Uint8Array, json);
    expect(file.metadata?.view).toMatchObject({
      predicate: { format: "atdata.predicate/1", where: { op: "and" } },
      shards: [{ name: "d-0.mem", samples: 10 }, { name: "d-1.mem" }, { name: "d-2.mem" }],
    });
    expect(shard).toBe(json.replace("dataset.json", "mem"));
  }
});

it("gives the view that is there without reading a sample, wherever the shards lie", async () => {
  const { store: from, open } = await source();
  const store = memoryStore();
  const first = await materialize(dark(await open()), { store });
  const moved = memoryStore();
  const copy = await from.get("d.dataset.json");
  for (const [name, bytes] of from.files) await moved.create(name, bytes);
  expect(copy).toBeDefined();
  const counted = countingSource(moved.source);
  const again = await openFrom<Item>("memory:/d.dataset.json", { type: Item, format, sources: [counted] });
  const before = counted.bytes;
  const second = await materialize(dark(again), { store });
  expect(second.shards).toEqual(first.shards);
  expect(counted.bytes).toBe(before);
  expect(names(store)).toHaveLength(2);
  await materialize(
    again.where((f) => f.n.ge(18)),
    { store },
  );
  await materialize(dark(again), { store, maxSamples: 2 });
  expect(names(store)).toHaveLength(2 + 2 + 4);
});

it("copies bytes that another writer would write otherwise, and writes plugins' sidecars for them", async () => {
  const store = memoryStore();
  const wide = sample("Wide", { n: int() });
  // A map with its integer in five bytes instead of one.
  const odd = { ...wide, codec: { ...wide.codec, write: (out: { append(b: Uint8Array): void }) => out.append(ODD) } };
  const file = { dataset: "w", single: "w.mem", numbered: String };
  await writeSamples({ type: odd, store, format, names: file }, [{ n: 7 }]);
  const ds = await openFrom("memory:/w.dataset.json", { type: wide, format, sources: [store.source] });
  const plugin = memoryPlugin();
  const view = await materialize(
    ds.where((f) => f.n.eq(7)),
    { store, plugins: [plugin] },
  );
  expect(await view.head()).toEqual([{ n: 7 }]);
  expect(
    Buffer.from(store.files.get(view.shards[0]?.url.slice("memory:/".length) ?? "") as Uint8Array).includes(
      Buffer.from(ODD),
    ),
  ).toBe(true);
  const { statistics } = await view.describe();
  expect(statistics?.n).toMatchObject({ count: 1, min: 7, max: 7 });
  expect(await view.plan((f) => f.n.eq(8))).toMatchObject({ strategy: "index", shards: 0, bytes: 0 });
});

const ODD = Uint8Array.of(0x81, 0xa1, 0x6e, 0xd2, 0, 0, 0, 7);

it("leaves out fields that the dataset ignores", async () => {
  const { open } = await source([]);
  const Narrow = sample("Narrow", { n: int() });
  const store = memoryStore();
  const ds = await open({ type: Narrow, extra: "ignore" });
  const view = await materialize(
    ds.where((f) => f.n.lt(2)),
    { store },
  );
  expect(await view.head()).toEqual([{ n: 0 }, { n: 1 }]);
});

it("of racers for one view all get it", async () => {
  const { open } = await source();
  const store = memoryStore();
  const views = await Promise.all(upTo(3).map(async () => materialize(dark(await open()), { store })));
  for (const view of views) expect(await numbers(view)).toEqual(matching);
  expect(names(store)).toHaveLength(2);
});

it("refuses what has no name or nothing in it, and leaves nothing behind", async () => {
  const { open } = await source();
  const store = memoryStore();
  const ds = await open();
  const none = materialize(
    ds.where((f) => f.n.gt(99)),
    { store },
  );
  await expect(none).rejects.toMatchObject({ code: "DATASET_EMPTY" });
  await expect(materialize(ds.take(2), { store })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  const reason = new Error("enough");
  const aborted = materialize(dark(ds), { store, signal: AbortSignal.abort(reason) });
  await expect(aborted).rejects.toBe(reason);
  await expect(materialize({ ...ds } as Dataset<Item>, { store })).rejects.toThrow(TypeError);
  expect(names(store)).toEqual([]);
});

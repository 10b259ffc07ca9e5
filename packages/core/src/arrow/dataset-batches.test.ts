import { RecordBatchStreamWriter, Table, tableFromIPC, tableToIPC } from "apache-arrow";
import * as parquet from "parquet-wasm";
import { expect, it } from "vitest";
import { createDataset } from "../dataset/create-dataset.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import { bool, bytes, dict, float, int, int64, list, ndarray, optional, sample, str } from "../index.ts";
import { fromNested } from "../ndarray/nested.ts";
import { decodeNpy } from "../ndarray/npy.ts";
import { memoryStore } from "../stores/memory-store.ts";
import { writeSamples } from "../write/write-samples.ts";
import { arrowSchema, toArrow } from "./index.ts";

const Row = sample("Row", {
  id: int64(),
  n: int(),
  x: float(),
  name: str(),
  on: bool(),
  raw: bytes(),
  tags: list(list(str())),
  ids: list(int()),
  image: ndarray("uint8", [2, 2]),
  half: optional(ndarray("float16", [2])),
  open: ndarray("float32", [null]),
  note: optional(str()),
  more: dict(int()),
});

function row(n: number) {
  return {
    ...{ id: 2n ** 60n + BigInt(n), n, x: n / 2, name: `é${n}`, on: n % 2 === 0, raw: Uint8Array.of(n, 0) },
    ...{
      tags: [[`a${n}`], []],
      ids: [n, -n],
      image: fromNested(
        [
          [n, 1],
          [2, 3],
        ],
        "uint8",
      ),
    },
    ...(n % 2 === 0 && { half: fromNested([1.5, n], "float16"), note: "even" }),
    open: fromNested([n, n + 0.5], "float32"),
    more: { a: 1 },
  };
}

async function dataset(count: number) {
  const [store, format] = [memoryStore(), memoryFormat()];
  const names = { dataset: "d", single: "d.mem", numbered: String };
  const samples = Array.from({ length: count }, (_, n) => row(n));
  const { shards } = await writeSamples({ type: Row, store, format, names }, samples as never);
  return createDataset({ type: Row, shards, source: store.source, format });
}

it("gives record batches that keep every value, through Arrow's own format", async () => {
  const batches = [];
  for await (const batch of toArrow(await dataset(7), { rows: 3 })) batches.push(batch);
  expect(batches.map(({ numRows }) => numRows)).toEqual([3, 3, 1]);
  const table = tableFromIPC(tableToIPC(new Table(batches)));
  expect(table.schema.fields.map(String)).toEqual(arrowSchema(Row).fields.map(String));
  expect(table.schema.fields.map(({ name }) => name)).not.toContain("more");
  for (const n of [0, 5, 6]) {
    const got = table.get(n)?.toJSON() ?? {};
    const want = row(n);
    expect(got).toMatchObject({
      __key__: String(n).padStart(9, "0"),
      id: want.id,
      n: BigInt(n),
      x: n / 2,
      name: want.name,
    });
    expect([got.on, got.note, got.raw]).toEqual([want.on, n % 2 === 0 ? "even" : null, want.raw]);
    expect([...got.ids]).toEqual([BigInt(n), BigInt(-n)]);
    expect([...got.tags].map((inner) => [...inner])).toEqual(want.tags);
    expect([...got.image]).toEqual([n, 1, 2, 3]);
    expect(got.half === null ? null : [...got.half]).toEqual(n % 2 === 0 ? [1.5, n] : null);
    expect(decodeNpy(got.open)).toEqual(want.open);
  }
  const image = table.schema.fields.find(({ name }) => name === "image");
  expect(image?.metadata.get("ARROW:extension:metadata")).toBe('{"shape":[2,2]}');
});

it("gives batches that become Parquet and come back from it", async () => {
  const writer = new RecordBatchStreamWriter();
  for await (const batch of toArrow(await dataset(4))) writer.write(batch);
  writer.finish();
  const file = parquet.writeParquet(parquet.Table.fromIPCStream(await writer.toUint8Array()));
  const table = tableFromIPC(parquet.readParquet(file).intoIPCStream());
  const last = table.get(3)?.toJSON() ?? {};
  expect(last).toMatchObject({ n: 3n, name: "é3", half: null, note: null, on: false });
  expect([...last.image]).toEqual([3, 1, 2, 3]);
  expect([...(table.get(2)?.toJSON().half ?? [])]).toEqual([1.5, 2]);
});

it("ends a batch when its arrays are large, and refuses what has no columns", async () => {
  const Wide = sample("Wide", { data: bytes() });
  const [store, format] = [memoryStore(), memoryFormat()];
  const names = { dataset: "w", single: "w.mem", numbered: String };
  const samples = Array.from({ length: 5 }, () => ({ data: new Uint8Array(9 * 1024 * 1024) }));
  const { shards } = await writeSamples({ type: Wide, store, format, names }, samples);
  const ds = createDataset({ type: Wide, shards, source: store.source, format });
  const sizes = [];
  for await (const batch of toArrow(ds)) sizes.push(batch.numRows);
  expect(sizes).toEqual([2, 2, 1]);
  await expect(toArrow(ds.map((each) => each)).next()).rejects.toMatchObject({ code: "UNSUPPORTED" });
  await expect(toArrow(ds, { rows: 0 }).next()).rejects.toThrow(RangeError);
  const Big = sample("Big", { id: int64() });
  const big = { dataset: "b", single: "b.mem", numbered: String };
  const written = await writeSamples({ type: Big, store, format, names: big }, [{ id: 2n ** 63n }]);
  const large = createDataset({ type: Big, shards: written.shards, source: store.source, format });
  await expect(toArrow(large).next()).rejects.toMatchObject({ code: "INTEGER_TOO_LARGE", fields: { field: "id" } });
});

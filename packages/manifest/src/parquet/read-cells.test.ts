import { initArrow } from "@atdata/core/arrow";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import * as parquet from "parquet-wasm";
import { expect, it } from "vitest";
import { readCells } from "./read-cells.ts";

it.each([true, false])("keeps byte order marks, with dictionaries: %s", async (dictionaries) => {
  await initArrow();
  const texts = ["\uFEFFa", "a", `\uFEFF${"é".repeat(50)}`, "\uFEFF", "\uFEFFa"];
  const table = parquet.Table.fromIPCStream(tableToIPC(tableFromArrays({ t: texts }), "stream"));
  const settings = new parquet.WriterPropertiesBuilder().setDictionaryEnabled(dictionaries).build();
  const { buffer } = parquet.writeParquet(table, settings).slice();
  const file = { byteLength: buffer.byteLength, slice: (from: number, to?: number) => buffer.slice(from, to) };
  const cells = await readCells(file, parquetMetadata(buffer), ["t"]);
  expect(Array.from(cells.get("t") ?? [])).toEqual(texts);
});

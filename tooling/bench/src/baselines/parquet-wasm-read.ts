import { readFile } from "node:fs/promises";
import { type Table, tableFromIPC } from "apache-arrow";
import { readParquet } from "parquet-wasm";

/** Decodes columns of a Parquet file into an Arrow table, as the documentation of `parquet-wasm` shows. */
export async function readColumns(path: string, columns: string[]): Promise<Table> {
  const table = readParquet(await readFile(path), { columns });
  return tableFromIPC(table.intoIPCStream());
}

import { AtdataError, type CallOptions, type DataSource } from "@atdata/core";
import type { Int64Column } from "../engine/column.ts";
import { slices, testable } from "../read/file-columns.ts";
import { type FileColumn, ParquetFile } from "../read/parquet-file.ts";
import { KEY, OFFSET, SIZE } from "../rows/row-columns.ts";

/** Where a row says that a sample lies. */
export interface Place {
  readonly key: string;
  readonly offset: number;
  readonly size: number;
}

/**
 * Reads the keys and places of all rows of a `X.manifest.parquet`.
 *
 * @throws AtdataError `MANIFEST_INVALID`, or what the source says.
 */
export async function readPlaces(source: DataSource, url: string, options: CallOptions): Promise<readonly Place[]> {
  const file = await ParquetFile.open(source, url, options);
  const columns = await file.read(
    new Map([
      [KEY, "BYTE_ARRAY"],
      [OFFSET, "INT64"],
      [SIZE, "INT64"],
    ]),
    options,
  );
  const keys = slices(columns.get(KEY) as FileColumn);
  const [offsets, sizes] = [OFFSET, SIZE].map(
    (name) => testable(columns.get(name) as FileColumn, "int64", false) as Int64Column,
  );
  if (keys === undefined) throw new AtdataError("MANIFEST_INVALID", "a row has no key", { url });
  return Array.from({ length: file.rows }, (_, row) => {
    const [offset, size] = [offsets, sizes].map((column) =>
      column?.nulls?.[row] === 1 ? undefined : column?.values[row],
    );
    if (offset !== undefined && size !== undefined) {
      return { key: keys.text(row), offset: Number(offset), size: Number(size) };
    }
    throw new AtdataError("MANIFEST_INVALID", `row ${row} has no place`, { url });
  });
}

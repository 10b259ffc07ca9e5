import { AtdataError, type CallOptions, type DataSource } from "@atdata/core";
import { ParquetFile } from "../read/parquet-file.ts";
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
  const [keys, offsets, sizes] = [KEY, OFFSET, SIZE].map((name) => columns.get(name) ?? []);
  return Array.from({ length: file.rows }, (_, row) => {
    const [key, offset, size] = [keys?.[row], offsets?.[row], sizes?.[row]];
    if (typeof key === "string" && typeof offset === "bigint" && typeof size === "bigint") {
      return { key, offset: Number(offset), size: Number(size) };
    }
    throw new AtdataError("MANIFEST_INVALID", `row ${row} has no key or no place`, { url });
  });
}

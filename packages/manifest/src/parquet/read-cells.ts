import { type AsyncBuffer, type FileMetaData, parquetRead } from "hyparquet";
import { type ColumnChunk, mergeChunks } from "./merge-chunks.ts";
import { textCache } from "./text-cache.ts";

/** Reads whole columns of any pages, text decoded and bytes not; null or undefined where there is no value. */
export async function readCells(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly string[],
): Promise<Map<string, ArrayLike<unknown>>> {
  const chunks = new Map<string, ColumnChunk[]>(columns.map((name) => [name, []]));
  const decode = textCache();
  await parquetRead({
    ...{ file, metadata, columns: [...columns], geoparquet: false },
    // Hashes are bytes; texts are marked as such.
    utf8: false,
    parsers: { stringFromBytes: (bytes: Uint8Array) => decode(bytes) },
    onChunk: ({ columnName, columnData, rowStart }) => {
      chunks.get(columnName)?.push({ from: rowStart, cells: columnData });
    },
  });
  const rows = Number(metadata.num_rows);
  return new Map(
    Array.from(chunks, ([name, parts]) => {
      const cells = mergeChunks(parts);
      if (cells.length !== rows) throw new RangeError(`column ${name} has ${cells.length} of ${rows} rows`);
      return [name, cells];
    }),
  );
}

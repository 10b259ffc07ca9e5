import type { ColumnMetaData, FileMetaData } from "hyparquet";
import { mayBePlain } from "./pages.ts";

/** Where one column of a row group lies in its file. */
export interface ChunkPlace {
  readonly meta: ColumnMetaData;
  readonly start: number;
  readonly end: number;
}

/** Finds the parts of the columns that may be of plain pages in all row groups, one a group and in their order. */
export function findChunks({ row_groups: groups }: FileMetaData): Map<string, readonly ChunkPlace[]> {
  const found = new Map<string, ChunkPlace[]>();
  for (const { columns } of groups) {
    for (const { meta_data: meta } of columns) {
      const name = meta?.path_in_schema[0];
      if (meta === undefined || name === undefined || !mayBePlain(meta)) continue;
      const start = Number(meta.data_page_offset);
      const place = { meta, start, end: start + Number(meta.total_compressed_size) };
      const places = found.get(name);
      if (places === undefined) found.set(name, [place]);
      else places.push(place);
    }
  }
  // A struct has several columns of one name.
  return new Map([...found].filter(([, places]) => places.length === groups.length));
}

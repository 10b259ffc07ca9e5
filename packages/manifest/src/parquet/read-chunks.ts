import type { AsyncBuffer } from "hyparquet";
import { inOrder } from "../read/in-order.ts";
import type { PlainChunk } from "./decode-column.ts";
import type { ChunkPlace } from "./find-chunks.ts";

/** Ranges of one file that are read at once. */
const AT_ONCE = 8;

interface Range {
  readonly start: number;
  end: number;
  readonly of: ChunkPlace[];
}

/** Reads parts of columns, in the order given; those that lie side by side are one read. */
export async function readChunks(file: AsyncBuffer, places: readonly ChunkPlace[]): Promise<PlainChunk[]> {
  const ranges: Range[] = [];
  for (const place of [...places].sort((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    if (last?.end === place.start) {
      last.end = place.end;
      last.of.push(place);
    } else ranges.push({ start: place.start, end: place.end, of: [place] });
  }
  const read = async ({ start, end, of }: Range) => ({ start, of, bytes: await file.slice(start, end) });
  const chunks = new Map<ChunkPlace, PlainChunk>();
  for await (const { start, of, bytes } of inOrder(ranges, AT_ONCE, read)) {
    for (const place of of) {
      const { meta } = place;
      chunks.set(place, { meta, bytes: new Uint8Array(bytes, place.start - start, place.end - place.start) });
    }
  }
  return places.map((place) => chunks.get(place) as PlainChunk);
}

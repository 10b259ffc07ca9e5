import { AtdataError } from "../errors.ts";
import { STEP_RECORD } from "../protocols/shard-format.ts";
import type { Entry } from "./base-context.ts";
import type { DatasetInput } from "./read-options.ts";
import type { SampleReader } from "./sample-reader.ts";

/** A key this long may have been cut where a header has only so much room for it. */
const CUT_KEY_BYTES = 96;

/**
 * Reads the record at a place with one range read, and checks that it is there.
 *
 * @throws AtdataError `SHARD_CORRUPT` when another record, or none, lies there.
 */
export async function readLocated(
  input: DatasetInput<unknown>,
  samples: SampleReader<unknown>,
  shard: number,
  place: { readonly offset: number; readonly size: number; readonly key?: string },
  signal: AbortSignal | undefined,
): Promise<Entry<unknown>> {
  const { source, format, shards } = input;
  const url = shards[shard]?.url as string;
  const reader = format.reader({ shard: url });
  const span = format.span(place.offset, place.size);
  const bytes = await source.read?.(url, span.from, span.length, { signal });
  if (bytes === undefined) throw noRanges(source.name);
  reader.push(bytes, span.from);
  reader.finish();
  const key = reader.next() === STEP_RECORD && reader.offset === place.offset ? reader.key() : undefined;
  if (key === undefined || (place.key !== undefined && !isSameKey(place.key, key))) {
    const fields = { shard: url, offset: place.offset, ...(place.key !== undefined && { key: place.key }) };
    throw new AtdataError("SHARD_CORRUPT", "no such sample at its recorded place", fields, {
      hint: "the shard was changed after its index was made; make the index again",
    });
  }
  return { key: place.key ?? key, shard: url, sample: samples.read(reader, shard) };
}

/** Says that a source cannot do what reading from places takes. */
export function noRanges(operation: string): AtdataError {
  return new AtdataError("UNSUPPORTED", "samples cannot be read from their places here", { operation });
}

function isSameKey(want: string, found: string): boolean {
  if (want === found) return true;
  const cut = found.replace(/\uFFFD+$/, "");
  return new TextEncoder().encode(found).length >= CUT_KEY_BYTES && want.startsWith(cut);
}

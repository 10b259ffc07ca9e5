import { AtdataError } from "../errors.ts";
import { STEP_RECORD } from "../protocols/shard-format.ts";
import type { DatasetInput } from "./read-options.ts";
import type { SampleReader } from "./sample-reader.ts";

/** A sample that was read from its place. */
export interface LocatedSample<S> {
  /** Its key, as the shard says. */
  readonly key: string;
  /** The sample. */
  readonly sample: S;
}

/**
 * Reads the record at a place with one range read, and checks that it is there.
 *
 * @throws AtdataError `SHARD_CORRUPT` when another record, or none, lies there.
 */
export async function readLocated<S>(
  input: DatasetInput<S>,
  samples: SampleReader<S>,
  shard: number,
  place: { readonly offset: number; readonly size: number; readonly key?: string },
  signal: AbortSignal | undefined,
): Promise<LocatedSample<S>> {
  const { source, format, shards } = input;
  const url = shards[shard]?.url as string;
  const reader = format.reader({ shard: url });
  const span = format.span(place.offset, place.size);
  const bytes = await source.read?.(url, span.from, span.length, { signal });
  if (bytes === undefined)
    throw new AtdataError("UNSUPPORTED", "source cannot read ranges", { operation: source.name });
  reader.push(bytes, span.from);
  reader.finish();
  if (reader.next() !== STEP_RECORD || reader.offset !== place.offset || (place.key ?? reader.key()) !== reader.key()) {
    throw new AtdataError(
      "SHARD_CORRUPT",
      "no such sample at its recorded place",
      {
        shard: url,
        offset: place.offset,
        ...(place.key !== undefined && { key: place.key }),
      },
      { hint: "the shard was changed after its index was made; make the index again" },
    );
  }
  return { key: reader.key(), sample: samples.read(reader, shard) };
}

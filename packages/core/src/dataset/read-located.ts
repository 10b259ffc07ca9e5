import { AtdataError, isAtdataError } from "../errors.ts";
import { createHasher } from "../hasher.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import { type ShardReader, STEP_RECORD } from "../protocols/shard-format.ts";
import { type PayloadEntry, payloadOf } from "./base-context.ts";
import type { Place } from "./place.ts";
import type { DatasetInput } from "./read-options.ts";
import type { SampleReader } from "./sample-reader.ts";

/** A key this long may have been cut where a header has only so much room for it. */
const CUT_KEY_BYTES = 96;

const STALE =
  "the shard was changed after its index was made; make the index again, manifests with atdata manifest build";

/**
 * Reads the record at a place with one range read, and checks that it is there.
 *
 * @throws AtdataError what `decodeLocated` throws.
 */
export async function readLocated(
  input: DatasetInput<unknown>,
  samples: SampleReader<unknown>,
  shard: number,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<PayloadEntry<unknown>> {
  const { source, format, shards } = input;
  const span = format.span(place.offset, place.size);
  const { url, sha256 } = shards[shard] as ShardInfo;
  const bytes = await source.read?.(url, span.from, span.length, { signal, sha256 });
  if (bytes === undefined) throw noRanges(source.name);
  return decodeLocated(input, samples, shard, place, { bytes, from: span.from });
}

/**
 * Takes the record at a place out of bytes of its shard, the first of which stands at `from`, and checks that it is there.
 *
 * @throws AtdataError `SHARD_CORRUPT` when another record, or none, lies there, `SHARD_TRUNCATED` when the shard ends within it;
 *   `CHECKSUM_MISMATCH` when its bytes are others.
 */
export function decodeLocated(
  input: DatasetInput<unknown>,
  samples: SampleReader<unknown>,
  shard: number,
  place: Place,
  { bytes, from }: { readonly bytes: Uint8Array; readonly from: number },
): PayloadEntry<unknown> {
  const url = input.shards[shard]?.url as string;
  const reader = input.format.reader({ shard: url });
  const key = keyAt(reader, { bytes, from }, url, place);
  if (key === undefined || (place.key !== undefined && !isSameKey(place.key, key))) {
    const fields = placeFields(url, place);
    throw new AtdataError("SHARD_CORRUPT", "no such sample at its recorded place", fields, { hint: STALE });
  }
  const known = place.key ?? key;
  if (place.sha256 !== undefined && input.verify !== false) {
    checkPayload(input, reader, { shard: url, key: known, want: place.sha256 });
  }
  return { key: known, shard: url, sample: samples.read(reader, shard), payload: payloadOf(reader) };
}

/** Reads the one record of some bytes, and gives its key where it starts at the offset. */
function keyAt(
  reader: ShardReader,
  { bytes, from }: { readonly bytes: Uint8Array; readonly from: number },
  shard: string,
  place: Place,
): string | undefined {
  try {
    reader.push(bytes, from);
    reader.finish();
    return reader.next() === STEP_RECORD && reader.offset === place.offset ? reader.key() : undefined;
  } catch (cause) {
    // Bytes that are no shard's, or too few: of the shard as it was they would not be.
    if (!isAtdataError(cause, "SHARD_TRUNCATED", "SHARD_CORRUPT")) throw cause;
    const fields = placeFields(shard, place);
    throw new AtdataError(cause.code, "no whole sample at its recorded place", fields, { hint: STALE, cause });
  }
}

/** Errors alone need them, and a query reads many samples. */
function placeFields(shard: string, { offset, key }: Place): { shard: string; offset: number; key?: string } {
  return { shard, offset, ...(key !== undefined && { key }) };
}

/** Compares the payload that a reader stands on with its sha256. A sample of several files has no payload. */
function checkPayload(
  input: DatasetInput<unknown>,
  reader: ShardReader,
  wanted: { readonly shard: string; readonly key: string; readonly want: string },
): void {
  if (reader.members() !== undefined) return;
  const hasher = (input.createHasher ?? createHasher)();
  hasher.update(reader.bytes.subarray(reader.start, reader.end));
  const got = hasher.hex();
  if (got === wanted.want.toLowerCase()) return;
  throw new AtdataError("CHECKSUM_MISMATCH", "sample differs from its checksum", { ...wanted, got }, { hint: STALE });
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

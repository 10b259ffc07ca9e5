import { createDataset, type RawSample, type SampleType } from "@atdata/core";
import { wds } from "@atdata/wds/node";
import type { Opened } from "./open.ts";

/** A sample as it is stored: its payload, or its files by extension, decoded, where it has several. */
export type StoredSample = Uint8Array | RawSample;

/**
 * Stands in for a type where samples are wanted undecoded: in a payload the float `1.0` and the integer `1` still differ.
 *
 * It has no fields and writes nothing.
 */
const stored: SampleType<StoredSample> = {
  name: "Stored",
  version: undefined,
  description: undefined,
  fields: {},
  encode: notWritten,
  decode: (payload) => payload.slice(),
  is: (_value): _value is StoredSample => true,
  codec: {
    read(cursor) {
      const payload = cursor.bytes.slice(cursor.pos, cursor.end);
      cursor.pos = cursor.end;
      return payload;
    },
    write: notWritten,
  },
  "~standard": { version: 1, vendor: "atdata", validate: (value) => ({ value: value as StoredSample }) },
};

/** Reads the first samples of a dataset as they are stored. */
export async function storedSamples(opened: Opened, count: number, signal: AbortSignal): Promise<StoredSample[]> {
  const format = wds();
  const samples = createDataset<StoredSample>({
    type: stored,
    source: opened.source,
    shards: opened.dataset.shards,
    format: { ...format, decodeMembers: (members) => format.decodeMembers?.(members) ?? {} },
  });
  return samples.head(count, { signal });
}

function notWritten(): never {
  throw new TypeError("stored samples are only read");
}

import {
  createDataset,
  type DataSource,
  type Member,
  type RawSample,
  type SampleType,
  type ShardFormat,
  type ShardInfo,
} from "@atdata/core";
import { wds } from "@atdata/wds/node";

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

const format: ShardFormat = wds();

/** Shards with what reads them. */
interface Stored {
  readonly source: DataSource;
  readonly dataset: { readonly shards: readonly ShardInfo[] };
}

/** Reads the first samples of a dataset as they are stored. */
export function storedSamples(opened: Stored, count: number, signal: AbortSignal): Promise<StoredSample[]> {
  return read(opened, count, signal, (members) => format.decodeMembers?.(members) ?? {});
}

/** Tells the extensions of the first sample's files; none where it is a single payload. */
export async function firstExtensions(opened: Stored, signal: AbortSignal): Promise<readonly string[]> {
  const undecoded = (members: readonly Member[]): RawSample =>
    Object.fromEntries(members.map(({ extension, bytes }) => [extension, bytes]));
  const [first] = await read(opened, 1, signal, undecoded);
  return first === undefined || first instanceof Uint8Array ? [] : Object.keys(first);
}

function read(
  { source, dataset: { shards } }: Stored,
  count: number,
  signal: AbortSignal,
  decodeMembers: (members: readonly Member[]) => RawSample,
): Promise<StoredSample[]> {
  const samples = createDataset<StoredSample>({ type: stored, source, shards, format: { ...format, decodeMembers } });
  return samples.head(count, { signal });
}

function notWritten(): never {
  throw new TypeError("stored samples are only read");
}

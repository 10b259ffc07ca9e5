import {
  ByteWriter,
  isAtdataError,
  type ReadStep,
  type ShardFormat,
  type ShardReader,
  STEP_END,
  STEP_MORE,
  STEP_RECORD,
} from "@atdata/core";
import { ConformanceError } from "./case.ts";
import { ensure, pattern, same, sameBytes } from "./expect.ts";

/** A shard that the format must read, from another writer. */
export interface SampleShard {
  /** A name for messages. */
  readonly name: string;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** The keys it holds, in order. */
  readonly keys: readonly string[];
}

/** A format made by the backend's author. */
export interface FormatFixture {
  /** The format. */
  readonly format: ShardFormat;
  /** Shards of other writers. */
  readonly shards?: readonly SampleShard[] | undefined;
}

/** Makes a format. */
export type MakeFormat = () => FormatFixture | Promise<FormatFixture>;

/** A record as it was read or written. */
export interface FormatRecord {
  /** Its key. */
  readonly key: string;
  /** Where its payload starts. */
  readonly offset: number;
  /** Length of the payload. */
  readonly size: number;
  /** The payload; empty when it was skipped, or when the sample consists of several files. */
  readonly payload: Uint8Array;
}

/** Keys and payloads of awkward lengths, around the block lengths that formats like. */
export const RECORDS: readonly { readonly key: string; readonly payload: Uint8Array }[] = [
  0, 1, 511, 512, 513, 1024, 9_001, 3,
].map((length, i) => ({ key: `${i}`.padStart(9, "0"), payload: pattern(length, i + 1) }));

/** Writes records into a shard and tells where the payloads came to lie. */
export function writeRecords(
  format: ShardFormat,
  records: readonly { readonly key: string; readonly payload: Uint8Array }[],
): { bytes: Uint8Array; sizes: readonly number[]; closed: number } {
  const out = new ByteWriter(64);
  const writer = format.writer();
  const sizes: number[] = [];
  for (const { key, payload } of records) {
    writer.begin(out, key);
    out.append(payload);
    sizes.push(writer.end(out));
  }
  const before = out.length;
  writer.close(out);
  return { bytes: out.toBytes(), sizes, closed: out.length - before };
}

/** How {@link readRecords} feeds a reader. */
export interface FeedOptions {
  /** Lengths of the chunks, one after the other, from the start again when they run out. */
  readonly lengths?: readonly number[];
  /** Overwrite each chunk when the reader asks for more, as a source does with released memory. */
  readonly overwrite?: boolean;
  /** Skip payloads. */
  readonly locate?: boolean;
  /** Go on where the reader wants to, instead of giving every byte. */
  readonly jump?: boolean;
}

/** Reads a shard to its end; fails when the reader does not come to one. */
export function readRecords(format: ShardFormat, bytes: Uint8Array, options: FeedOptions = {}): FormatRecord[] {
  const reader = format.reader({ shard: "shard-of-the-kit", locate: options.locate });
  const records: FormatRecord[] = [];
  for (const _ of steps(reader, bytes, options)) records.push(record(reader, options.locate ?? false));
  return records;
}

/** Feeds a reader and stops at each record. */
export function* steps(reader: ShardReader, bytes: Uint8Array, options: FeedOptions = {}): Generator<void> {
  const lengths = options.lengths ?? [bytes.length];
  let position = 0;
  let chunk: Uint8Array | undefined;
  let finished = false;
  let turns = 0;
  // Each record and each chunk takes a step or two; more means that it stands still.
  for (let left = 4 * bytes.length + 100; left > 0; left--) {
    const step: ReadStep = reader.next();
    if (step === STEP_END) return;
    if (step === STEP_RECORD) {
      yield;
      continue;
    }
    same(step, STEP_MORE, "a step");
    ensure(!finished, "the reader wants more after finish");
    if (options.overwrite) chunk?.fill(0xee);
    if (options.jump) position = Math.max(position, reader.position);
    if (position >= bytes.length) {
      finished = true;
      reader.finish();
      continue;
    }
    chunk = bytes.slice(position, position + Math.max(1, lengths[turns++ % lengths.length] ?? 1));
    if (options.jump) reader.push(chunk, position);
    else reader.push(chunk);
    position += chunk.length;
  }
  throw new ConformanceError("the reader does not come to an end");
}

/** Takes what a reader stands on. */
export function record(reader: ShardReader, locate: boolean): FormatRecord {
  const { offset, size } = reader;
  const skipped = locate || reader.members() !== undefined;
  const payload = skipped ? new Uint8Array() : reader.bytes.slice(reader.start, reader.end);
  return { key: reader.key(), offset, size, payload };
}

/** Fails unless the records are those of {@link RECORDS}, at the places where their payloads lie in `bytes`. */
export function sameRecords(got: readonly FormatRecord[], bytes: Uint8Array, what: string, locate = false): void {
  same(
    got.map(({ key }) => key),
    RECORDS.map(({ key }) => key),
    `keys, ${what}`,
  );
  for (const [i, { payload }] of RECORDS.entries()) {
    const one = got[i];
    ensure(one !== undefined, "a record is missing");
    same(one.size, payload.length, `size of record ${i}, ${what}`);
    sameBytes(
      bytes.subarray(one.offset, one.offset + one.size),
      payload,
      `bytes at the offset of record ${i}, ${what}`,
    );
    if (!locate) sameBytes(one.payload, payload, `payload of record ${i}, ${what}`);
  }
}

/** Runs `read`; gives the error's code when it is one of a damaged shard, and fails for any other error. */
export function damage(read: () => void, what: string): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    const known = isAtdataError(error, "SHARD_TRUNCATED", "SHARD_CORRUPT", "DUPLICATE_MEMBER");
    if (!known) throw new ConformanceError(`${what}: ${String(error)}`, { cause: error });
    return error.code;
  }
}

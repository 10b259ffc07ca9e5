import type { ByteWriter } from "../codec/byte-writer.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { ByteReader } from "./data-source.ts";

/** What {@link ShardReader.next} found: a record, a need for more bytes, or the end of the shard. */
export type ReadStep = typeof STEP_MORE | typeof STEP_RECORD | typeof STEP_END;
/** The reader needs more bytes: call `push` or `finish`, then `next`. */
export const STEP_MORE: 0 = 0;
/** The reader stands on a record. */
export const STEP_RECORD: 1 = 1;
/** The shard has ended. */
export const STEP_END: 2 = 2;

/** One file of a sample that consists of several. */
export interface Member {
  /** The name after the key's dot, lower-case, such as `"jpg"` or `"seg.png"`. */
  readonly extension: string;
  /** Its content, in memory of its own. */
  readonly bytes: Uint8Array;
}

/**
 * Finds the samples in the bytes of one shard: a synchronous state machine that is fed chunks.
 *
 * While it stands on a record, `bytes.subarray(start, end)` is the payload, `offset` its place in the shard, and
 * `key()` its key; all four hold until the next call of `next`. A sample of several files has `members` instead of a payload.
 *
 * **For implementors:** `bytes` is either the chunk that was pushed or memory of the reader's own (a record that spans
 * chunks). A reader must not refer to a pushed chunk any more once it has answered `STEP_MORE`.
 * Errors are `SHARD_TRUNCATED`, `SHARD_CORRUPT` or `DUPLICATE_MEMBER`.
 */
export interface ShardReader {
  /**
   * Gives the bytes that follow the ones given before. `offset` says where they stand in the shard: after a jump (not
   * beyond `position`), or when a fresh reader starts in the middle, at a {@link ShardFormat.span}.
   *
   * @throws RangeError – `offset` lies beyond `position`.
   */
  push(chunk: Uint8Array, offset?: number): void;
  /** Says that the shard ends where the bytes given last end; after a jump to its end, push no bytes at that offset before. */
  finish(): void;
  /** Moves on. */
  next(): ReadStep;
  /** The memory that the payload is in. */
  readonly bytes: Uint8Array;
  /** First byte of the payload within `bytes`. */
  readonly start: number;
  /** First byte behind the payload within `bytes`. */
  readonly end: number;
  /** Where the payload starts in the shard (after decompression); of several files, what `span` needs to find the first. */
  readonly offset: number;
  /** Length of the payload, also when its bytes were skipped; of several files, from `offset` to the last one's end. */
  readonly size: number;
  /** Byte of the shard that the reader wants next; with `locate` it may lie beyond what was pushed. */
  readonly position: number;
  /** Equal distance from record to record when the last ones had one, otherwise 0: a hint for the chunk length. */
  readonly stride: number;
  /** The current record's key. */
  key(): string;
  /** The files of a sample that has no single payload, otherwise `undefined`. */
  members(): readonly Member[] | undefined;
}

/** Bytes of a shard. */
export interface ByteSpan {
  /** First byte. */
  readonly from: number;
  /** Number of bytes. */
  readonly length: number;
}

/** Options of {@link ShardFormat.reader}. */
export interface ShardReaderOptions {
  /** The shard's url, for messages. */
  readonly shard: string;
  /** Only keys, offsets and sizes are wanted: payload bytes are skipped, and `position` may jump ahead. */
  readonly locate?: boolean | undefined;
}

/**
 * Frames samples into the bytes of a shard: `begin`, the payload straight into the same buffer, `end`.
 *
 * **For implementors:** a writer keeps no state between samples except what a header template needs.
 */
export interface ShardWriter {
  /** Appends the header of a sample; its size is filled in by `end`. */
  begin(out: ByteWriter, key: string): void;
  /** Completes the sample begun last: fills in the size and pads. Returns the length of its payload. */
  end(out: ByteWriter): number;
  /** Appends what closes a shard. */
  close(out: ByteWriter): void;
  /** Number of bytes that `close` appends. */
  readonly closeBytes: number;
}

/** A container of samples: bytes to records and back. */
export interface ShardFormat {
  /** Short name, such as `"wds"`. */
  readonly name: string;
  /** File name suffix of shards that are written, such as `".tar"`. */
  readonly suffix: string;
  /** Tells whether a file name looks like a shard of this format, compressed ones included. */
  matches(name: string): boolean;
  /** Starts reading one shard. */
  reader(options: ShardReaderOptions): ShardReader;
  /**
   * Tells which bytes a fresh reader, given them by `push(bytes, span.from)`, needs to find the sample whose payload lies at `offset`.
   *
   * The key that it then tells may be cut, where the format keeps long keys elsewhere.
   */
  span(offset: number, size: number): ByteSpan;
  /** Removes a compression, recognised by content; the result's `compression` then names it. */
  unwrap?(bytes: ByteReader, shard: string): Promise<ByteReader>;
  /** Starts writing shards. */
  writer(): ShardWriter;
  /**
   * Turns the files of a sample into a sample; present where samples may have several.
   *
   * With a type, each of its fields is decoded as the type says, and files of no field are left out; without one, files are decoded by
   * their extensions. Throws `MEMBER_INVALID`, or what the type's own `decode` does.
   */
  decodeMembers?(members: readonly Member[], type?: SampleType): Record<string, unknown>;
  /** Checks a key before it is written; throws `KEY_INVALID`. */
  checkKey(key: string): void;
}

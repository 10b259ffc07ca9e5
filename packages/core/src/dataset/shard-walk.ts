import { AtdataError } from "../errors.ts";
import type { ByteReader, ShardInfo } from "../protocols/data-source.ts";
import { type ShardReader, STEP_END, STEP_RECORD } from "../protocols/shard-format.ts";
import { openShard } from "./open-shard.ts";
import type { DatasetInput } from "./read-options.ts";

/** Bytes read at one spot; a gap shorter than this is read rather than jumped over. */
const WINDOW = 256 * 1024;

/** Where a record lies in its shard. */
export interface RecordPlace {
  /** Its key. */
  readonly key: string;
  /** Where its payload starts. */
  readonly offset: number;
  /** Length of the payload. */
  readonly size: number;
  /** Whether it can be read by its place: not in a compressed shard. */
  readonly ranged: boolean;
}

/**
 * Walks the headers of a shard without decoding: by range reads that jump over long payloads where the source can, else
 * by reading through.
 */
export async function* walkShard(
  input: DatasetInput<unknown>,
  shard: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordPlace> {
  const info = input.shards[shard];
  if (info === undefined) throw new RangeError(`no shard ${shard}`);
  const reader = input.format.reader({ shard: info.url, locate: true });
  const feed = await openFeed(input, info, signal);
  try {
    for (;;) {
      const step = reader.next();
      if (step === STEP_RECORD)
        yield { key: reader.key(), offset: reader.offset, size: reader.size, ranged: feed.ranged };
      else if (step === STEP_END) return;
      else await feed.next(reader);
    }
  } finally {
    await feed.close();
  }
}

interface Feed {
  readonly ranged: boolean;
  next(reader: ShardReader): Promise<void>;
  close(): Promise<void>;
}

async function openFeed(
  input: DatasetInput<unknown>,
  shard: ShardInfo,
  signal: AbortSignal | undefined,
): Promise<Feed> {
  const { source } = input;
  // A checksum cannot be had without reading everything; walking trusts the headers' own checksums.
  const bytes = await openShard({ ...input, verify: false }, shard, signal);
  if (bytes.compression !== undefined || source.read === undefined) return streamFeed(bytes);
  await bytes.close();
  return rangeFeed(input, shard, signal);
}

function streamFeed(bytes: ByteReader): Feed {
  let last: Uint8Array | undefined;
  return {
    ranged: false,
    async next(reader) {
      if (last !== undefined) bytes.release?.(last);
      last = await bytes.next();
      if (last === undefined) reader.finish();
      else reader.push(last);
    },
    close: () => bytes.close(),
  };
}

function rangeFeed(input: DatasetInput<unknown>, shard: ShardInfo, signal: AbortSignal | undefined): Feed {
  const { source } = input;
  const { url, sha256 } = shard;
  return {
    ranged: true,
    async next(reader) {
      const at = reader.position;
      const chunk = await source.read?.(url, at, WINDOW, { signal, sha256 });
      if (chunk === undefined || chunk.length === 0) {
        await checkEnd(input, url, at, signal);
        reader.finish();
      } else reader.push(chunk, at);
    },
    close: async () => undefined,
  };
}

/** A jump beyond the end of the file would otherwise look like the end of the archive. */
async function checkEnd(
  input: DatasetInput<unknown>,
  url: string,
  at: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const size = await input.source.size?.(url, { signal });
  if (size === undefined || at <= size) return;
  const fields = { shard: url, offset: size };
  const hint = "fetch or write the shard again";
  throw new AtdataError("SHARD_TRUNCATED", "shard ends in the middle of a member", fields, { hint });
}

import {
  AtdataError,
  type ByteReader,
  Cursor,
  createHasher,
  type DataSource,
  type Hasher,
  isAtdataError,
  type SampleType,
  type ShardFormat,
  type ShardInfo,
  type ShardReader,
  STEP_END,
  STEP_RECORD,
  type StoredShard,
  type WrittenSample,
} from "@atdata/core";

/** What a shard is read with. */
export interface ScanInput {
  /** Type of the samples. */
  readonly type: SampleType;
  /** What opens shards. */
  readonly source: DataSource;
  /** What reads them. */
  readonly format: ShardFormat;
  /** Starts a SHA-256; the default works everywhere, Node's own is faster. */
  readonly createHasher?: (() => Hasher) | undefined;
  /** Ends the scan with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Told of every sample and, about once a chunk, of the bytes that were read; arrays of a sample are valid only during the call. */
export interface ScanListener {
  sample(written: WrittenSample): void;
  bytes?(read: number): void;
}

/**
 * Reads a shard once from front to back, as its writer saw it: every sample with its true place, then length and SHA-256.
 *
 * @throws AtdataError `UNSUPPORTED` – the shard is compressed; `CHECKSUM_MISMATCH`, `SHARD_TRUNCATED`, `SHARD_CORRUPT`, `SCHEMA_MISMATCH`, or what the source says.
 */
export async function scanShard(input: ScanInput, shard: ShardInfo, listener: ScanListener): Promise<StoredShard> {
  const { source, format, signal } = input;
  const { url, sha256: want } = shard;
  const hasher = (input.createHasher ?? createHasher)();
  const raw = await source.open(url, { signal });
  let length = 0;
  const hashed: ByteReader = {
    async next() {
      signal?.throwIfAborted();
      const chunk = await raw.next();
      if (chunk === undefined) return undefined;
      length += chunk.length;
      hasher.update(chunk);
      listener.bytes?.(chunk.length);
      return chunk;
    },
    release: (chunk) => raw.release?.(chunk),
    prefer: (bytes) => raw.prefer?.(bytes),
    close: () => raw.close(),
  };
  try {
    const bytes = format.unwrap === undefined ? hashed : await format.unwrap(hashed, url);
    if (bytes.compression !== undefined) throw placeless(url);
    await readRecords(format.reader({ shard: url }), bytes, decoder(input, url), listener);
  } finally {
    await raw.close();
  }
  const sha256 = hasher.hex();
  if (want === undefined || want.toLowerCase() === sha256) return { url, bytes: length, sha256 };
  const hint = "the shard changed since its dataset.json was written; fetch or write it again";
  const fields = { shard: url, want, got: sha256 };
  throw new AtdataError("CHECKSUM_MISMATCH", "shard differs from its checksum", fields, { hint });
}

async function readRecords(
  reader: ShardReader,
  bytes: ByteReader,
  decode: (reader: ShardReader) => unknown,
  listener: ScanListener,
): Promise<void> {
  let chunk: Uint8Array | undefined;
  for (;;) {
    const step = reader.next();
    if (step === STEP_RECORD) {
      const { offset, size, start, end } = reader;
      const sample = decode(reader);
      listener.sample({ key: reader.key(), sample, offset, size, payload: reader.bytes.subarray(start, end) });
      continue;
    }
    if (chunk !== undefined) bytes.release?.(chunk);
    chunk = await bytes.next();
    // What follows the end mark is read too: the checksum covers it.
    if (step === STEP_END) {
      if (chunk === undefined) return;
    } else if (chunk === undefined) reader.finish();
    else reader.push(chunk);
  }
}

function decoder({ type, format }: ScanInput, url: string): (reader: ShardReader) => unknown {
  const cursor = new Cursor("borrow");
  const decode = (reader: ShardReader): unknown => {
    const members = reader.members();
    if (members !== undefined) return format.decodeMembers?.(members, type);
    cursor.attach(reader.bytes);
    cursor.pos = reader.start;
    cursor.end = reader.end;
    return type.codec.read(cursor, { extra: "ignore" });
  };
  return (reader) => {
    try {
      return decode(reader);
    } catch (error) {
      if (!isAtdataError(error)) throw error;
      const place = { shard: url, key: reader.key(), at: reader.offset };
      const { hint, cause } = error;
      throw new AtdataError(error.code, error.clause, { ...error.fields, ...place }, { ...(hint && { hint }), cause });
    }
  };
}

/** Says that places in a shard would be of no use. */
export function placeless(shard: string): AtdataError {
  const hint = `unpack it, or fetch it to a file, first: ${shard}`;
  const clause = "samples of a shard that is compressed, or whose source has no ranges, cannot be read by place";
  return new AtdataError("UNSUPPORTED", clause, { operation: "manifest build" }, { hint });
}

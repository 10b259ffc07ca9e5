import { AtdataError, type ByteReader } from "@atdata/core";
import { type Compression, HEAD_BYTES, recognise } from "./compression.ts";
import { type Decompressor, decompressedReader } from "./decompressed-reader.ts";

/** The decompressors at hand; what is absent is `COMPRESSION_UNSUPPORTED`. */
export type Decompressors = Readonly<Record<Compression, Decompressor | undefined>>;

/**
 * Looks at the first bytes of a shard and decompresses it when they say so; otherwise gives its bytes as they are.
 *
 * @throws {@link AtdataError} `COMPRESSION_UNSUPPORTED` – no decompressor is at hand; the reader is closed then.
 */
export async function unwrap(input: ByteReader, shard: string, decompressors: Decompressors): Promise<ByteReader> {
  const seen: Uint8Array[] = [];
  let head = new Uint8Array(0);
  while (head.length < HEAD_BYTES) {
    const chunk = await input.next();
    if (chunk === undefined) break;
    seen.push(chunk);
    head = join(head, chunk.subarray(0, HEAD_BYTES));
  }
  const whole = putBack(seen, input);
  const compression = recognise(head);
  if (compression === undefined) return whole;
  const decompress = decompressors[compression];
  if (decompress !== undefined) return decompressedReader(whole, decompress, compression, shard);
  await input.close();
  const hint = "give wds({ decompress }) a function that decompresses it, or store the shard plain, with gzip or zstd";
  throw new AtdataError(
    "COMPRESSION_UNSUPPORTED",
    `shard is compressed with ${compression}`,
    { shard, compression },
    { hint },
  );
}

/** Gives chunks that were read already before what is still to come. */
function putBack(chunks: readonly Uint8Array[], input: ByteReader): ByteReader {
  let at = 0;
  let closed = false;
  const reader: ByteReader = {
    next: () => (at < chunks.length && !closed ? Promise.resolve(chunks[at++]) : input.next()),
    release: (chunk) => input.release?.(chunk),
    prefer: (bytes) => input.prefer?.(bytes),
    close() {
      closed = true;
      return input.close();
    },
  };
  return reader;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

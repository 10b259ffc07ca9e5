import type { ByteReader, ShardFormat } from "@atdata/core";

/** A reader over chunks of `length` bytes that counts what was taken of it. */
export interface CountingReader extends ByteReader {
  taken: number;
  closed: number;
}

export function chunked(bytes: Uint8Array, length: number): CountingReader {
  let at = 0;
  const reader: CountingReader = {
    taken: 0,
    closed: 0,
    async next() {
      if (reader.closed > 0 || at >= bytes.length) return undefined;
      // As from a disk or a network, not at once.
      await new Promise((resolve) => setImmediate(resolve));
      const chunk = bytes.slice(at, at + length);
      at += chunk.length;
      reader.taken = at;
      return chunk;
    },
    async close() {
      reader.closed += 1;
    },
  };
  return reader;
}

/** Reads to the end, with the length of the longest chunk. */
export async function readToEnd(reader: ByteReader): Promise<{ bytes: Uint8Array; longest: number }> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const chunk = await reader.next();
    if (chunk === undefined) break;
    if (chunk.length === 0 || chunk.constructor !== Uint8Array) throw new Error("a chunk is empty or no plain array");
    parts.push(chunk);
  }
  await reader.close();
  return { bytes: new Uint8Array(Buffer.concat(parts)), longest: Math.max(0, ...parts.map((part) => part.length)) };
}

/** Unwraps with a format and reads to the end. */
export async function unwrapped(format: ShardFormat, bytes: Uint8Array, length = 65536): Promise<Uint8Array> {
  const reader = await format.unwrap?.(chunked(bytes, length), "test.tar");
  if (reader === undefined) throw new Error("the format has no unwrap");
  return (await readToEnd(reader)).bytes;
}

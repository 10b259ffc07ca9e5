import { AtdataError, type ByteReader, isAtdataError } from "@atdata/core";
import type { Compression } from "./compression.ts";

/** Turns compressed bytes into plain ones, chunk by chunk; chunks that it was given are its own. */
export type Decompressor = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** Thrown by decompressors where the compressed bytes end too early; never leaves this package. */
export class UnexpectedEnd extends Error {
  override readonly name = "UnexpectedEnd";
}

const MAX_CHUNK = 1 << 20;

/**
 * Builds a reader of decompressed bytes, in chunks of 1 MiB at most.
 *
 * The compressed reader is read no faster than this one, closed with it, and its errors pass unchanged.
 */
export function decompressedReader(
  input: ByteReader,
  decompress: Decompressor,
  compression: Compression,
  shard: string,
): ByteReader {
  let closed = false;
  let bytesRead = 0;
  let rest: Uint8Array | undefined;
  let inputFailure: { readonly cause: unknown } | undefined;
  let failure: { readonly error: unknown } | undefined;

  async function* compressed(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      let chunk: Uint8Array | undefined;
      try {
        chunk = await input.next();
      } catch (cause) {
        inputFailure = { cause };
        throw cause;
      }
      if (chunk === undefined) return;
      bytesRead += chunk.length;
      yield chunk;
    }
  }

  function explain(cause: unknown): unknown {
    if (inputFailure !== undefined) return inputFailure.cause;
    if (isAtdataError(cause)) return cause;
    if (cause instanceof UnexpectedEnd) {
      const hint = "fetch or write the shard again";
      const fields = { shard, offset: bytesRead };
      return new AtdataError("SHARD_TRUNCATED", `shard ends in the middle of its ${compression} data`, fields, {
        hint,
        cause,
      });
    }
    const reason = cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : "";
    return new AtdataError(
      "SHARD_CORRUPT",
      `${compression} data cannot be decompressed${reason}`,
      { shard },
      { cause },
    );
  }

  const iterator = decompress(compressed())[Symbol.asyncIterator]();
  return {
    compression,
    async next() {
      while (rest === undefined) {
        if (failure !== undefined) throw failure.error;
        if (closed) return undefined;
        try {
          const step = await iterator.next();
          if (closed || step.done) return undefined;
          if (step.value.length > 0) rest = plain(step.value);
        } catch (cause) {
          if (closed) return undefined;
          failure = { error: explain(cause) };
        }
      }
      const chunk = rest;
      rest = chunk.length > MAX_CHUNK ? chunk.subarray(MAX_CHUNK) : undefined;
      return rest === undefined ? chunk : chunk.subarray(0, MAX_CHUNK);
    },
    async close() {
      if (closed) return;
      closed = true;
      rest = undefined;
      await input.close();
      // What a decompressor says of bytes that end here is of no interest.
      await Promise.resolve(iterator.return?.()).catch(() => undefined);
    },
  };
}

function plain(chunk: Uint8Array): Uint8Array {
  if (chunk.constructor === Uint8Array) return chunk;
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}

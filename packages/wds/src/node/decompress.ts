import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress, type ZstdDecompress } from "node:zlib";
import { type Decompressor, UnexpectedEnd } from "../decompress/decompressed-reader.ts";

const options = { chunkSize: 256 * 1024 };
const nothing: Uint8Array = new Uint8Array(0);

/** Decompresses gzip, in members of any number. */
export const gunzip: Decompressor = async function* (bytes) {
  const stream = createGunzip(options);
  // What goes wrong there, the stream tells too.
  pipeline(bytes, stream).catch(() => undefined);
  try {
    yield* stream;
  } catch (error) {
    throw explain(error);
  } finally {
    stream.destroy();
  }
};

/** Decompresses zstd, in frames of any number: Node's own stream ends with the first one, without a word. */
export const unzstd: Decompressor = async function* (bytes) {
  const input = bytes[Symbol.asyncIterator]();
  let rest: Uint8Array = nothing;
  try {
    for (;;) {
      if (rest.length === 0) {
        const step = await input.next();
        if (step.done) return;
        rest = step.value;
      }
      const stream = createZstdDecompress(options);
      const feeding = feed(stream, rest, input);
      // A failure ends the stream, which tells it.
      feeding.catch((error: Error) => stream.destroy(error));
      try {
        yield* stream;
      } finally {
        stream.destroy();
      }
      rest = await feeding;
      if (rest.length === 0 && stream.writableEnded) return;
    }
  } catch (error) {
    throw explain(error);
  } finally {
    await input.return?.();
  }
};

/** Writes chunks until the frame or the input ends; gives what the stream did not want of the last one. */
async function feed(stream: ZstdDecompress, first: Uint8Array, input: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let given = 0;
  for (let chunk = first; ; ) {
    given += chunk.length;
    await new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
    const unwanted = given - stream.bytesWritten;
    if (unwanted > 0 || stream.destroyed) return chunk.subarray(chunk.length - unwanted);
    const step = await input.next();
    if (step.done) {
      stream.end();
      return nothing;
    }
    chunk = step.value;
  }
}

function explain(error: unknown): unknown {
  const isEnd = error instanceof Error && "code" in error && error.code === "Z_BUF_ERROR";
  return isEnd ? new UnexpectedEnd("compressed data ends too early", { cause: error }) : error;
}

import { createReadStream } from "node:fs";
import { decode } from "@msgpack/msgpack";
import tar from "tar-stream";

/**
 * Gives the decoded samples of a shard one after the other, by `tar-stream` and `@msgpack/msgpack`: extracting as an async iterator, as
 * the documentation shows it, and each entry decoded when its bytes are there.
 */
export async function* readWithTarStream(path: string): AsyncGenerator<unknown> {
  const extract = tar.extract();
  createReadStream(path, { highWaterMark: 1024 * 1024 }).pipe(extract);
  for await (const entry of extract) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    // An entry mostly lies within one chunk, which then need not be copied.
    yield decode(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  }
}

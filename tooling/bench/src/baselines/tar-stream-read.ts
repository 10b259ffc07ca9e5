import { createReadStream } from "node:fs";
import { decode } from "@msgpack/msgpack";
import tar from "tar-stream";

/**
 * Reads a shard with `tar-stream` and `@msgpack/msgpack`, as their documentation shows: a listener for entries, and each decoded when its
 * bytes are there.
 */
export function readWithTarStream(path: string, each: (sample: unknown) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const extract = tar.extract();
    extract.on("entry", (_header, stream, next) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(chunk as Buffer));
      stream.on("end", () => {
        // An entry mostly lies within one chunk, which then need not be copied.
        each(decode(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
        next();
      });
      stream.on("error", reject);
    });
    extract.on("finish", resolve);
    extract.on("error", reject);
    createReadStream(path, { highWaterMark: 1024 * 1024 })
      .on("error", reject)
      .pipe(extract);
  });
}

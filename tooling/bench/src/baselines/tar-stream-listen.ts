import { createReadStream } from "node:fs";
import { decode } from "@msgpack/msgpack";
import tar from "tar-stream";

/**
 * Calls a function for each decoded sample of a shard: `tar-stream` with a listener for entries, as its documentation shows first.
 *
 * The fastest way there is to use it, and a poorer service: whoever is called cannot wait, and cannot leave.
 */
export function listenToTarStream(path: string, each: (sample: unknown) => void): Promise<void> {
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

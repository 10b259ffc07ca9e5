import { createReadStream } from "node:fs";

/** Reads a file as a stream of 1 MiB chunks and drops them; gives their length. */
export function drainReadStream(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    createReadStream(path, { highWaterMark: 1024 * 1024 })
      .on("data", (chunk) => {
        bytes += chunk.length;
      })
      .on("end", () => resolve(bytes))
      .on("error", reject);
  });
}

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { encode } from "@msgpack/msgpack";
import tar from "tar-stream";

/**
 * Writes a shard with `tar-stream` and `@msgpack/msgpack`, as their documentation shows, each entry awaited by its callback; gives the
 * SHA-256 of the file.
 */
export async function writeWithTarStream(path: string, samples: Iterable<unknown>): Promise<string> {
  const pack = tar.pack();
  const hash = createHash("sha256");
  pack.on("data", (chunk) => hash.update(chunk as Buffer));
  const file = createWriteStream(path);
  pack.pipe(file);
  const written = once(file, "finish");
  let n = 0;
  for (const sample of samples) {
    const payload = Buffer.from(encode(sample));
    const name = `${String(n++).padStart(9, "0")}.msgpack`;
    await new Promise<void>((resolve, reject) => {
      pack.entry({ name }, payload, (error) => (error ? reject(error) : resolve()));
    });
  }
  pack.finalize();
  await written;
  return hash.digest("hex");
}

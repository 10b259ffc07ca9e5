import { stat } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AtdataError } from "../errors.ts";
import type { DataSource } from "../protocols/data-source.ts";
import { fileError, systemCode } from "./file-errors.ts";
import { FileHandles } from "./file-handles.ts";
import { listFiles } from "./file-list.ts";
import { openFileReader, readFully } from "./file-reader.ts";

const statPath = promisify(stat);

/**
 * Builds the source for files: paths, absolute or against the working directory, and `file:` urls.
 *
 * `list` gives absolute paths, sorted by code unit: of a directory the shards (`.tar`, `.tgz`, `.tar.gz`, `.tar.zst`,
 * `.tar.bz2`, `.tar.xz`), of a glob (`*`, `?`, `[a-z]`, `**`) every file except `.json` and `.parquet`. Hidden files
 * are left out of both. A name that has glob characters and exists is that file.
 *
 * Chunks are of 1 MiB, or up to 2 MiB where the consumer prefers, two reads ahead; released memory is used again.
 * A file whose size or modification time changes between `open` and its end is `SOURCE_CHANGED`.
 *
 * @example
 * ```ts
 * import { fileSource } from "@atdata/core/node";
 * for await (const shard of fileSource().list("data/mnist-*.tar")) shard.bytes;
 * ```
 */
export function fileSource(): DataSource {
  const handles = new FileHandles();
  return {
    name: "file",
    schemes: ["file"],
    capabilities: { range: true, local: true },
    list: (ref, options) => listFiles(ref, filePath(ref), options?.signal),
    open: async (url, options) => openFileReader(filePath(url), options),
    async read(url, offset, length, options) {
      options?.signal?.throwIfAborted();
      const path = filePath(url);
      try {
        return await handles.use(path, async (fd, stats) => {
          const memory = new Uint8Array(Math.max(0, Math.min(length, stats.size - offset)));
          const count = memory.length === 0 ? 0 : await readFully(fd, memory, memory.length, offset);
          options?.signal?.throwIfAborted();
          return count === memory.length ? memory : memory.slice(0, count);
        });
      } catch (error) {
        throw fileError(error, path, "read the file");
      }
    },
    async size(url, options) {
      options?.signal?.throwIfAborted();
      const path = filePath(url);
      try {
        const stats = await statPath(path);
        return stats.isFile() ? stats.size : undefined;
      } catch (error) {
        if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
        throw fileError(error, path, "look at the file");
      }
    },
  };
}

/**
 * Turns a path or `file:` url into an absolute path.
 *
 * @throws AtdataError `REF_INVALID` – a `file:` url names another host, or the text holds a NUL.
 */
export function filePath(url: string): string {
  if (url.includes("\0")) throw new AtdataError("REF_INVALID", "a path cannot hold a NUL character", { ref: url });
  if (!/^file:/i.test(url)) return resolve(url);
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new AtdataError("REF_INVALID", "not a url of a local file", { ref: url }, { cause });
  }
}

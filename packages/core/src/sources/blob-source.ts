import { abortable } from "../abortable.ts";
import { AtdataError } from "../errors.ts";
import { macrotask } from "../internal/macrotask.ts";
import type { DataSource } from "../protocols/data-source.ts";
import { listNames } from "./memory-source.ts";

const CHUNK_BYTES = 1 << 20;
/** After so many chunks the event loop gets a turn; a blob in memory may answer without one. */
const CHUNKS_PER_TURN = 8;

/**
 * Builds a source over `Blob`s and `File`s by name, such as those of a file input; nothing is read before it is needed.
 *
 * A url is the name, with or without `blob:` before it. `list` takes a name, a folder (`""` is all) or a glob.
 * A file that the user changes on disk meanwhile is `SOURCE_CHANGED`.
 *
 * @example
 * ```ts
 * import { blobSource } from "@atdata/core";
 * const source = blobSource({ "a.tar": new Blob(["…"]) });
 * await source.read?.("a.tar", 0, 3); // -> the first three bytes
 * ```
 */
export function blobSource(blobs: ReadonlyMap<string, Blob> | Readonly<Record<string, Blob>>): DataSource {
  const map: ReadonlyMap<string, Blob> = blobs instanceof Map ? blobs : new Map(Object.entries(blobs));
  const find = (url: string): Blob => {
    const blob = map.get(blobName(url));
    if (blob === undefined) throw new AtdataError("NOT_FOUND", "no blob of that name was given", { url });
    return blob;
  };
  return {
    name: "blob",
    schemes: ["blob"],
    capabilities: { range: true, local: true },
    async *list(ref, options) {
      options?.signal?.throwIfAborted();
      yield* listNames(ref, blobName(ref), new Map([...map].map(([key, blob]) => [key, { length: blob.size }])));
    },
    async open(url, options) {
      options?.signal?.throwIfAborted();
      const blob = find(url);
      let position = options?.start ?? 0;
      let closed = false;
      let chunks = 0;
      let chunkBytes = CHUNK_BYTES;
      return {
        async next() {
          options?.signal?.throwIfAborted();
          if (closed || position >= blob.size) return undefined;
          if (++chunks % CHUNKS_PER_TURN === 0) await abortable(macrotask(), options?.signal);
          const end = Math.min(position + chunkBytes, blob.size);
          const chunk = await abortable(readPart(blob, url, position, end), options?.signal);
          position = end;
          return closed ? undefined : chunk;
        },
        prefer(bytes) {
          chunkBytes = bytes <= CHUNK_BYTES ? Math.floor(CHUNK_BYTES / bytes) * bytes : CHUNK_BYTES;
        },
        async close() {
          closed = true;
        },
      };
    },
    async read(url, offset, length, options) {
      options?.signal?.throwIfAborted();
      return abortable(readPart(find(url), url, offset, offset + length), options?.signal);
    },
    async size(url, options) {
      options?.signal?.throwIfAborted();
      return map.get(blobName(url))?.size;
    },
  };
}

function blobName(url: string): string {
  return url.replace(/^blob:\/*/, "");
}

async function readPart(blob: Blob, url: string, start: number, end: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.slice(start, end).arrayBuffer());
  } catch (cause) {
    const changed = cause instanceof DOMException && cause.name === "NotReadableError";
    if (changed) throw new AtdataError("SOURCE_CHANGED", "the file changed since it was chosen", { url }, { cause });
    throw new AtdataError("IO_ERROR", "the blob could not be read", { url }, { cause });
  }
}

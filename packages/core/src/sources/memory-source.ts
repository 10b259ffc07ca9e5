import { abortable } from "../abortable.ts";
import { AtdataError } from "../errors.ts";
import { macrotask } from "../internal/macrotask.ts";
import type { ByteReader, CallOptions, DataSource, ShardInfo } from "../protocols/data-source.ts";
import { globMatcher, isGlob } from "../refs/glob.ts";
import { isShardFile, isSidecarFile } from "../refs/shard-files.ts";

const CHUNK_BYTES = 1 << 20;
/** After so many chunks the event loop gets a turn, so that timers and abort signals work during a long read. */
const CHUNKS_PER_TURN = 8;

/**
 * Builds a source over bytes in memory, by name.
 *
 * A `Map` stays live: what is added later can be opened later. A url is the name, with or without `memory:` or `memory:/`
 * before it; `list` answers in the form it was asked, for a name, a folder (`""` is all) or a glob.
 *
 * Copies: chunks and ranges are copies, so that nothing a consumer does with them changes the files.
 *
 * @example
 * ```ts
 * import { memorySource } from "@atdata/core";
 * const source = memorySource({ "a.tar": new Uint8Array(1024) });
 * await source.size?.("a.tar"); // -> 1024
 * ```
 */
export function memorySource(
  files: ReadonlyMap<string, Uint8Array> | Readonly<Record<string, Uint8Array>>,
): DataSource {
  const map: ReadonlyMap<string, Uint8Array> = files instanceof Map ? files : new Map(Object.entries(files));
  const find = (url: string): Uint8Array => {
    const bytes = map.get(memoryName(url));
    if (bytes === undefined) throw new AtdataError("NOT_FOUND", "no such file in memory", { url });
    return bytes;
  };
  return {
    name: "memory",
    schemes: ["memory"],
    capabilities: { range: true, local: true },
    async *list(ref, options) {
      options?.signal?.throwIfAborted();
      yield* listNames(ref, memoryName(ref), map);
    },
    async open(url, options) {
      options?.signal?.throwIfAborted();
      return memoryReader(url, find(url), () => map.get(memoryName(url)), options);
    },
    async read(url, offset, length, options) {
      options?.signal?.throwIfAborted();
      return find(url).slice(offset, offset + length);
    },
    async size(url, options) {
      options?.signal?.throwIfAborted();
      return map.get(memoryName(url))?.length;
    },
  };
}

/** Takes the name of a file out of a `memory:` url, or gives the text itself. */
function memoryName(url: string): string {
  return url.replace(/^memory:\/*/, "");
}

/**
 * Lists what a reference stands for among files by name, for sources that know all names that may be meant: the file
 * itself, the shards directly in it as a folder, or what it matches as a glob.
 *
 * @param name - The end of `ref` that is to be looked for among the names; what is before it is put before each.
 * @throws AtdataError `NO_SHARDS`.
 */
export function* listNames(
  ref: string,
  name: string,
  files: ReadonlyMap<string, { readonly length: number }>,
): Generator<ShardInfo> {
  const scheme = ref.slice(0, ref.length - name.length);
  const names = matchNames(name, files);
  if (names.length === 0) {
    throw new AtdataError("NO_SHARDS", "nothing matches", { ref }, { hint: "check the name or the pattern" });
  }
  for (const found of names) yield { url: scheme + found, bytes: files.get(found)?.length };
}

function matchNames(name: string, files: ReadonlyMap<string, unknown>): string[] {
  if (files.has(name)) return [name];
  const sorted = [...files.keys()].sort();
  if (isGlob(name)) {
    const matches = globMatcher(name);
    return sorted.filter((candidate) => matches(candidate) && !isSidecarFile(candidate));
  }
  const folder = name === "" || name.endsWith("/") ? name : `${name}/`;
  const inside = sorted.filter((candidate) => candidate.startsWith(folder));
  if (inside.length === 0 && folder !== name) return [name];
  return inside.filter((candidate) => {
    const rest = candidate.slice(folder.length);
    return !rest.includes("/") && isShardFile(rest);
  });
}

function memoryReader(
  url: string,
  bytes: Uint8Array,
  current: () => Uint8Array | undefined,
  options: (CallOptions & { readonly start?: number | undefined }) | undefined,
): ByteReader {
  const signal = options?.signal;
  let position = options?.start ?? 0;
  let closed = false;
  let chunks = 0;
  let chunkBytes = CHUNK_BYTES;
  let spare: Uint8Array | undefined;
  const handed = new WeakSet<Uint8Array>();
  return {
    async next() {
      signal?.throwIfAborted();
      if (closed || position >= bytes.length) return undefined;
      if (current() !== bytes)
        throw new AtdataError("SOURCE_CHANGED", "the file was replaced while it was read", { url });
      if (++chunks % CHUNKS_PER_TURN === 0) await abortable(macrotask(), signal);
      if (closed) return undefined;
      const part = bytes.subarray(position, position + chunkBytes);
      const reused = spare?.length === part.length ? spare : undefined;
      const chunk = reused ?? new Uint8Array(part.length);
      if (reused !== undefined) spare = undefined;
      chunk.set(part);
      position += part.length;
      handed.add(chunk);
      return chunk;
    },
    release(chunk) {
      if (handed.delete(chunk)) spare = chunk;
    },
    prefer(length) {
      chunkBytes = length <= CHUNK_BYTES ? Math.floor(CHUNK_BYTES / length) * length : CHUNK_BYTES;
    },
    async close() {
      closed = true;
      spare = undefined;
    },
  };
}

import { createHasher } from "../hasher.ts";
import type { DataStore, ShardSink, StoredShard, StoreWrite } from "../protocols/data-store.ts";
import { memorySource } from "../sources/memory-source.ts";
import { datasetFile, filesOfDataset, requirePlainName } from "./replaced-files.ts";
import { datasetExists, writeEnded } from "./store-errors.ts";

/** A {@link DataStore} in memory; `files` holds what has been committed, by name. */
export interface MemoryStore extends DataStore {
  /** What is visible, by name. Live. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Builds a store that keeps datasets in memory, with the semantics of a store on disk.
 *
 * Urls are `memory:/<name>`. Copies: everything written and everything read.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@atdata/core";
 * const store = memoryStore();
 * await store.create("note.json", new Uint8Array([123, 125])); // -> true
 * ```
 */
export function memoryStore(): MemoryStore {
  const files = new Map<string, Uint8Array>();
  const url = (name: string): string => `memory:/${name}`;
  return {
    name: "memory",
    source: memorySource(files),
    files,
    url,
    async begin(dataset, options) {
      options?.signal?.throwIfAborted();
      requirePlainName(dataset);
      const overwrite = options?.overwrite ?? false;
      if (!overwrite && files.has(datasetFile(dataset))) throw datasetExists(datasetFile(dataset));
      return new MemoryWrite(files, dataset, overwrite);
    },
    async get(name, options) {
      options?.signal?.throwIfAborted();
      return files.get(name)?.slice();
    },
    async create(name, bytes, options) {
      options?.signal?.throwIfAborted();
      requirePlainName(name);
      if (files.has(name)) return false;
      files.set(name, bytes.slice());
      return true;
    },
    async delete(name, options) {
      options?.signal?.throwIfAborted();
      return files.delete(name);
    },
  };
}

class MemoryWrite implements StoreWrite {
  readonly #files: Map<string, Uint8Array>;
  readonly #dataset: string;
  readonly #overwrite: boolean;
  readonly #written = new Map<string, Uint8Array>();
  #open = false;
  #ended = false;
  #committed: Promise<void> | undefined;

  constructor(files: Map<string, Uint8Array>, dataset: string, overwrite: boolean) {
    this.#files = files;
    this.#dataset = dataset;
    this.#overwrite = overwrite;
  }

  async shard(name: string): Promise<ShardSink> {
    this.#check("shard", name);
    if (this.#open) throw new TypeError("close the open shard before the next");
    this.#open = true;
    const hasher = createHasher();
    const parts: Uint8Array[] = [];
    let bytes = 0;
    let closed: Promise<StoredShard> | undefined;
    return {
      write: async (chunk) => {
        if (this.#ended || closed !== undefined) throw writeEnded("write");
        hasher.update(chunk);
        parts.push(chunk.slice());
        bytes += chunk.length;
      },
      close: () => {
        closed ??= (async () => {
          if (this.#ended) throw writeEnded("close");
          const whole = new Uint8Array(bytes);
          let at = 0;
          for (const part of parts.splice(0)) {
            whole.set(part, at);
            at += part.length;
          }
          this.#written.set(name, whole);
          this.#open = false;
          return { url: `memory:/${name}`, bytes, sha256: hasher.hex() };
        })();
        return closed;
      },
    };
  }

  async put(name: string, bytes: Uint8Array): Promise<string> {
    this.#check("put", name);
    this.#written.set(name, bytes.slice());
    return name;
  }

  async commit(bytes: Uint8Array): Promise<void> {
    if (!this.#ended) this.#committed = this.#commit(bytes);
    await this.#committed;
  }

  async #commit(bytes: Uint8Array): Promise<void> {
    if (this.#open) throw new TypeError("close the open shard before the commit");
    const last = datasetFile(this.#dataset);
    const old = this.#files.get(last);
    const names = [...this.#written.keys(), last];
    const taken = this.#overwrite ? undefined : names.find((name) => this.#files.has(name));
    this.#ended = true;
    if (taken !== undefined) {
      this.#written.clear();
      throw datasetExists(taken);
    }
    if (old !== undefined) for (const name of filesOfDataset(this.#dataset, old)) this.#files.delete(name);
    for (const [name, content] of this.#written) this.#files.set(name, content);
    this.#files.set(last, bytes.slice());
  }

  async abort(): Promise<void> {
    this.#ended = true;
    this.#written.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  #check(operation: string, name: string): void {
    if (this.#ended) throw writeEnded(operation);
    requirePlainName(name);
    if (this.#written.has(name) || name === datasetFile(this.#dataset)) {
      throw new TypeError(`${name} was written before, or is the commit's`);
    }
    if (!this.#overwrite && this.#files.has(name)) throw datasetExists(name);
  }
}

import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, rmdir, unlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { DataStore, ShardSink, StoreWrite } from "../protocols/data-store.ts";
import { datasetFile, requirePlainName } from "../stores/replaced-files.ts";
import { datasetExists, writeEnded } from "../stores/store-errors.ts";
import { commitFolder, recover } from "./commit.ts";
import { exists, linkIfFree } from "./exclusive.ts";
import { fileError, systemCode } from "./file-errors.ts";
import { type FileSink, openFileSink } from "./file-sink.ts";
import { filePath, fileSource } from "./file-source.ts";
import { makeWriteFolder, ownToken } from "./write-folder.ts";

/**
 * Builds a store over one directory, which is made when the first write begins.
 *
 * Shards and sidecars are written into a hidden folder beside the target and get their names at the commit, one after
 * the other, `<dataset>.dataset.json` last. A process that is killed leaves at most such a hidden folder, or complete
 * shards that no `dataset.json` names yet; the next write of that dataset clears both, and brings back what an
 * unfinished overwrite had set aside. The folder of a writer that still runs is never touched.
 *
 * Nothing is flushed to the medium (no `fsync`): after a power cut, compare sizes and checksums with the `dataset.json`.
 *
 * @param dir - A path or `file:` url.
 */
export function fileStore(dir: string): DataStore {
  const root = filePath(dir);
  const pathOf = (name: string): string => {
    requirePlainName(name);
    return join(root, name);
  };
  return {
    name: "file",
    source: fileSource(),
    url: pathOf,
    async begin(dataset, options) {
      options?.signal?.throwIfAborted();
      requirePlainName(dataset);
      return beginWrite(root, dataset, options?.overwrite ?? false);
    },
    async get(name, options) {
      const path = pathOf(name);
      options?.signal?.throwIfAborted();
      try {
        return new Uint8Array(await readFile(path, { signal: options?.signal }));
      } catch (error) {
        if (systemCode(error) === "ENOENT") return undefined;
        options?.signal?.throwIfAborted();
        throw fileError(error, path, "read the file");
      }
    },
    async create(name, bytes, options) {
      const path = pathOf(name);
      options?.signal?.throwIfAborted();
      return guarded(path, () => createFile(root, name, bytes));
    },
    async delete(name, options) {
      const path = pathOf(name);
      options?.signal?.throwIfAborted();
      try {
        await unlink(path);
        return true;
      } catch (error) {
        if (systemCode(error) === "ENOENT") return false;
        throw fileError(error, path, "remove the file");
      }
    },
  };
}

async function beginWrite(root: string, dataset: string, overwrite: boolean): Promise<StoreWrite> {
  return guarded(join(root, datasetFile(dataset)), async () => {
    const made = await mkdir(root, { recursive: true });
    const folder = await makeWriteFolder(root, dataset);
    const write = new FileWrite(root, dataset, folder, overwrite, made);
    try {
      await recover(root, dataset, folder);
      if (!overwrite && (await exists(join(root, datasetFile(dataset))))) throw datasetExists(datasetFile(dataset));
      return write;
    } catch (error) {
      await write.abort();
      throw error;
    }
  });
}

/** Written under another name first, so that nobody ever reads half a file. */
async function createFile(root: string, name: string, bytes: Uint8Array): Promise<boolean> {
  await mkdir(root, { recursive: true });
  const path = join(root, name);
  const temporary = join(root, `.${name}.${ownToken()}-${randomBytes(4).toString("hex")}.tmp`);
  try {
    await writeFile(temporary, bytes, { flag: "wx" });
    return await linkIfFree(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function guarded<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, url, "write");
  }
}

class FileWrite implements StoreWrite {
  readonly #root: string;
  readonly #dataset: string;
  readonly #folder: string;
  readonly #overwrite: boolean;
  /** Topmost directory that this write made: goes again if nothing comes into it. */
  readonly #made: string | undefined;
  readonly #shards: string[] = [];
  readonly #small: string[] = [];
  #sink: FileSink | undefined;
  #ending: Promise<void> | undefined;

  constructor(root: string, dataset: string, folder: string, overwrite: boolean, made: string | undefined) {
    this.#root = root;
    this.#dataset = dataset;
    this.#folder = folder;
    this.#overwrite = overwrite;
    this.#made = made;
  }

  async shard(name: string): Promise<ShardSink> {
    await this.#check("shard", name);
    if (this.#sink?.open) throw new TypeError("close the open shard before the next");
    this.#shards.push(name);
    this.#sink = await guarded(this.#target(name), () => openFileSink(this.#inside(name), this.#target(name)));
    return this.#sink;
  }

  async put(name: string, bytes: Uint8Array): Promise<string> {
    await this.#check("put", name);
    this.#small.push(name);
    await guarded(this.#target(name), () => writeFile(this.#inside(name), bytes, { flag: "wx" }));
    return name;
  }

  commit(bytes: Uint8Array): Promise<void> {
    if (this.#ending === undefined && this.#sink?.open) {
      return Promise.reject(new TypeError("close the open shard before the commit"));
    }
    this.#ending ??= guarded(this.#target(datasetFile(this.#dataset)), async () => {
      try {
        const [dir, dataset, folder, overwrite] = [this.#root, this.#dataset, this.#folder, this.#overwrite];
        await commitFolder({ dir, dataset, folder, overwrite, names: [...this.#shards, ...this.#small] }, bytes);
      } finally {
        await this.#removeFolder();
      }
    });
    return this.#ending;
  }

  abort(): Promise<void> {
    this.#ending ??= this.#sinkEnded().then(() => this.#removeFolder());
    // A commit that failed has said so itself; giving up after it is no second failure.
    return this.#ending.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  async #sinkEnded(): Promise<void> {
    await this.#sink?.discard();
  }

  async #removeFolder(): Promise<void> {
    await rm(join(this.#root, this.#folder), { recursive: true, force: true, maxRetries: 3 });
    if (this.#made === undefined) return;
    for (let dir = this.#root; dir.length >= resolve(this.#made).length; dir = dirname(dir)) {
      // Not empty, or gone: either way there is nothing more to take back.
      if (
        !(await rmdir(dir)
          .then(() => true)
          .catch(() => false))
      )
        return;
    }
  }

  async #check(operation: string, name: string): Promise<void> {
    if (this.#ending !== undefined) throw writeEnded(operation);
    requirePlainName(name);
    const taken = [datasetFile(this.#dataset), ...this.#shards, ...this.#small];
    if (taken.includes(name)) throw new TypeError(`${name} was written before, or is the commit's`);
    if (this.#overwrite || !(await exists(this.#target(name)))) return;
    // It may be what a writer left that was killed since this one began.
    await guarded(this.#target(name), () => recover(this.#root, this.#dataset, this.#folder));
    if (await exists(this.#target(name))) throw datasetExists(name);
  }

  #inside(name: string): string {
    return join(this.#root, this.#folder, "new", name);
  }

  #target(name: string): string {
    return join(this.#root, name);
  }
}

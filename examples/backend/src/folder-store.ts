import { createHash, randomBytes, randomUUID } from "node:crypto";
import { type FileHandle, link, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AtdataError, type DataStore, datasetFile, filesOfDataset, type StoreWrite } from "@atdata/core";
import { fileSource } from "@atdata/core/node";

/**
 * Builds a store over a folder, which is made by the first write.
 *
 * Files are hidden until the commit, and then have a token in their names that no other writer has. So the only name that
 * two writers may want is that of the `dataset.json`, and a hard link is what decides. A killed writer leaves files that
 * nothing names.
 */
export function folderStore(folder: string): DataStore {
  const root = resolve(folder);
  const pathOf = (name: string): string => join(root, name);

  /** Gives a whole file its name at once, in place of another one only where that is wanted. */
  async function create(name: string, bytes: Uint8Array, overwrite = false): Promise<boolean> {
    const temporary = pathOf(`.${randomUUID()}`);
    try {
      await mkdir(root, { recursive: true });
      await writeFile(temporary, bytes);
      await (overwrite ? rename : link)(temporary, pathOf(name));
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw failed(name, error);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async function get(name: string): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await readFile(pathOf(name)));
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw failed(name, error);
    }
  }

  function beginWrite(dataset: string, overwrite: boolean): StoreWrite {
    const token = randomBytes(8).toString("hex");
    const names: string[] = [];
    let shard: FileHandle | undefined;
    let ending: Promise<void> | undefined;

    /** Puts the token behind the stem, and gives the hidden path of a file that is to have that name. */
    function add(asked: string): { name: string; path: string } {
      if (ending !== undefined) throw new TypeError(`the write of ${dataset} has ended`);
      const name = asked.includes(token) ? asked : asked.replace(dataset, () => `${dataset}-${token}`);
      names.push(name);
      return { name, path: pathOf(`.${name}`) };
    }

    async function commit(bytes: Uint8Array): Promise<void> {
      const file = datasetFile(dataset);
      const old = overwrite ? await get(file) : undefined;
      for (const name of names) await guarded(name, () => rename(pathOf(`.${name}`), pathOf(name)));
      if (!(await create(file, bytes, overwrite))) {
        for (const name of names) await rm(pathOf(name), { force: true });
        throw new AtdataError("DATASET_EXISTS", "somebody else wrote a dataset of this name", { name: dataset });
      }
      for (const name of old === undefined ? [] : filesOfDataset(dataset, old)) await rm(pathOf(name), { force: true });
    }

    async function abort(): Promise<void> {
      await shard?.close();
      for (const name of names) await rm(pathOf(`.${name}`), { force: true });
    }

    // A commit that failed has said so itself.
    async function giveUp(): Promise<void> {
      ending ??= abort();
      await ending.catch(() => {});
    }
    return {
      async shard(asked) {
        const { name, path } = add(asked);
        const file = await guarded(name, async () => {
          await mkdir(root, { recursive: true });
          return open(path, "wx");
        });
        shard = file;
        const hash = createHash("sha256");
        let bytes = 0;
        return {
          async write(chunk) {
            hash.update(chunk);
            bytes += chunk.length;
            await guarded(name, () => file.writeFile(chunk));
          },
          async close() {
            await guarded(name, () => file.close());
            return { url: pathOf(name), bytes, sha256: hash.digest("hex") };
          },
        };
      },
      async put(asked, bytes) {
        const { name, path } = add(asked);
        await guarded(name, async () => {
          await mkdir(root, { recursive: true });
          await writeFile(path, bytes);
        });
        return name;
      },
      commit: (bytes) => (ending ??= commit(bytes.slice())),
      abort: giveUp,
      [Symbol.asyncDispose]: giveUp,
    };
  }

  return {
    name: "folder",
    source: fileSource(),
    url: pathOf,
    async begin(dataset, options) {
      options?.signal?.throwIfAborted();
      const overwrite = options?.overwrite ?? false;
      if (!overwrite && (await get(datasetFile(dataset))) !== undefined) {
        throw new AtdataError("DATASET_EXISTS", "there is a dataset of this name", { name: dataset });
      }
      return beginWrite(dataset, overwrite);
    },
    async get(name, options) {
      options?.signal?.throwIfAborted();
      return get(name);
    },
    async create(name, bytes, options) {
      options?.signal?.throwIfAborted();
      return create(name, bytes);
    },
    async delete(name, options) {
      options?.signal?.throwIfAborted();
      try {
        await rm(pathOf(name));
        return true;
      } catch (error) {
        if (codeOf(error) === "ENOENT") return false;
        throw failed(name, error);
      }
    },
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

async function guarded<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failed(name, error);
  }
}

function failed(url: string, cause: unknown): AtdataError<"IO_ERROR"> {
  return new AtdataError("IO_ERROR", "file system refuses", { url }, { cause });
}

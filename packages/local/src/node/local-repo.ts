import { join, resolve } from "node:path";
import type { DataStore, IndexProvider, Repository } from "@atdata/core";
import { diskStore } from "../disk/disk-store.ts";
import { atdataHome } from "../home.ts";
import { sqliteIndex } from "../sqlite/sqlite-index.ts";

/** Options of {@link localRepo}. */
export interface LocalRepoOptions {
  /** Folder of the index and of the shards; default `atdataHome()`. */
  readonly home?: string | undefined;
}

/** A repository with everything on this machine. */
export interface LocalRepo extends Repository {
  /** The index, in `index.db`. */
  readonly provider: IndexProvider & AsyncDisposable;
  /** The shards, in `data`. */
  readonly store: DataStore;
}

/**
 * Builds the repository of this user: `index.db` and `data` in one folder, as Python atdata has them, made by the first write.
 *
 * @example
 * ```ts
 * import { createIndex } from "@atdata/core";
 * import { localRepo } from "@atdata/local/node";
 * import { wds } from "@atdata/wds";
 * const index = createIndex({ repos: { local: localRepo() }, formats: [wds()] });
 * ```
 */
export function localRepo({ home = atdataHome() }: LocalRepoOptions = {}): LocalRepo {
  const folder = resolve(home);
  return { provider: sqliteIndex(join(folder, "index.db")), store: diskStore(join(folder, "data")) };
}

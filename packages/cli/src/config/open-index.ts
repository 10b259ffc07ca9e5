import { dirname, resolve } from "node:path";
import { createIndex, type DataStore, type Index, type IndexProvider, type Repository } from "@atdata/core";
import { createNodeHasher, fileSource } from "@atdata/core/node";
import { diskStore } from "@atdata/local/disk";
import { atdataHome, localRepo } from "@atdata/local/node";
import { sqliteIndex } from "@atdata/local/sqlite";
import { manifests } from "@atdata/manifest";
import { wds } from "@atdata/wds/node";
import { findCredentials } from "../atmosphere/credentials.ts";
import { lazyAtmosphere } from "../atmosphere/lazy-atmosphere.ts";
import { loggedOutRepo } from "../atmosphere/logged-out.ts";
import { openAtmosphere } from "../atmosphere/user-atmosphere.ts";
import { codecs } from "../codecs.ts";
import { type Config, readConfig } from "./config.ts";
import { lazyProvider } from "./lazy-provider.ts";
import { OWN_REPO, type RepoConfig } from "./parse-config.ts";
import { configuredS3, lazyS3Store } from "./s3.ts";

/**
 * Builds the index of this user: the repository `local` in `ATDATA_HOME`, unless it is configured otherwise, those that are
 * configured, `me` of the account that is logged in, and those of the network. Each is connected when it is first asked for something.
 *
 * @param more - Repositories that it has besides.
 * @throws AtdataError `CONFIG_INVALID`, or `FORMAT_INVALID` – a saved session is damaged.
 */
export async function openIndex(more: Readonly<Record<string, Repository>> = {}): Promise<Index> {
  const config = await userConfig();
  const folder = dirname(config.file);
  const configured = Object.entries(config.repos).map(([name, repo]) => [name, repositoryOf(repo, folder)] as const);
  const own = [OWN_REPO, await ownRepository(config)] as const;
  const repos = { ...Object.fromEntries<Repository>([["local", localRepo()], ...configured, own]), ...more };
  // Shards that were inserted may lie in any bucket.
  const s3 = configuredS3(async () => config);
  const sources = [fileSource(), s3];
  const index = createIndex({
    repos,
    formats: [wds()],
    plugins: [manifests()],
    codecs,
    sources,
    createHasher: createNodeHasher,
  });
  const dispose = async (): Promise<void> => {
    await Promise.all([index[Symbol.asyncDispose](), s3[Symbol.asyncDispose]()]);
  };
  return { ...index, [Symbol.asyncDispose]: dispose };
}

/** Builds the repository of who is logged in, which also finds all others on the network. */
async function ownRepository(config: Config): Promise<Repository> {
  const credentials = await findCredentials(dirname(config.file), process.env);
  const lazy = lazyAtmosphere(async () => (await openAtmosphere(config, credentials)).atmosphere);
  return credentials === undefined ? { ...loggedOutRepo(), network: lazy.network } : lazy.own;
}

/** Reads what this user has configured. */
export function userConfig(): Promise<Config> {
  return readConfig(atdataHome(), process.env);
}

/** Builds a repository; paths are relative to the folder of the settings. */
function repositoryOf({ index, store, s3 = {} }: RepoConfig, folder: string): Repository {
  return { provider: providerOf(index, folder), ...(store !== undefined && { store: storeOf(store, s3, folder) }) };
}

function providerOf(index: string, folder: string): IndexProvider {
  if (index.startsWith("sqlite:")) return sqliteIndex(resolve(folder, index.slice("sqlite:".length)));
  // Loaded late: most commands need neither, and neither has to be installed.
  if (/^rediss?:/.test(index)) {
    return lazyProvider("redis", async () => (await import("@atdata/local/redis")).connectRedis(index));
  }
  return lazyProvider("postgres", async () => (await import("@atdata/local/postgres")).connectPostgres(index));
}

function storeOf(store: string, s3: NonNullable<RepoConfig["s3"]>, folder: string): DataStore {
  return store.startsWith("s3://") ? lazyS3Store(store, s3) : diskStore(resolve(folder, store));
}

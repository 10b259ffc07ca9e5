import { AtdataError } from "../errors.ts";
import { nearestNames } from "../predicate/nearest-names.ts";
import type { CallOptions, DataSource } from "../protocols/data-source.ts";
import type { DataStore } from "../protocols/data-store.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import { baseName } from "../refs/relative-url.ts";
import { httpSource } from "../sources/http-source.ts";
import type { Index, IndexOptions, Repository, RepositoryNetwork } from "./index-facade.ts";

/** What an index is made of, with defaults filled in. */
export interface IndexParts
  extends Pick<Index, "repos" | "formats" | "plugins" | "codecs" | "sources" | "createHasher"> {
  /** Finds repositories that are not of the index, where one of its own can. */
  readonly network: RepositoryNetwork | undefined;
  /** Those that were found, by the handle or DID that a reference had. */
  readonly accounts: Map<string, Repository>;
}

/**
 * Checks what an index is made of, and fills in defaults.
 *
 * @throws TypeError – no format, or a repository whose name no reference could have.
 */
export function partsOfIndex(options: IndexOptions): IndexParts {
  const { repos, formats, plugins = [], codecs = [], sources = [], createHasher } = options;
  if (formats.length === 0) throw new TypeError("an index needs at least one format");
  for (const name of Object.keys(repos)) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) {
      throw new TypeError(`not a name for a repository: ${JSON.stringify(name)}; use letters, digits, _ . and -`);
    }
  }
  const stores = Object.values(repos).flatMap(({ store }) => (store === undefined ? [] : [store.source]));
  const network = Object.values(repos).find((repo) => repo.network !== undefined)?.network;
  return {
    repos: Object.freeze({ ...repos }),
    formats: [...formats],
    plugins: [...plugins],
    codecs: [...codecs],
    sources: [...new Set([...sources, ...stores, ...(network === undefined ? [] : [network.source])]), httpSource()],
    createHasher,
    network,
    accounts: new Map(),
  };
}

/** Finds a repository; `ref` is what names it, for the message. */
export function requireRepo({ repos, accounts }: IndexParts, repo: string, ref: string): Repository {
  const found = Object.hasOwn(repos, repo) ? repos[repo] : accounts.get(repo);
  if (found !== undefined) return found;
  const near = nearestNames(repo, Object.keys(repos));
  const names = near.length > 0 ? near : Object.keys(repos);
  const hint = names.length > 0 ? names.map((name) => `@${name}/…`).join(" or ") : "give createIndex a repository";
  throw new AtdataError("REPO_UNKNOWN", "the index has no such repository", { ref, repo }, { hint });
}

/** Finds a repository that a reference names, on the network where the index does not have it. */
export async function findRepo(
  parts: IndexParts,
  repo: string,
  ref: string,
  options: CallOptions,
): Promise<Repository> {
  const { repos, network, accounts } = parts;
  // What is neither a handle nor a DID is a repository that is missing.
  if (network === undefined || Object.hasOwn(repos, repo) || !/[.:]/.test(repo)) return requireRepo(parts, repo, ref);
  const found = await network.open(repo, options);
  accounts.set(repo, found);
  return found;
}

/** Finds where a repository's shards are written. */
export function requireStore(parts: IndexParts, repo: string, ref: string, operation: string): DataStore {
  const { store } = requireRepo(parts, repo, ref);
  if (store !== undefined) return store;
  const hint = `give the repository ${repo} a store, or insert a dataset that lies elsewhere`;
  throw new AtdataError("UNSUPPORTED", `repository ${repo} has no store for shards`, { operation }, { hint });
}

/** Gives the names of the repositories to look through: the one that is asked for, or all. */
export async function reposToList(
  parts: IndexParts,
  repo: string | undefined,
  options: CallOptions,
): Promise<readonly string[]> {
  if (repo === undefined) return Object.keys(parts.repos);
  await findRepo(parts, repo, `@${repo}`, options);
  return [repo];
}

/**
 * Lists what may read the shards of a repository: its store first, as in several stores a url may mean different files. One that
 * names its sources is read by these alone: those of the index may have credentials that others' records are not to use.
 */
export function sourcesOf(parts: IndexParts, repo: string): readonly DataSource[] {
  const { store, sources } = requireRepo(parts, repo, `@${repo}`);
  return sources ?? (store === undefined ? parts.sources : [store.source, ...parts.sources]);
}

/** Picks the format that reads a shard: by the name that was noted, by the shard's own name, else the first. */
export function formatFor({ formats }: Pick<IndexParts, "formats">, url: string, noted?: string): ShardFormat {
  const named = formats.find(({ name }) => name === noted);
  return named ?? formats.find((format) => format.matches(baseName(url))) ?? (formats[0] as ShardFormat);
}

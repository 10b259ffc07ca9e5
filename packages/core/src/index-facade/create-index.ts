import type { IndexProvider } from "../protocols/index-provider.ts";
import { copyEntry } from "./copy-entry.ts";
import { deleteEntry } from "./delete-entry.ts";
import { findEntry, resolveEntry } from "./find-entry.ts";
import { findSchema } from "./find-schema.ts";
import type { Index, IndexOptions } from "./index-facade.ts";
import type { IndexListOptions } from "./index-options.ts";
import { type IndexParts, partsOfIndex, reposToList, requireRepo } from "./index-parts.ts";
import { insertEntry } from "./insert-entry.ts";
import { labelEntry } from "./label-entry.ts";
import { loadEntry } from "./load-entry.ts";
import { lensLoader } from "./load-lens.ts";
import { publishAs } from "./publish-schema.ts";
import { searchRepos } from "./search-repos.ts";
import { storeLens } from "./store-lens.ts";
import { writeEntry } from "./write-entry.ts";

/**
 * Makes an index of repositories. Disposing of it disposes of their providers, stores and searches.
 *
 * @throws TypeError – no format, or a repository whose name no reference could have.
 * @example
 * ```ts
 * import { createIndex, int, memoryFormat, memoryIndex, memoryStore, sample } from "@atdata/core";
 * const Digit = sample("Digit", { label: int() });
 * const local = { provider: memoryIndex(), store: memoryStore() };
 * const index = createIndex({ repos: { local }, formats: [memoryFormat()] });
 * await index.write("digits@1.0.0", Digit, [{ label: 7 }, { label: 1 }], { tags: ["handwritten"] });
 * const ds = await index.load("@local/digits", { type: Digit });
 * await ds.head(1); // -> [{ label: 7 }]
 * ```
 */
export function createIndex(options: IndexOptions): Index {
  const parts = partsOfIndex(options);
  const { network: _network, accounts: _accounts, ...shown } = parts;
  return {
    ...shown,
    write: (ref, type, samples, write = {}) => writeEntry(parts, ref, type, samples, write),
    insert: (ref, source, insert = {}) => insertEntry(parts, ref, source, insert),
    get: (ref, call = {}) => findEntry(parts, ref, call),
    resolve: (ref, call = {}) => resolveEntry(parts, ref, call),
    list: ({ repo, ...list } = {}) => listEach(parts, { ...list, repo }, (provider) => provider.listEntries(list)),
    delete: (ref, remove = {}) => deleteEntry(parts, ref, remove),
    label: (ref, label = {}) => labelEntry(parts, ref, label),
    labels: ({ repo, ...list } = {}) => listEach(parts, { ...list, repo }, (provider) => provider.listLabels(list)),
    publishSchema: (type, publish = {}) =>
      publishAs(parts, type, { ...publish, version: publish.version ?? type.version }),
    schema: (ref, find = {}) => findSchema(parts, ref, find),
    schemas: ({ repo, ...list } = {}) => listEach(parts, { ...list, repo }, (provider) => provider.listSchemas(list)),
    storeLens: (lens, store = {}) => storeLens(parts, lens, store),
    loadLens: lensLoader(parts),
    search: (query = {}, call = {}) => searchRepos(parts, query, call),
    load: async (ref, load = {}) => loadEntry(parts, await resolveEntry(parts, ref, load), load),
    copy: (from, to, copy = {}) => copyEntry(parts, from, to, copy),
    [Symbol.asyncDispose]: () => dispose(parts),
  };
}

/** Lists what repositories hold, one after the other. */
async function* listEach<T>(
  parts: IndexParts,
  { repo, signal }: IndexListOptions,
  list: (provider: IndexProvider) => AsyncIterable<T>,
): AsyncGenerator<T & { readonly repo: string }, void, undefined> {
  for (const name of await reposToList(parts, repo, { signal })) {
    const { provider } = requireRepo(parts, name, `@${name}`);
    for await (const each of list(provider)) yield { ...each, repo: name };
  }
}

async function dispose({ repos }: IndexParts): Promise<void> {
  const owned = new Set(
    Object.values(repos).flatMap(({ provider, store, search, network }) => [provider, store, search, network]),
  );
  const ends = await Promise.allSettled([...owned].map((part) => part?.[Symbol.asyncDispose]?.()));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

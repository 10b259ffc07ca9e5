import type { IndexEntry, IndexProvider, SearchBackend, SearchQuery } from "@atdata/core";
import { ensure } from "./expect.ts";
import { type IndexFixture, type IndexKit, indexKit } from "./index-provider-fixture.ts";

/** A search made by the backend's author, and the index that it looks through. */
export interface SearchFixture {
  /** The search. */
  readonly search: SearchBackend;
  /** Where the kit puts what is searched for; empty. */
  readonly provider: IndexProvider;
  /** Takes away what is left when both are disposed. */
  dispose?(): Promise<void>;
  /** Writes a ref of a schema, which need not be there, for an index that takes no `atdata://local/…`. */
  readonly schemaRef?: IndexFixture["schemaRef"];
}

/** Makes a search over an empty index; both share nothing with any other that was made. */
export type MakeSearchBackend = () => SearchFixture | Promise<SearchFixture>;

/** Runs `use` with a fresh search and disposes of all after. */
export async function withSearch(
  make: MakeSearchBackend,
  use: (search: SearchBackend, provider: IndexProvider, kit: Omit<IndexKit, "reopen">) => Promise<void>,
): Promise<void> {
  const fixture = await make();
  const { search, provider } = fixture;
  try {
    await use(search, provider, indexKit(fixture));
  } finally {
    await search[Symbol.asyncDispose]?.();
    await provider[Symbol.asyncDispose]?.();
    await fixture.dispose?.();
  }
}

/** The names of what {@link putDatasets} puts, sorted. */
export const ALL_DATASETS: readonly string[] = ["letters", "mnist", "plain", "street numbers"];

/** Puts datasets of schemas `Digit@1.0.0`, `Digit@2.0.0` and `Digits@1.0.0`, by name. */
export async function putDatasets(provider: IndexProvider, kit: Omit<IndexKit, "reopen">): Promise<void> {
  const refs: string[] = [];
  for (const [name, version] of [
    ["Digit", "1.0.0"],
    ["Digit", "2.0.0"],
    ["Digits", "1.0.0"],
  ] as const) {
    refs.push((await provider.createSchema(kit.schema(name, version))).held.ref);
  }
  const put = (name: string, ref: number, description?: string, tags?: readonly string[]): Promise<IndexEntry> =>
    provider.putEntry(kit.entry(name, 0, { schemaRef: refs[ref] ?? "", metadata: { description, tags } }));
  await put("mnist", 0, "Handwritten digits of many people", ["images", "small"]);
  await put("street numbers", 1, "Digits on houses", ["images", "street view"]);
  await put("letters", 2, "\u00dcber 20 alphabets, handwritten", ["images", "small", "c++"]);
  await provider.putEntry(kit.entry("plain", 0, { schemaRef: refs[0] ?? "" }));
}

/** Reads all pages of a query. */
export async function pages(search: SearchBackend, query: SearchQuery): Promise<IndexEntry[][]> {
  const all: IndexEntry[][] = [];
  let cursor = query.cursor;
  do {
    const page = await search.search({ ...query, cursor });
    ensure(query.limit === undefined || page.entries.length <= query.limit, "a page has more entries than its limit");
    all.push([...page.entries]);
    cursor = page.cursor;
    ensure(all.length < 1000, "pages have no end");
  } while (cursor !== undefined);
  return all;
}

/** Gives the names that a query finds, sorted. */
export async function found(search: SearchBackend, query: SearchQuery): Promise<string[]> {
  return (await pages(search, query))
    .flat()
    .map(({ name }) => name)
    .sort();
}

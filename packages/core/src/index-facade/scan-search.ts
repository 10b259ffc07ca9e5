import { AtdataError } from "../errors.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { IndexEntry, IndexProvider } from "../protocols/index-provider.ts";
import type { SearchBackend, SearchPage, SearchQuery } from "../protocols/search-backend.ts";
import { saidOf } from "./entry-metadata.ts";

const DEFAULT_LIMIT = 50;

/** What of an index is looked through. */
export type ScannedIndex = Pick<IndexProvider, "listEntries" | "listSchemas" | "schemaByRef">;

/**
 * Builds a search that looks through all entries of an index, in the order of putting.
 *
 * A page that would begin behind an entry which was removed or put again is `CURSOR_INVALID`.
 *
 * @example
 * ```ts
 * import { memoryIndex, scanSearch } from "@atdata/core";
 * const search = scanSearch(memoryIndex());
 * await search.search({ text: "digits", tags: ["mnist"] }); // -> { entries: [] }
 * ```
 */
export function scanSearch(provider: ScannedIndex): SearchBackend {
  return {
    name: "scan",
    async search(query: SearchQuery, options: CallOptions = {}): Promise<SearchPage> {
      const limit = limitOf(query);
      const matches = matcherOf(query, await refsOf(provider, query, options));
      const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
      const entries: IndexEntry[] = [];
      let position = 0;
      let begun = after === undefined;
      let cursor: string | undefined;
      for await (const entry of provider.listEntries(options)) {
        position += 1;
        if (!begun) {
          // What stays where it is only moves up, as those before it go; further down it was put again.
          if (position > (after?.position ?? 0)) break;
          begun = entry.id === after?.id;
          continue;
        }
        if (!matches(entry)) continue;
        if (entries.length === limit) return { entries, cursor };
        entries.push(entry);
        cursor = `${position}:${entry.id}`;
      }
      if (!begun) throw invalidCursor(query.cursor as string);
      return { entries };
    },
  };
}

/**
 * Reads how many entries a page has at the most.
 *
 * @throws RangeError – it is not a whole number from 1 on.
 */
export function limitOf({ limit = DEFAULT_LIMIT }: SearchQuery): number {
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new RangeError(`limit must be a whole number from 1 on, got ${limit}`);
}

/** Makes the error for a cursor that is not of this search. */
export function invalidCursor(cursor: string): AtdataError<"CURSOR_INVALID"> {
  const clause = "the cursor is not of this search, or no longer holds";
  return new AtdataError(
    "CURSOR_INVALID",
    clause,
    { cursor: cursor.slice(0, 200) },
    { hint: "search without a cursor" },
  );
}

function readCursor(cursor: string): { readonly position: number; readonly id: string } {
  const [, position, id] = /^([1-9]\d{0,14}):(.+)$/s.exec(cursor) ?? [];
  if (position === undefined || id === undefined) throw invalidCursor(cursor);
  return { position: Number(position), id };
}

/** Where refs tell no names, they are looked up. */
async function refsOf(
  provider: ScannedIndex,
  { schema }: SearchQuery,
  options: CallOptions,
): Promise<ReadonlySet<string>> {
  const refs = new Set<string>();
  if (schema === undefined || provider.schemaByRef === undefined) return refs;
  for await (const { name, version, ref } of provider.listSchemas(options)) {
    if (schema === name || schema === `${name}@${version}`) refs.add(ref);
  }
  return refs;
}

function matcherOf(
  { text = "", tags = [], schema }: SearchQuery,
  refs: ReadonlySet<string>,
): (entry: IndexEntry) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return (entry) => {
    if (schema !== undefined && !refs.has(entry.schemaRef) && !isOfSchema(entry.schemaRef, schema)) return false;
    const said = saidOf(entry);
    if (!tags.every((tag) => said.tags.includes(tag))) return false;
    const texts = [entry.name, said.description ?? "", ...said.tags].map((each) => each.toLowerCase());
    return words.every((word) => texts.some((each) => each.includes(word)));
  };
}

/** A schema is meant by its ref, by `Name@version`, or by `Name`. */
function isOfSchema(ref: string, wanted: string): boolean {
  if (ref === wanted) return true;
  const named = ref.slice(ref.lastIndexOf("/") + 1);
  return named === wanted || named.replace(/@[^@]*$/, "") === wanted;
}

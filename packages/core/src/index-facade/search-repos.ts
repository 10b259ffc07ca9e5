import type { CallOptions } from "../protocols/data-source.ts";
import type { IndexQuery } from "./index-options.ts";
import { type IndexParts, reposToList, requireRepo } from "./index-parts.ts";
import type { IndexPage, RepoEntry } from "./repo-items.ts";
import { invalidCursor, limitOf, scanSearch } from "./scan-search.ts";

/** Searches repositories one after the other. A cursor is the repository's name, `/`, and where its own search goes on. */
export async function searchRepos(
  parts: IndexParts,
  { repo, cursor, ...query }: IndexQuery,
  options: CallOptions,
): Promise<IndexPage> {
  const limit = limitOf(query);
  const repos = await reposToList(parts, repo, options);
  let { at, within } = readCursor(repos, cursor);
  const entries: RepoEntry[] = [];
  for (; at < repos.length; at++) {
    const name = repos[at] as string;
    do {
      const { provider, search = scanSearch(provider) } = requireRepo(parts, name, `@${name}`);
      const page = await search.search({ ...query, limit: limit - entries.length, cursor: within }, options);
      for (const entry of page.entries) entries.push({ ...entry, repo: name });
      within = page.cursor;
      if (within !== undefined && entries.length >= limit) return { entries, cursor: `${name}/${within}` };
    } while (within !== undefined);
    const next = repos[at + 1];
    if (next !== undefined && entries.length >= limit) return { entries, cursor: `${next}/` };
  }
  return { entries };
}

function readCursor(
  repos: readonly string[],
  cursor: string | undefined,
): { readonly at: number; readonly within: string | undefined } {
  if (cursor === undefined) return { at: 0, within: undefined };
  const slash = cursor.indexOf("/");
  const at = repos.indexOf(cursor.slice(0, Math.max(slash, 0)));
  if (at < 0) throw invalidCursor(cursor);
  const within = cursor.slice(slash + 1);
  return { at, within: within === "" ? undefined : within };
}

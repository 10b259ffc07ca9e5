/** What of a search one page is. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Asks for page after page, until there is enough. */
export async function allPages<T>(
  limit: number,
  search: (page: PageQuery) => Promise<{ readonly entries: readonly T[]; readonly cursor?: string | undefined }>,
): Promise<{ readonly entries: readonly T[]; readonly more: boolean }> {
  const entries: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await search({ limit: limit - entries.length, cursor });
    entries.push(...page.entries);
    cursor = page.cursor;
  } while (cursor !== undefined && entries.length < limit);
  return { entries, more: cursor !== undefined };
}

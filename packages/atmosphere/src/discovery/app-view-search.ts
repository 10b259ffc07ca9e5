import {
  AtdataError,
  type CallOptions,
  type IndexEntry,
  isAtdataError,
  type RepositoryNetwork,
  type SearchBackend,
  type SearchPage,
  type SearchQuery,
  type StoredSchema,
  scanSearch,
} from "@atdata/core";
import type { RepoRecord } from "../client/repo-client.ts";
import { ifReadable } from "../provider/read-records.ts";
import { entryFromRecord } from "../records/entry-from-record.ts";
import type { AppView, AppViewPage } from "./app-view.ts";
import { mapSome } from "./map-some.ts";
import { readSearchCursor, type SearchPlace, writeSearchCursor } from "./search-cursor.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;
/** So many repositories are read at the same time. */
const AT_ONCE = 8;
/** A page that nothing of matches is asked for the next one, so often. */
const PAGES = 10;

/** What {@link appViewSearch} works with. */
export interface AppViewSearchParts {
  /** Who is asked. */
  readonly appView: AppView;
  /** Finds the repositories of what the AppView knows. */
  readonly network: RepositoryNetwork;
  /** Accounts, by handle or DID, that are looked through when the AppView does not answer. */
  readonly accounts?: readonly string[] | undefined;
}

/**
 * Builds a search of all that an AppView knows.
 *
 * The AppView only tells which entries there may be: each is read from its own repository, and must match as in any other
 * search, so that what was changed or deleted meanwhile is seen as it is. An entry whose repository cannot be reached is
 * given as the AppView shows it, without metadata. Without words the AppView lists, and all else is looked for in that list.
 *
 * When it does not answer the first page, the accounts are looked through instead, page by page.
 *
 * @returns A search that throws `APPVIEW_FAILED` where there are no accounts, or a later page fails; `CURSOR_INVALID`.
 */
export function appViewSearch({ appView, network, accounts = [] }: AppViewSearchParts): SearchBackend {
  return {
    name: "appview",
    async search(query, options = {}) {
      const limit = checkLimit(query.limit);
      const place = query.cursor === undefined ? undefined : readSearchCursor(query.cursor, accounts.length);
      if (place?.at === "account") return scan(query, limit, place, options);
      try {
        return await ask(query, limit, place?.cursor, options);
      } catch (error) {
        if (!isAtdataError(error, "APPVIEW_FAILED") || place !== undefined || accounts.length === 0) throw error;
        return scan(query, limit, { at: "account", account: 0, cursor: undefined }, options);
      }
    },
  };

  async function ask(
    query: SearchQuery,
    limit: number,
    from: string | undefined,
    options: CallOptions,
  ): Promise<SearchPage> {
    let cursor = from;
    for (let pages = 1; ; pages++) {
      const page = await candidates(query, { limit, cursor, signal: options.signal });
      // An AppView may show one twice.
      const records = [...new Map(page.records.map((record) => [record.uri, record])).values()];
      const entries = await matching(query, records, options);
      if (page.cursor === undefined) return { entries };
      if (page.cursor === cursor) throw stuck(appView);
      cursor = page.cursor;
      if (entries.length > 0 || pages === PAGES) {
        return { entries, cursor: writeSearchCursor({ at: "appview", cursor }) };
      }
    }
  }

  function candidates(
    { text = "", tags, schema }: SearchQuery,
    options: { limit: number; cursor: string | undefined; signal: AbortSignal | undefined },
  ): Promise<AppViewPage> {
    if (text.trim() === "") return appView.listEntries(options);
    const schemaRef = schema?.startsWith("at://") ? schema : undefined;
    return appView.searchDatasets(text.trim(), { ...options, tags, schemaRef });
  }

  async function matching(
    { text, tags, schema }: SearchQuery,
    records: readonly RepoRecord[],
    options: CallOptions,
  ): Promise<readonly IndexEntry[]> {
    // Who is out of reach for one of them is not asked for the next.
    const gone = new Set<string>();
    const entries = await mapSome(records, AT_ONCE, (record) => asItIs(record, gone, options));
    if (entries.length === 0) return [];
    const found = scanSearch({
      async *listEntries() {
        yield* entries;
      },
      async *listSchemas() {
        const refs = [...new Set(entries.map(({ schemaRef }) => schemaRef))];
        yield* await mapSome(refs, AT_ONCE, (ref) => schemaOf(ref, gone, options));
      },
      schemaByRef: (ref, options) => schemaOf(ref, gone, options ?? {}),
    });
    return (await found.search({ text, tags, schema, limit: entries.length }, options)).entries;
  }

  /** Reads an entry where it is; `undefined` when it is no longer there, or nothing that is opened. */
  async function asItIs(record: RepoRecord, gone: Set<string>, options: CallOptions): Promise<IndexEntry | undefined> {
    const did = didOf(record.uri);
    if (!gone.has(did)) {
      try {
        const { provider } = await network.open(did, options);
        return await provider.getEntry(record.uri, options);
      } catch (error) {
        if (!isAtdataError(error)) throw error;
        if (!isOutOfReach(error)) return undefined;
        gone.add(did);
      }
    }
    return ifReadable(() => entryFromRecord(record).entry);
  }

  async function schemaOf(
    ref: string,
    gone: ReadonlySet<string>,
    options: CallOptions,
  ): Promise<StoredSchema | undefined> {
    if (gone.has(didOf(ref))) return undefined;
    try {
      const { provider } = await network.open(didOf(ref), options);
      return await provider.schemaByRef?.(ref, options);
    } catch (error) {
      if (isAtdataError(error)) return undefined;
      throw error;
    }
  }

  async function scan(
    query: SearchQuery,
    limit: number,
    { account, cursor }: Extract<SearchPlace, { at: "account" }>,
    options: CallOptions,
  ): Promise<SearchPage> {
    const { provider } = await network.open(accounts[account] as string, options);
    const page = await scanSearch(provider).search({ ...query, limit, cursor }, options);
    if (page.cursor === undefined && account + 1 === accounts.length) return { entries: page.entries };
    const next: SearchPlace =
      page.cursor === undefined
        ? { at: "account", account: account + 1, cursor: undefined }
        : { at: "account", account, cursor: page.cursor };
    return { entries: page.entries, cursor: writeSearchCursor(next) };
  }
}

function didOf(uri: string): string {
  return uri.slice("at://".length).replace(/\/.*$/s, "");
}

function isOutOfReach(error: AtdataError): boolean {
  return ["PDS_FAILED", "NETWORK_ERROR", "TIMEOUT", "HTTP_ERROR"].includes(error.code);
}

function checkLimit(limit: number = DEFAULT_LIMIT): number {
  if (Number.isSafeInteger(limit) && limit > 0) return Math.min(limit, MAX_LIMIT);
  throw new RangeError(`limit must be a whole number from 1 on, got ${limit}`);
}

function stuck({ url }: AppView): AtdataError {
  const fields = { appView: url, operation: "search" };
  return new AtdataError("APPVIEW_FAILED", "the AppView answered strangely: its cursor leads nowhere", fields);
}

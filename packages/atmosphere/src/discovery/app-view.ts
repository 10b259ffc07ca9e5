import { AtdataError, type CallOptions } from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { COLLECTIONS, type Collection } from "../lexicon/collections.ts";
import { appViewUrl } from "./app-view-address.ts";
import { appViewQuery } from "./app-view-query.ts";
import { recordOfView } from "./app-view-records.ts";

/** So many uris an AppView takes at once. */
const MAX_URIS = 25;
const MAX_LIMIT = 100;

/** How an AppView is asked. */
export interface AppViewOptions {
  /** Sends the requests; default the runtime's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** What a listing of an AppView is narrowed to. */
export interface AppViewListOptions extends CallOptions {
  /** Only what this account has, by DID or handle. */
  readonly repo?: string | undefined;
  /** How many records a page has at the most: 100 or fewer. */
  readonly limit?: number | undefined;
  /** Where an earlier page ended. */
  readonly cursor?: string | undefined;
}

/** What datasets an AppView is asked for. */
export interface AppViewSearchOptions extends AppViewListOptions {
  /** Tags, all of which they have. */
  readonly tags?: readonly string[] | undefined;
  /** Uri of their schema. */
  readonly schemaRef?: string | undefined;
}

/** Which lenses an AppView is asked for; both where both are given. */
export interface AppViewLensOptions extends Omit<AppViewListOptions, "repo"> {
  /** Uri of the schema of what is viewed. */
  readonly sourceSchema?: string | undefined;
  /** Uri of the schema of the view. */
  readonly targetSchema?: string | undefined;
}

/** Some of the records that an AppView knows. */
export interface AppViewPage {
  /** Those that fit their lexicons; entries as the AppView shows them, without metadata and manifests. */
  readonly records: readonly RepoRecord[];
  /** Where the next page begins; `undefined` after the last. */
  readonly cursor: string | undefined;
}

/**
 * A service that knows the records of many accounts. It is believed nothing but where things are: what matters is read
 * from the repositories themselves.
 *
 * All methods throw `APPVIEW_FAILED`, and a RangeError for a `limit` that is none; what they find nothing for is `undefined` or left out.
 */
export interface AppView {
  /** Where it is. */
  readonly url: string;
  /** Tells what it is and knows. */
  describe(options?: CallOptions): Promise<JsonRecord>;
  /** Gives the uri of the entry that a label of an account stands for; the newest without a version. It may lag behind. */
  resolveLabel(handle: string, name: string, version?: string, options?: CallOptions): Promise<string | undefined>;
  /** Finds the record of a schema whose key is `<name>@<version>`; not what has another key. */
  resolveSchema(handle: string, name: string, version?: string, options?: CallOptions): Promise<RepoRecord | undefined>;
  /** Finds entries, 25 with each request; those that are not there are left out. */
  getEntries(uris: readonly string[], options?: CallOptions): Promise<readonly RepoRecord[]>;
  /** Lists entries. */
  listEntries(options?: AppViewListOptions): Promise<AppViewPage>;
  /** Lists schemas. */
  listSchemas(options?: AppViewListOptions): Promise<AppViewPage>;
  /** Lists lenses. */
  listLenses(options?: AppViewListOptions): Promise<AppViewPage>;
  /** Finds entries by words; without any it is a RangeError, as AppViews only list then. */
  searchDatasets(text: string, options?: AppViewSearchOptions): Promise<AppViewPage>;
  /** Finds lenses between types; a page may be empty and yet have a cursor. */
  searchLenses(options: AppViewLensOptions): Promise<AppViewPage>;
  /** Gives the http urls of the blobs of entries, by the entries' uris, 25 with each request. */
  resolveBlobs(uris: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, readonly string[]>>;
}

/**
 * Opens an AppView.
 *
 * @param address - `https://…`, or `did:web:host`, with a port as `%3A<port>`.
 * @throws TypeError – it is no such address.
 */
export function appView(address: string, { fetch }: AppViewOptions = {}): AppView {
  const url = appViewUrl(address);
  const query = appViewQuery(url, fetch);

  async function page(
    method: string,
    key: string,
    collection: Collection,
    { signal, limit = 50, ...params }: Params,
  ): Promise<AppViewPage> {
    const { [key]: views, cursor } = (await query(method, { ...params, limit: checkLimit(limit) }, { signal })) ?? {};
    if (!Array.isArray(views)) throw strange(url, method);
    const records = views.map((view) => recordOfView(view, collection)).filter((record) => record !== undefined);
    return { records, cursor: typeof cursor === "string" && cursor !== "" ? cursor : undefined };
  }

  /** Asks for many uris, some at a time. */
  async function* chunks(method: string, key: string, uris: readonly string[], options?: CallOptions): Views {
    for (let i = 0; i < uris.length; i += MAX_URIS) {
      const views = (await query(method, { uris: uris.slice(i, i + MAX_URIS) }, options))?.[key];
      if (!Array.isArray(views)) throw strange(url, method);
      yield* views;
    }
  }

  return {
    url,
    async describe(options) {
      const answer = await query("describeService", {}, options);
      if (answer === undefined) throw strange(url, "describeService");
      return answer;
    },
    async resolveLabel(handle, name, version, options) {
      const uri = (await query("resolveLabel", { handle, name, version }, options))?.uri;
      return typeof uri === "string" && uri.startsWith("at://") ? uri : undefined;
    },
    async resolveSchema(handle, schemaId, version, options) {
      const view = await query("resolveSchema", { handle, schemaId, version }, options);
      return recordOfView(view, COLLECTIONS.schema);
    },
    async getEntries(uris, options) {
      const found: RepoRecord[] = [];
      for await (const view of chunks("getEntries", "entries", uris, options)) {
        const record = recordOfView(view, COLLECTIONS.entry);
        if (record !== undefined && uris.includes(record.uri)) found.push(record);
      }
      return found;
    },
    listEntries: (options = {}) => page("listEntries", "entries", COLLECTIONS.entry, options),
    listSchemas: (options = {}) => page("listSchemas", "schemas", COLLECTIONS.schema, options),
    listLenses: (options = {}) => page("listLenses", "lenses", COLLECTIONS.lens, options),
    async searchDatasets(q, options = {}) {
      if (q.trim() === "") throw new RangeError("an AppView searches for words only; list instead");
      return page("searchDatasets", "entries", COLLECTIONS.entry, { q, ...options });
    },
    async searchLenses(options) {
      const { sourceSchema, targetSchema } = options;
      const { records, cursor } = await page("searchLenses", "lenses", COLLECTIONS.lens, options);
      // Of two schemas it finds what has one of them.
      const between = records.filter(
        ({ value }) =>
          (sourceSchema === undefined || value.sourceSchema === sourceSchema) &&
          (targetSchema === undefined || value.targetSchema === targetSchema),
      );
      return { records: between, cursor };
    },
    async resolveBlobs(uris, options) {
      const found = new Map<string, string[]>();
      for await (const view of chunks("resolveBlobs", "blobs", uris, options)) {
        const { uri, url: at, error } = (view ?? {}) as JsonRecord;
        if (error !== undefined || typeof uri !== "string" || typeof at !== "string") continue;
        if (/^https?:\/\//.test(at) && uris.includes(uri)) found.set(uri, [...(found.get(uri) ?? []), at]);
      }
      return found;
    },
  };
}

type Params = AppViewSearchOptions & AppViewLensOptions & { readonly q?: string | undefined };
type Views = AsyncGenerator<unknown, void, undefined>;

function checkLimit(limit: number): number {
  if (Number.isSafeInteger(limit) && limit > 0 && limit <= MAX_LIMIT) return limit;
  throw new RangeError(`limit must be a whole number from 1 to ${MAX_LIMIT}, got ${limit}`);
}

function strange(appView: string, method: string): AtdataError {
  const fields = { appView, operation: `science.alt.dataset.${method}` };
  return new AtdataError("APPVIEW_FAILED", "the AppView answered strangely: it lacks what was asked for", fields);
}

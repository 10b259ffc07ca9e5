import type { CallOptions } from "./data-source.ts";
import type { IndexEntry } from "./index-provider.ts";

/** What is searched for; all that is given must hold. */
export interface SearchQuery {
  /** Words, each of which is in the name, the description or a tag, whatever its case. */
  readonly text?: string | undefined;
  /** Tags, all of which the dataset has. */
  readonly tags?: readonly string[] | undefined;
  /** The dataset's schema: its ref, its name, or `name@version`. */
  readonly schema?: string | undefined;
  /** How many entries a page has at the most; the backend may give fewer. */
  readonly limit?: number | undefined;
  /** Where an earlier page ended. */
  readonly cursor?: string | undefined;
}

/** Some of the entries that were found. */
export interface SearchPage {
  /** The entries, each of them once over all pages. */
  readonly entries: readonly IndexEntry[];
  /** Where the next page begins; `undefined` after the last. */
  readonly cursor?: string | undefined;
}

/**
 * Finds datasets by what is said of them.
 *
 * **For implementors:** a page may be empty and yet have a cursor; a cursor that is not one of yours is `CURSOR_INVALID`.
 */
export interface SearchBackend extends Partial<AsyncDisposable> {
  /** Short name for messages, such as `"scan"`. */
  readonly name: string;
  /** Gives a page of what matches. */
  search(query: SearchQuery, options?: CallOptions): Promise<SearchPage>;
}

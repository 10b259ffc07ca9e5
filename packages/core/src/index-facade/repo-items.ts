import type { IndexEntry, Label, StoredSchema } from "../protocols/index-provider.ts";

/** An entry, and where it is. */
export interface RepoEntry extends IndexEntry {
  /** Name of its repository. */
  readonly repo: string;
}

/** A schema, and where it is. */
export interface RepoSchema extends StoredSchema {
  /** Name of its repository. */
  readonly repo: string;
}

/** A label, and where it is. */
export interface RepoLabel extends Label {
  /** Name of its repository. */
  readonly repo: string;
}

/** Some of what was found. */
export interface IndexPage {
  /** The entries; of two repositories the same one may come twice. */
  readonly entries: readonly RepoEntry[];
  /** Where the next page begins; `undefined` after the last. */
  readonly cursor?: string | undefined;
}

/** What went with a deletion, or would. */
export interface DeleteReport {
  /** The entry. */
  readonly entry: RepoEntry;
  /** The labels that stood for it. */
  readonly labels: readonly Label[];
  /** Urls of the files: `dataset.json`, shards and sidecars. */
  readonly files: readonly string[];
  /** Shards that were asked for and stay, and why. */
  readonly kept: readonly { readonly url: string; readonly reason: string }[];
}

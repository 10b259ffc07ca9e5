import type { CallOptions } from "./data-source.ts";

/** What is put into an index about one dataset. */
export interface NewEntry {
  /** Its name; several entries may share one. */
  readonly name: string;
  /** Its schema: `atdata://local/schema/<Name>@<version>` for one of the same repository, or an `at://` uri. */
  readonly schemaRef: string;
  /** Urls or absolute paths of the shards, in order. */
  readonly dataUrls: readonly string[];
  /** What else is known: JSON, in which bytes and safe integers keep their type. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** A dataset as an index holds it. */
export interface IndexEntry extends NewEntry {
  /** What its repository knows it by: in local ones the content id of schema and urls, on ATProto its `at://` uri. */
  readonly id: string;
  /** When it was put: ISO 8601 in UTC; `undefined` where nobody noted it. */
  readonly createdAt?: string | undefined;
}

/** A sample type that is put into an index. */
export interface NewSchema {
  /** Name of the type. */
  readonly name: string;
  /** Version `a.b.c`. */
  readonly version: string;
  /** The type in its local form, as parsed JSON: `schemaFromLocal` checks and rebuilds it. */
  readonly json: unknown;
}

/** A sample type as an index holds it. */
export interface StoredSchema extends NewSchema {
  /** What entries refer to it by. */
  readonly ref: string;
}

/** A lens as an index holds it. */
export interface StoredLensRecord {
  /** Name of the lens. */
  readonly name: string;
  /** Version `a.b.c`. */
  readonly version: string;
  /** The lens in its stored form, as parsed JSON: `lensFromStored` checks and rebuilds it. */
  readonly json: unknown;
}

/** A name, with or without a version, that stands for an entry. */
export interface NewLabel {
  /** The name. */
  readonly name: string;
  /** The version, or an empty string for none. */
  readonly version: string;
  /** The entry's id. */
  readonly id: string;
  /** What it is for. */
  readonly description?: string | undefined;
}

/** A label as an index holds it. */
export interface Label extends NewLabel {
  /** When it was put: ISO 8601 in UTC; `undefined` where nobody noted it. */
  readonly createdAt?: string | undefined;
}

/** Options of {@link IndexProvider.putLabel}. */
export interface PutLabelOptions extends CallOptions {
  /** Put it only if the label stands for this entry now, or with `null` only if there is none. */
  readonly expect?: string | null | undefined;
}

/** What a listing is narrowed to. */
export interface ListOptions extends CallOptions {
  /** Only what has this name. */
  readonly name?: string | undefined;
}

/** What a listing of labels is narrowed to. */
export interface ListLabelsOptions extends ListOptions {
  /** Only labels of this entry. */
  readonly id?: string | undefined;
}

/**
 * Where the entries, schemas, lenses and labels of a repository are kept.
 *
 * It knows nothing of versions' order, of equal schemas or of what a name stands for: that is the index's business.
 *
 * **For implementors:** arguments were checked before; several processes may write at once, and a write is there for every
 * reader once its promise has settled, whole or not at all. What another program left in a form that cannot be read is
 * `INDEX_CORRUPT`, with the key. Listings are in the order of putting, oldest first where that is known, and may be left early.
 */
export interface IndexProvider extends Partial<AsyncDisposable> {
  /** Short name for messages, such as `"sqlite"`. */
  readonly name: string;

  /** Puts an entry, over one of the same id if there is one, and gives it as it is held. */
  putEntry(entry: NewEntry, options?: CallOptions): Promise<IndexEntry>;
  /** Finds an entry by its id. */
  getEntry(id: string, options?: CallOptions): Promise<IndexEntry | undefined>;
  /** Finds the entry of this name that was put last. */
  latestEntry(name: string, options?: CallOptions): Promise<IndexEntry | undefined>;
  /** Lists entries. */
  listEntries(options?: ListOptions): AsyncIterable<IndexEntry>;
  /** Removes an entry, and nothing else; tells whether it was there. */
  deleteEntry(id: string, options?: CallOptions): Promise<boolean>;

  /** Stores a schema unless its name and version are taken; gives what is held under them then. Of several racers one wins. */
  createSchema(schema: NewSchema, options?: CallOptions): Promise<Created<StoredSchema>>;
  /** Finds a schema. */
  getSchema(name: string, version: string, options?: CallOptions): Promise<StoredSchema | undefined>;
  /** Finds a schema by its ref; there where refs do not tell name and version, as `at://` uris do not. */
  schemaByRef?(ref: string, options?: CallOptions): Promise<StoredSchema | undefined>;
  /** Lists schemas. */
  listSchemas(options?: ListOptions): AsyncIterable<StoredSchema>;

  /** Stores a lens unless its name and version are taken; gives what is held under them then. */
  createLens(lens: StoredLensRecord, options?: CallOptions): Promise<Created<StoredLensRecord>>;
  /** Finds a lens. */
  getLens(name: string, version: string, options?: CallOptions): Promise<StoredLensRecord | undefined>;
  /** Finds a lens by its uri; there where lenses have one. */
  lensByRef?(ref: string, options?: CallOptions): Promise<StoredLensRecord | undefined>;
  /** Lists lenses. */
  listLenses(options?: ListOptions): AsyncIterable<StoredLensRecord>;

  /** Puts a label, over one of the same name and version; tells whether `expect` held, and does nothing where it did not. */
  putLabel(label: NewLabel, options?: PutLabelOptions): Promise<boolean>;
  /**
   * Puts an entry and a label that stands for it, both or neither; there where that can be done in one go.
   *
   * Gives the entry as it is held, or `undefined`, and has done nothing, where `expect` did not hold.
   */
  putLabelled?(
    entry: NewEntry,
    label: Omit<NewLabel, "id">,
    options?: PutLabelOptions,
  ): Promise<IndexEntry | undefined>;
  /** Finds the label of exactly this name and version; an empty version is the label without one. */
  getLabel(name: string, version: string, options?: CallOptions): Promise<Label | undefined>;
  /** Finds the label of this name that was put last. */
  latestLabel(name: string, options?: CallOptions): Promise<Label | undefined>;
  /** Lists labels. */
  listLabels(options?: ListLabelsOptions): AsyncIterable<Label>;
  /** Removes a label; tells whether it was there. */
  deleteLabel(name: string, version: string, options?: CallOptions): Promise<boolean>;
}

/** What came of creating something that may be there already. */
export interface Created<T> {
  /** Whether it was stored now. */
  readonly created: boolean;
  /** What is held. */
  readonly held: T;
}

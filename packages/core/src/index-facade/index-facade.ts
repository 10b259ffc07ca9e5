import type { Dataset } from "../dataset/dataset.ts";
import type { DatasetRef, OpenOptions } from "../dataset/open-dataset.ts";
import type { Hasher } from "../hasher.ts";
import type { AnyLens, Lens } from "../lens/lens.ts";
import type { CallOptions, DataSource } from "../protocols/data-source.ts";
import type { DataStore } from "../protocols/data-store.ts";
import type { Created, IndexProvider, StoredLensRecord } from "../protocols/index-provider.ts";
import type { SearchBackend } from "../protocols/search-backend.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import type { ShardPlugin } from "../protocols/shard-plugin.ts";
import type { FieldCodecPack } from "../schema/field-codec-pack.ts";
import type { RawSample, SampleType } from "../schema/sample-type.ts";
import type { Samples } from "../write/write-samples.ts";
import type {
  CopyOptions,
  DeleteOptions,
  FindLensOptions,
  IndexLabelsOptions,
  IndexListOptions,
  IndexQuery,
  IndexStoreLensOptions,
  IndexWriteOptions,
  InsertOptions,
  LabelOptions,
  NamedLensOptions,
  PublishOptions,
  SchemaOptions,
} from "./index-options.ts";
import type { DeleteReport, IndexPage, RepoEntry, RepoLabel, RepoSchema } from "./repo-items.ts";

/** A place for datasets: an index of them, and where their shards are written. */
export interface Repository {
  /** Holds entries, schemas, lenses and labels. */
  readonly provider: IndexProvider;
  /** Takes the shards of what is written; without one, only what lies elsewhere can be inserted. */
  readonly store?: DataStore | undefined;
  /** Answers searches; without one, all entries are looked through. */
  readonly search?: SearchBackend | undefined;
  /** Alone read its shards, each the urls of its schemes; by default its store's source and then the index's do. */
  readonly sources?: readonly DataSource[] | undefined;
  /** Finds the repositories of other accounts, so that references may name them: `@alice.example/digits`, `at://…`. */
  readonly network?: RepositoryNetwork | undefined;
}

/** Where repositories are found by the account that they are of. */
export interface RepositoryNetwork extends Partial<AsyncDisposable> {
  /** Reads what the network's urls name, in whatever repository. */
  readonly source: DataSource;
  /**
   * Finds the repository of a handle or DID.
   *
   * @throws AtdataError – no such account, or whatever keeps it from being found.
   */
  open(authority: string, options?: CallOptions): Promise<Repository>;
}

/** What an index is made of. */
export interface IndexOptions {
  /** The repositories by name: a letter, digit or `_`, then also `.` and `-`. A bare name is looked up in `local`. */
  readonly repos: Readonly<Record<string, Repository>>;
  /** How shards are read, chosen by their names; the first one writes. */
  readonly formats: readonly ShardFormat[];
  /** Told of every sample that is written, and asked when reading. */
  readonly plugins?: readonly ShardPlugin[] | undefined;
  /** Codecs of field kinds that live in subpaths, for stored types. */
  readonly codecs?: readonly FieldCodecPack[] | undefined;
  /** Sources of shards that lie outside of the stores; http and https are there without. */
  readonly sources?: readonly DataSource[] | undefined;
  /** Starts a SHA-256; the default works everywhere, Node's own is faster. */
  readonly createHasher?: (() => Hasher) | undefined;
}

/**
 * Names datasets, and finds them by name.
 *
 * Datasets are referred to by `name`, `repo/name` or `@repo/name`, each with `@version` or without, by
 * `atdata://repo/dataset/name@version`, or with an entry's id for the name. `@1.2.3` is that version, `@1.2` its latest patch; without
 * one it is the label that was put last, else the entry. A repository that the index does not have is `REPO_UNKNOWN`, unless one that it
 * has knows a network: then it is looked for there, by handle or DID, and records by `at://` uri.
 */
export interface Index extends AsyncDisposable {
  /** The repositories by name. */
  readonly repos: Readonly<Record<string, Repository>>;
  /** How shards are read; the first one writes. */
  readonly formats: readonly ShardFormat[];
  /** What follows writing and answers when reading. */
  readonly plugins: readonly ShardPlugin[];
  /** Codecs for stored types. */
  readonly codecs: readonly FieldCodecPack[];
  /** All that shards can be read from: the sources given, those of the stores, http and https. */
  readonly sources: readonly DataSource[];
  /** Starts a SHA-256, where one was given. */
  readonly createHasher: (() => Hasher) | undefined;

  /**
   * Writes samples into the repository's store, and an entry with all that is known of them.
   *
   * Whatever goes wrong leaves no entry and no file.
   *
   * @throws AtdataError `DATASET_EXISTS` – that name and version stand for a dataset, and `overwrite` is not set;
   *   `SCHEMA_CONFLICT`; `UNSUPPORTED` – no store; or what writing throws.
   */
  write<S>(
    ref: string,
    type: SampleType<S>,
    samples: Samples<S>,
    options?: IndexWriteOptions<NoInfer<S>>,
  ): Promise<RepoEntry>;
  /**
   * Puts an entry for shards that exist and stay where they are.
   *
   * @throws AtdataError `DATASET_EXISTS`, `SCHEMA_CONFLICT`, what opening throws, or `UNSUPPORTED` – no type is known, or the source is
   *   a blob.
   */
  insert(ref: string, source: DatasetRef, options?: InsertOptions): Promise<RepoEntry>;
  /** Finds a dataset. */
  get(ref: string, options?: CallOptions): Promise<RepoEntry | undefined>;
  /**
   * Finds a dataset that has to be there.
   *
   * @throws AtdataError `DATASET_NOT_FOUND` – the hint has the versions there are, or the nearest names.
   */
  resolve(ref: string, options?: CallOptions): Promise<RepoEntry>;
  /** Lists entries, by repository. */
  list(options?: IndexListOptions): AsyncIterable<RepoEntry>;
  /**
   * Removes an entry and its labels.
   *
   * @throws AtdataError `DATASET_NOT_FOUND`.
   */
  delete(ref: string, options?: DeleteOptions): Promise<DeleteReport>;
  /**
   * Lets a name and version stand for a dataset.
   *
   * @throws AtdataError `DATASET_NOT_FOUND`, or `LABEL_CONFLICT` – it does not stand for what was expected.
   */
  label(ref: string, options?: LabelOptions): Promise<RepoLabel>;
  /** Lists labels, by repository. */
  labels(options?: IndexLabelsOptions): AsyncIterable<RepoLabel>;

  /**
   * Stores a type, or finds the equal one that is stored.
   *
   * Without a version, its own or the option's, it gets the next one that its compatibility asks for, `1.0.0` at first.
   *
   * @throws AtdataError `SCHEMA_CONFLICT` – another type has that name and version; the hint has the difference.
   */
  publishSchema(type: SampleType, options?: PublishOptions): Promise<Created<RepoSchema>>;
  /** Rebuilds a stored type: by an entry's `schemaRef`, `Name`, `Name@version`, `@repo/Name@version`; the highest version by default. */
  schema(ref: string, options?: SchemaOptions): Promise<SampleType<RawSample> | undefined>;
  /** Lists schemas, by repository. */
  schemas(options?: IndexListOptions): AsyncIterable<RepoSchema>;

  /**
   * Stores a lens, and the types on both sides.
   *
   * Without a version it gets the next patch of its name, `1.0.0` at first.
   *
   * @throws AtdataError `LENS_CONFLICT` – another lens has that name and version; `SCHEMA_CONFLICT`; `SCHEMA_INVALID`.
   */
  storeLens(lens: AnyLens, options?: IndexStoreLensOptions): Promise<Created<StoredLensRecord>>;
  /**
   * Finds the way from one type to another over stored lenses, each in its highest version.
   *
   * @throws AtdataError `LENS_NOT_FOUND`, `LENS_AMBIGUOUS`.
   */
  loadLens<S, V>(from: SampleType<S>, to: SampleType<V>, options?: FindLensOptions): Promise<Lens<S, V>>;
  /**
   * Rebuilds a stored lens by `name`, `name@version` or `@repo/name@version`, between its stored types or those that are given.
   *
   * @throws AtdataError `LENS_UNKNOWN`, `SCHEMA_NOT_FOUND`, or what `lensFromStored` throws.
   */
  loadLens<S = RawSample, V = RawSample>(ref: string, options?: NamedLensOptions<S, V>): Promise<Lens<S, V>>;

  /**
   * Searches one repository, or one after the other.
   *
   * @throws AtdataError `CURSOR_INVALID`.
   */
  search(query?: IndexQuery, options?: CallOptions): Promise<IndexPage>;
  /**
   * Opens a dataset; reads no shard.
   *
   * @throws AtdataError `DATASET_NOT_FOUND`; `SCHEMA_MISMATCH` – what is stored cannot be read as the type that is given;
   *   `SCHEMA_NOT_FOUND`; or what a source says.
   */
  load<S = RawSample>(ref: string, options?: OpenOptions<S>): Promise<Dataset<S>>;
  /**
   * Copies a dataset into another repository's store, with its schema and the lenses that start at it.
   * `to` may be a repository alone, as `@team`: the name and version there are those that it was found by.
   *
   * Without limits the bytes of shards and sidecars stay what they are, and are compared with the recorded sha256. With limits the shards
   * are written anew, with sidecars of the index's plugins; keys and payloads stay. The schema keeps its version where that is free.
   *
   * @throws AtdataError `DATASET_EXISTS`, `CHECKSUM_MISMATCH`, `UNSUPPORTED` – no store; or what reading and writing throw.
   */
  copy(from: string, to: string, options?: CopyOptions): Promise<RepoEntry>;
}

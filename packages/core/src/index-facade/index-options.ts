import type { CallOptions } from "../protocols/data-source.ts";
import type { SearchQuery } from "../protocols/search-backend.ts";
import type { FieldCodecPack } from "../schema/field-codec-pack.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { WriteOptions } from "../write/write-options.ts";

/** What is said of a dataset; it is kept with its entry, and searched. */
export interface EntryOptions {
  /** What it is. */
  readonly description?: string | undefined;
  /** Words to find it by. */
  readonly tags?: readonly string[] | undefined;
  /** Its licence, best as an SPDX identifier. */
  readonly license?: string | undefined;
}

/** Settings of {@link Index.write}; `metadata` is kept with the entry too, and `plugins` stand in for the index's. */
export interface IndexWriteOptions<S = unknown> extends WriteOptions, EntryOptions {
  /** Gives the key of a sample, right before it is written; the next running number stands in for `undefined`. */
  readonly key?: ((sample: S) => string | undefined) | undefined;
}

/** Settings of {@link Index.insert}. */
export interface InsertOptions extends EntryOptions, CallOptions {
  /** Type of the samples; needed where none is stored with the shards. */
  readonly type?: SampleType | undefined;
  /**
   * Lets a name and version that stand for another dataset stand for this one. Default false.
   *
   * The other one goes when it has no label left, with its files if they are in the repository's store.
   */
  readonly overwrite?: boolean | undefined;
  /** JSON of the user's own, instead of what the `dataset.json` has. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** Settings of {@link Index.copy}. */
export interface CopyOptions
  extends Pick<WriteOptions, "maxSamples" | "maxShardBytes" | "overwrite" | "plugins" | "signal" | "onProgress"> {}

/** What of a repository is listed. */
export interface IndexListOptions extends CallOptions {
  /** Only this repository; all of them by default. */
  readonly repo?: string | undefined;
  /** Only what has this name. */
  readonly name?: string | undefined;
}

/** Settings of {@link Index.delete}. */
export interface DeleteOptions extends CallOptions {
  /** Removes the dataset's files too, when no other entry of any repository names one of its shards. Default false. */
  readonly shards?: boolean | undefined;
  /** Only tells what would go. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** Settings of {@link Index.label}. */
export interface LabelOptions extends CallOptions {
  /** The label's name; the dataset's own by default. */
  readonly name?: string | undefined;
  /** `a.b.c`; without one it is the label that has no version. */
  readonly version?: string | undefined;
  /** What it is for. */
  readonly description?: string | undefined;
  /** Moves the label only from this entry's id, or with `null` only makes a new one. */
  readonly expect?: string | null | undefined;
}

/** What labels are listed. */
export interface IndexLabelsOptions extends IndexListOptions {
  /** Only labels of the entry with this id. */
  readonly id?: string | undefined;
}

/** Settings of {@link Index.publishSchema}. */
export interface PublishOptions extends CallOptions {
  /** Where to; `local` by default. */
  readonly repo?: string | undefined;
  /** `a.b.c`, instead of the type's own. */
  readonly version?: string | undefined;
}

/** Settings of {@link Index.schema}. */
export interface SchemaOptions extends CallOptions {
  /** The repository that a reference without one, or to `local`, is looked up in; `local` by default. */
  readonly repo?: string | undefined;
  /** Codecs of field kinds that live in subpaths, besides the index's. */
  readonly codecs?: readonly FieldCodecPack[] | undefined;
}

/** Settings of {@link Index.storeLens}. */
export interface IndexStoreLensOptions extends PublishOptions {
  /** Its name, when the lens has none or another one is wanted. */
  readonly name?: string | undefined;
  /** What it is for. */
  readonly description?: string | undefined;
}

/** Which stored lenses may be used, and with which code. */
export interface FindLensOptions extends CallOptions {
  /** The repository; `local` by default. */
  readonly repo?: string | undefined;
  /** Functions that code references may stand for, by `module:qualname`; nothing is ever imported. */
  readonly getters?: Readonly<Record<string, (sample: never) => unknown>> | undefined;
  /** The same for the way back. */
  readonly putters?: Readonly<Record<string, (view: never, sample: never) => unknown>> | undefined;
}

/** Settings of {@link Index.loadLens} by name. */
export interface NamedLensOptions<S, V> extends FindLensOptions {
  /** The type that it looks at, instead of the stored one. */
  readonly source?: SampleType<S> | undefined;
  /** The type that it shows, instead of the stored one. */
  readonly view?: SampleType<V> | undefined;
}

/** A search, in one repository or all. */
export interface IndexQuery extends SearchQuery {
  /** Only this repository. */
  readonly repo?: string | undefined;
}

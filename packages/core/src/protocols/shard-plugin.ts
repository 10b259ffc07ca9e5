import type { Predicate, PredicateValue } from "../predicate/predicate.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { CallOptions, DataSource, ShardInfo } from "./data-source.ts";
import type { StoredShard } from "./data-store.ts";

/** One sample, as it was written into a shard. */
export interface WrittenSample {
  /** Its key. */
  readonly key: string;
  /** The sample itself. */
  readonly sample: unknown;
  /** Where its payload starts in the shard. */
  readonly offset: number;
  /** Length of its payload. */
  readonly size: number;
  /** Its payload; valid only during the call. */
  readonly payload: Uint8Array;
}

/** What a plugin sees of one write, in this order: samples of a shard, its closing, the next shard, …, the end. */
export interface PluginWriter {
  /** A sample was written into the shard that is open. Must not wait. */
  sample(written: WrittenSample): void;
  /** The open shard was closed, and has this name; sidecars for it may be put now, named by it. */
  shardClosed(name: string, shard: StoredShard): Promise<void>;
  /** All shards are closed; sidecars of the dataset may be put now. */
  finish?(): Promise<void>;
}

/** Takes sidecars, which become visible with the dataset. */
export interface SidecarSink {
  /** Adds a file of this name; what the promise gives does not matter. */
  put(name: string, bytes: Uint8Array): Promise<unknown>;
}

/** What a plugin is told when a write starts. */
export interface PluginWriteContext {
  /** Stem of the dataset. */
  readonly dataset: string;
  /** Type of the samples. */
  readonly type: SampleType;
  /** Takes sidecars; they become visible with the dataset. */
  readonly store: SidecarSink;
  /** Whether everybody will be able to read them. */
  readonly published?: boolean | undefined;
}

/** Where a sample lies. */
export interface SampleLocation {
  /** The shard's url. */
  readonly shard: string;
  /** The sample's key. */
  readonly key: string;
  /** Position among all samples of the dataset, from 0. */
  readonly index: number;
  /** Byte at which the payload starts in the shard. */
  readonly offset: number;
  /** Length of the payload in bytes. */
  readonly size: number;
  /** SHA-256 of the payload, 64 lower-case hex digits, when known: what is read from the place is compared with it. */
  readonly sha256?: string | undefined;
}

/** Where the samples of one shard lie, in their order; all lists have the same length. */
export interface ShardPlaces {
  /** Keys. */
  readonly keys: readonly string[];
  /** Bytes at which the payloads start. */
  readonly offsets: ArrayLike<number>;
  /** Lengths of the payloads. */
  readonly sizes: ArrayLike<number>;
  /** SHA-256 of each payload, as in {@link SampleLocation}; absent where none is known. */
  readonly hashes?: readonly string[] | undefined;
}

/** How a plugin would answer a query. */
export interface PluginPlan {
  /** Number of shards that may hold a match; the others are not looked at. */
  readonly shards: number;
  /** Bytes of sidecars that are yet to be read for the answer. */
  readonly bytes: number;
  /** Why, in a short clause. */
  readonly reason: string;
}

/** What the values of one field come to in all samples. What is not known is `undefined`. */
export interface FieldStatistics {
  /** Number of values, nulls left out; of a list field the number of lists. */
  readonly count: number;
  /** Number of nulls. */
  readonly nulls: number;
  /** Number of NaNs, which count as values and are left out of what follows. */
  readonly nans: number;
  /** Smallest value; of a list field the smallest item. Strings by code point. */
  readonly min?: PredicateValue | undefined;
  /** Largest value or item. */
  readonly max?: PredicateValue | undefined;
  /** Sum of the numbers that are finite. */
  readonly sum?: number | undefined;
  /** Number of distinct values or items. */
  readonly distinct?: number | undefined;
  /** The most frequent values or items and how often each is there, the most frequent first. */
  readonly top?: readonly { readonly value: PredicateValue; readonly count: number }[] | undefined;
  /** Counts of numbers in equal steps from `min` to `max`; the bars of shards of other bounds are spread evenly. */
  readonly histogram?: readonly number[] | undefined;
}

/** What a plugin knows of a dataset that is read. */
export interface PluginIndex {
  /** Number of samples in each shard, in the dataset's order; `undefined` where unknown. */
  counts?(options?: CallOptions): Promise<readonly (number | undefined)[]>;
  /** Finds one sample. */
  locate?(key: string, options?: CallOptions): Promise<SampleLocation | undefined>;
  /** Tells where the samples of a shard lie, by its position among the dataset's; `undefined` when it does not know. */
  places?(shard: number, options?: CallOptions): Promise<ShardPlaces | undefined>;
  /** Finds the samples for which a predicate is true, in the dataset's order; never leaves one out. */
  query?(predicate: Predicate, options?: CallOptions): AsyncIterable<SampleLocation>;
  /** Tells whether `query` can answer a predicate, as when it knows all its fields; without this it answers any. */
  answers?(predicate: Predicate): boolean;
  /** Tells how `query` would answer, without looking at samples. */
  plan?(predicate: Predicate, options?: CallOptions): Promise<PluginPlan>;
  /** Sums up the fields that it knows, by name, without looking at samples. */
  describe?(options?: CallOptions): Promise<ReadonlyMap<string, FieldStatistics>>;
}

/** What a plugin is told when a dataset is opened. */
export interface PluginReadContext {
  /** The shards, in the dataset's order. */
  readonly shards: readonly ShardInfo[];
  /** Reads shards and sidecars. */
  readonly source: DataSource;
}

/**
 * Something that follows the writing of shards, and may answer for them when reading.
 *
 * **For implementors:** all methods are optional; one instance serves many datasets, one after the other or at once.
 */
export interface ShardPlugin {
  /** Short name, such as `"manifest"`. */
  readonly name: string;
  /** Starts following a write. */
  write?(context: PluginWriteContext): PluginWriter;
  /** Looks at a dataset; `undefined` when it has nothing of this plugin's. */
  open?(context: PluginReadContext, options?: CallOptions): Promise<PluginIndex | undefined>;
  /**
   * Gives a sidecar as it is to be when a copy's shards have other names, which are given by the old ones.
   *
   * `undefined` when the file tells of no shard by its name, or is none of this plugin's.
   */
  rename?(name: string, bytes: Uint8Array, shards: ReadonlyMap<string, string>): Promise<Uint8Array | undefined>;
}

import type { Lens } from "../lens/lens.ts";
import type { FieldHandles } from "../predicate/field-handles.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import type { FieldStatistics, SampleLocation } from "../protocols/shard-plugin.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { Entry } from "./base-context.ts";
import type { Batch, BatchOf, BatchOptions } from "./batch.ts";
import type { Progress } from "./iterator.ts";
import type { DatasetState } from "./state.ts";

/** Settings of one iteration. */
export interface IterateOptions {
  /** Ends the iteration with the signal's reason and frees everything. */
  readonly signal?: AbortSignal | undefined;
  /** Told how far it is, about once a chunk and at the end. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Gives arrays and bytes that are valid only until the next step, without copying them: the fastest way through large
   * arrays, for loops that keep nothing. Sharp: what is kept longer changes under your hands. Default false.
   */
  readonly borrow?: boolean | undefined;
}

/** Settings of a method that waits. */
export type WaitOptions = Pick<IterateOptions, "signal">;

/** A running iteration. Leaving a `for await` loop early, `return()` and disposal free every handle. */
export interface DatasetIterator<S> extends AsyncIterableIterator<S, undefined>, AsyncDisposable {
  /** Gives the next value. May be called again before the last call settled; values come in order. */
  next(): Promise<IteratorResult<S, undefined>>;
  /** Ends the iteration. */
  return(): Promise<IteratorResult<S, undefined>>;
  /**
   * Gives the position behind the last value that `next` has given, to be stored and given to `resume`; also after an
   * error or abort, which lose nothing then.
   *
   * In a run that is partitioned by sample, take it when all parts have given the same number of values: any part's
   * state then stands for all of them.
   */
  state(): DatasetState;
}

/** A seeded order. */
export interface ShuffleOptions {
  /** Makes the order; the same seed gives the same order everywhere. */
  readonly seed: number;
  /** The pass over the data, which changes the order; `repeat()` counts it up. Default 0. */
  readonly epoch?: number;
  /**
   * How many samples are permuted together; `"all"` permutes all of them, with a range read for each.
   *
   * Default 10,000; with counts fewer, when so many would be larger than 64 MiB.
   */
  readonly window?: number | "all";
}

/** One part of a run. */
export interface PartitionOptions {
  /** Which part, from 0. */
  readonly index: number;
  /** Number of parts. */
  readonly count: number;
  /**
   * `"shard"` (default) deals out whole shards, and a part opens no others. `"sample"` gives positions `index`,
   * `index + count`, … of the sequence, so that the parts of any count, merged round-robin from part 0, are the
   * sequence.
   */
  readonly by?: "shard" | "sample";
  /** Makes all parts give the same number of samples, leaving out the tail. Needs counts. Default false. */
  readonly equal?: boolean;
}

/** What is known of a dataset without reading its samples. */
export interface Description {
  /** Name of the type; null when untyped. */
  readonly type: string | null;
  /** The fields and what they hold; empty when untyped. */
  readonly fields: Readonly<Record<string, string>>;
  /** Number of shards. */
  readonly shards: number;
  /** Number of samples, when it can be known without decoding. */
  readonly samples: number | undefined;
  /** Bytes of all shards, when known. */
  readonly bytes: number | undefined;
  /** What the values of fields come to, when a plugin knows; of datasets without operations. */
  readonly statistics?: Readonly<Record<string, FieldStatistics>> | undefined;
}

/** How a query would be answered. */
export interface Plan {
  /** `"scan"` reads and decodes everything; `"index"` reads what a plugin has found. */
  readonly strategy: "scan" | "index";
  /** Number of shards that would be read, or that may hold a match. */
  readonly shards: number;
  /** Bytes that a plugin is yet to read of its sidecars, when it can tell. */
  readonly bytes?: number | undefined;
  /** Why. */
  readonly reason: string;
}

/**
 * A sequence of samples in shards, with operations on it; `S` is the sample's plain type.
 *
 * A dataset is a value: every method gives a new one, and nothing is read before it is iterated. It can be iterated any
 * number of times. The samples that come out are those of the operations in the order in which they were written.
 */
export interface Dataset<S> extends AsyncIterable<S> {
  /** Type of the samples; `undefined` when they are untyped or were mapped. */
  readonly type: SampleType<S> | undefined;
  /** The shards, in order. */
  readonly shards: readonly ShardInfo[];

  /** Keeps the samples for which `fn` is true. `fn` may be async; order is kept. */
  filter(fn: (sample: S) => boolean | PromiseLike<boolean>): Dataset<S>;
  /** Replaces each sample. `fn` may be async; `concurrency` calls run at once (default 1); order is kept. */
  map<U>(fn: (sample: S) => U | PromiseLike<U>, options?: { readonly concurrency?: number }): Dataset<U>;
  /** Ends after `n` samples, having read no more than it takes. */
  take(n: number): Dataset<S>;
  /** Passes over the first `n` samples. */
  skip(n: number): Dataset<S>;
  /** Runs through the dataset `epochs` times (default: without end), counting up the epoch of a shuffle before it. */
  repeat(epochs?: number): Dataset<S>;
  /**
   * Shuffles. Where the number of samples is known, the order is a pure function of seed and epoch: the same for any
   * number of parts, resumable at once. Otherwise, and behind operations that change the number, resuming reads again the
   * window that it is in. Shards are permuted, then samples within windows of `window` samples.
   *
   * @throws AtdataError when iterated: `COUNTS_UNKNOWN` – `window: "all"` without counts, or behind
   * what changes the number, `where` answered by an index excepted; `UNSUPPORTED` – `"all"` on a
   * source without ranges or on compressed shards.
   */
  shuffle(options: ShuffleOptions): Dataset<S>;
  /**
   * Keeps one part of the samples.
   *
   * A run can be interrupted and go on with another number of parts, when it is partitioned by sample and all parts
   * have given the same number: see `resume`. A filter behind the partition makes parts differ; put it before.
   *
   * @throws AtdataError `COUNTS_UNKNOWN` – `equal` after a filter, or, when iterated, without counts.
   * @throws TypeError – `by: "shard"` behind `take`, `skip`, `batch`, `resume` or a partition by sample.
   */
  partition(options: PartitionOptions): Dataset<S>;
  /**
   * Joins `n` samples into one: required arrays stacked to `(n, …)`, other fields as lists. Copies.
   *
   * Without a type, whatever the first sample has as an array is stacked, and a field that a sample lacks is
   * `undefined`.
   *
   * @throws AtdataError when iterated: `BATCH_SHAPE_MISMATCH` – arrays differ and `ragged` is `"error"`.
   * @throws TypeError – when iterated: samples that are not objects.
   */
  batch<O extends BatchOptions = BatchOptions>(n: number, options?: O): Dataset<BatchOf<S, O>>;
  /**
   * Shows the samples through a lens, or as a type whose fields they have.
   *
   * @throws AtdataError `SCHEMA_MISMATCH` – the samples are not what the lens looks at, or lack fields of the type.
   */
  as<V>(view: Lens<S, V> | SampleType<V>): Dataset<V>;
  /**
   * Keeps the samples for which a predicate is true; a plugin that has an index answers it, otherwise samples are
   * scanned.
   *
   * Put it before a shuffle: behind one it scans, because matches taken out of the shuffled order are in another order
   * than a shuffle of the matches.
   *
   * @throws AtdataError `PREDICATE_INVALID` – an unknown field, or a value of another kind.
   */
  where(predicate: Predicate | ((fields: FieldHandles<S>) => Predicate)): Dataset<S>;

  /** Gives each sample with its key and the url of its shard. Not for batches. */
  entries(options?: IterateOptions): AsyncIterable<Entry<S>>;
  /** Starts an iteration. */
  iterate(options?: IterateOptions): DatasetIterator<S>;
  /**
   * Gives what comes behind a state that was taken of this dataset; the operations must be the same. More may follow.
   *
   * Of a partition by sample, index and count may be others than before. Part `index` then gives the positions
   * `index`, `index + count`, … counted from the state's, so that a round-robin merge from part 0 goes on with the
   * uninterrupted sequence. With counts, only the shards that are still needed are opened.
   *
   * @throws AtdataError `STATE_MISMATCH`, `FORMAT_INVALID` or `FORMAT_TOO_NEW`; when iterated, `STATE_MISMATCH` – the
   * order depends on counts or sizes of shards that were others, or unknown, when the state was taken.
   */
  resume(state: DatasetState): Dataset<S>;
  /** Reads the first `n` samples (default 5). */
  head(n?: number, options?: WaitOptions): Promise<S[]>;
  /** Finds a sample by its key. */
  get(key: string, options?: WaitOptions): Promise<S | undefined>;
  /** Reads the sample at a position, from 0. */
  at(index: number, options?: WaitOptions): Promise<S | undefined>;
  /**
   * Reads the samples at positions, in the order asked for; a position may come twice.
   *
   * @throws AtdataError `INDEX_OUT_OF_RANGE` – lists the positions that are not there.
   */
  select(indices: readonly number[], options?: WaitOptions): Promise<S[]>;
  /** Reads all samples, or the first `limit`, as columns: arrays stacked, the rest lists. */
  columns<K extends keyof S = keyof S>(
    names?: readonly K[],
    options?: WaitOptions & { readonly limit?: number },
  ): Promise<Batch<Pick<S, K>>>;
  /** Counts the samples, decoding only where operations must be asked. */
  count(options?: WaitOptions): Promise<number>;
  /** Tells what is known without decoding: from what is recorded of the shards, and from plugins. */
  describe(options?: WaitOptions): Promise<Description>;
  /** Finds where the samples lie for which a predicate is true. For datasets without operations. */
  query(
    predicate: Predicate | ((fields: FieldHandles<S>) => Predicate),
    options?: WaitOptions,
  ): AsyncIterable<SampleLocation>;
  /** Tells how `where` would find its samples. */
  plan(predicate: Predicate | ((fields: FieldHandles<S>) => Predicate), options?: WaitOptions): Promise<Plan>;
}

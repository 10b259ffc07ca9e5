import { AtdataError } from "../errors.ts";
import type { Lens } from "../lens/lens.ts";
import { structuralLens } from "../lens/structural-lens.ts";
import { buildPredicate } from "../predicate/builder.ts";
import { compilePredicate } from "../predicate/evaluate.ts";
import type { FieldHandles } from "../predicate/field-handles.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import type { SampleLocation } from "../protocols/shard-plugin.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { Entry } from "./base-context.ts";
import type { Batch, BatchOf, BatchOptions } from "./batch.ts";
import { requireCount, requirePartition } from "./check-arguments.ts";
import { joinColumns } from "./column.ts";
import type {
  Dataset,
  DatasetIterator,
  Description,
  IterateOptions,
  PartitionOptions,
  Plan,
  ShuffleOptions,
  WaitOptions,
} from "./dataset.ts";
import { describeDataset, fieldStatistics } from "./describe.ts";
import { fingerprint } from "./fingerprint.ts";
import { type Op, stepsOneToOne } from "./ops.ts";
import { countCheaply, planQuery, query } from "./query.ts";
import { findByKey, pickPositions, readPositions } from "./random-access.ts";
import { readAs } from "./read-as.ts";
import type { DatasetInput } from "./read-options.ts";
import { Reading, type RunOptions, startRun } from "./run.ts";
import { checkState, type DatasetState } from "./state.ts";

/**
 * Makes a dataset of shards: what every way to open one ends in.
 *
 * @example
 * ```ts
 * import { createDataset, int, memoryFormat, memorySource, sample } from "@atdata/core";
 * const Point = sample("Point", { x: int() });
 * const source = memorySource({});
 * const ds = createDataset({ type: Point, shards: [], source, format: memoryFormat() });
 * await ds.count(); // -> 0
 * ```
 */
export function createDataset<S>(input: DatasetInput<S>): Dataset<S> {
  return new ShardDataset<S>(new Reading(input as DatasetInput<unknown>), [], input.type);
}

/** What a dataset is made of. */
export interface DatasetParts {
  /** What it reads. */
  readonly reading: Reading;
  /** Its operations, in the order in which they were written. */
  readonly ops: readonly Op[];
}

/**
 * Takes a dataset apart.
 *
 * @throws TypeError – it was not made by this copy of the package.
 */
export function partsOf(ds: object): DatasetParts {
  return ShardDataset.parts(ds);
}

class ShardDataset<S> implements Dataset<S> {
  readonly type: SampleType<S> | undefined;
  readonly #reading: Reading;
  readonly #ops: readonly Op[];

  constructor(reading: Reading, ops: readonly Op[], type: SampleType<S> | undefined) {
    this.#reading = reading;
    this.#ops = ops;
    this.type = type;
  }

  static parts(ds: object): DatasetParts {
    if (!(#reading in ds)) throw new TypeError("not a dataset of this copy of @atdata/core");
    return { reading: ds.#reading, ops: ds.#ops };
  }

  get shards(): readonly ShardInfo[] {
    return this.#reading.input.shards;
  }

  filter(fn: (sample: S) => boolean | PromiseLike<boolean>): Dataset<S> {
    return this.#with({ op: "filter", fn }, this.type);
  }

  map<U>(fn: (sample: S) => U | PromiseLike<U>, options: { readonly concurrency?: number } = {}): Dataset<U> {
    const concurrency = options.concurrency ?? 1;
    requireCount(concurrency, "concurrency", 1);
    return this.#with<U>({ op: "map", fn, concurrency }, undefined);
  }

  take(n: number): Dataset<S> {
    requireCount(n, "n", 0);
    return this.#with({ op: "take", count: n }, this.type);
  }

  skip(n: number): Dataset<S> {
    requireCount(n, "n", 0);
    return this.#with({ op: "skip", count: n }, this.type);
  }

  repeat(epochs: number = Number.POSITIVE_INFINITY): Dataset<S> {
    if (epochs !== Number.POSITIVE_INFINITY) requireCount(epochs, "epochs", 1);
    return this.#with({ op: "repeat", epochs }, this.type);
  }

  shuffle({ seed, epoch = 0, window }: ShuffleOptions): Dataset<S> {
    requireCount(seed, "seed", 0);
    requireCount(epoch, "epoch", 0);
    if (window !== undefined && window !== "all") requireCount(window, "window", 1);
    return this.#with({ op: "shuffle", seed, epoch, window }, this.type);
  }

  partition({ index, count, by = "shard", equal = false }: PartitionOptions): Dataset<S> {
    const op = { op: "partition", index, count, by, equal } as const;
    requirePartition(op, this.#ops);
    return this.#with(op, this.type);
  }

  batch<O extends BatchOptions>(n: number, options?: O): Dataset<BatchOf<S, O>> {
    requireCount(n, "n", 1);
    const { partial = "keep", ragged = "error" } = options ?? {};
    return this.#with<BatchOf<S, O>>({ op: "batch", size: n, partial, ragged, type: this.type }, undefined);
  }

  as<V>(view: Lens<S, V> | SampleType<V>): Dataset<V> {
    if (!("fields" in view)) {
      if (this.type === undefined) return this.as(view.source).as(view);
      structuralLens(this.type, view.source);
      return this.#with<V>({ op: "as", lens: view }, view.view);
    }
    if (this.type !== undefined) return this.as(structuralLens(this.type, view));
    if (this.#ops.length > 0) return this.#with<V>({ op: "map", fn: readAs(view), concurrency: 1 }, view);
    const input = { ...this.#reading.input, type: view as SampleType, extra: "ignore" as const };
    return new ShardDataset<V>(new Reading(input), [], view);
  }

  where(predicate: Predicate | ((fields: FieldHandles<S>) => Predicate)): Dataset<S> {
    const tree = buildPredicate(predicate, this.type);
    return this.#with({ op: "where", predicate: tree, test: compilePredicate(tree) }, this.type);
  }

  entries(options: IterateOptions = {}): AsyncIterable<Entry<S>> {
    if (this.#ops.some(({ op }) => op === "batch"))
      throw new TypeError("batches have no keys: call entries() before batch()");
    return { [Symbol.asyncIterator]: () => this.#run<Entry<S>>({ ...options, giving: "entries" }) };
  }

  iterate(options: IterateOptions = {}): DatasetIterator<S> {
    return this.#run<S>(options);
  }

  [Symbol.asyncIterator](): DatasetIterator<S> {
    return this.#run<S>({});
  }

  resume(state: DatasetState): Dataset<S> {
    return this.#with(
      { op: "resume", state: checkState(state, fingerprint(this.#reading.input, this.#ops)) },
      this.type,
    );
  }

  async head(n = 5, options: WaitOptions = {}): Promise<S[]> {
    const samples: S[] = [];
    for await (const sample of this.#taking(n, options.signal)) samples.push(sample);
    return samples;
  }

  async get(key: string, options: WaitOptions = {}): Promise<S | undefined> {
    const steps = stepsOneToOne(this.#ops);
    if (steps !== undefined) {
      const found = await findByKey(this.#reading, key, options.signal);
      return found === undefined ? undefined : ((await steps(found)) as S);
    }
    for await (const entry of this.entries(options)) if (entry.key === key) return entry.sample;
    return undefined;
  }

  async at(index: number, options: WaitOptions = {}): Promise<S | undefined> {
    requireCount(index, "index", 0);
    const found = await this.#positions([index], options);
    return found.get(index);
  }

  async select(indices: readonly number[], options: WaitOptions = {}): Promise<S[]> {
    for (const index of indices) requireCount(index, "index", 0);
    const found = await this.#positions(indices, options);
    const missing = [...new Set(indices.filter((index) => !found.has(index)))];
    if (missing.length > 0) {
      const samples = await this.count(options);
      throw new AtdataError("INDEX_OUT_OF_RANGE", "dataset has no samples at some positions", {
        indices: missing,
        samples,
      });
    }
    return indices.map((index) => found.get(index) as S);
  }

  async columns<K extends keyof S = keyof S>(
    names?: readonly K[],
    options: WaitOptions & { readonly limit?: number } = {},
  ): Promise<Batch<Pick<S, K>>> {
    const samples: S[] = [];
    for await (const sample of this.#taking(options.limit, options.signal)) samples.push(sample);
    return joinColumns(samples, this.type, names as readonly string[] | undefined) as Batch<Pick<S, K>>;
  }

  async count(options: WaitOptions = {}): Promise<number> {
    const known = await countCheaply(this.#reading, this.#ops, options.signal);
    if (known !== undefined) return known;
    let count = 0;
    for await (const _ of this.iterate(options)) count += 1;
    return count;
  }

  async describe(options: WaitOptions = {}): Promise<Description> {
    const { signal } = options;
    if (this.#ops.length > 0) return describeDataset(this, undefined, undefined);
    const counts = await this.#reading.counts(signal, true);
    return describeDataset(this, counts, await fieldStatistics(await this.#reading.indexes(signal), signal));
  }

  query(
    predicate: Predicate | ((fields: FieldHandles<S>) => Predicate),
    options: WaitOptions = {},
  ): AsyncIterable<SampleLocation> {
    return query(this.#queryable("query"), buildPredicate(predicate, this.type), options.signal);
  }

  async plan(
    predicate: Predicate | ((fields: FieldHandles<S>) => Predicate),
    options: WaitOptions = {},
  ): Promise<Plan> {
    return planQuery(this.#queryable("plan"), buildPredicate(predicate, this.type), options.signal);
  }

  #queryable(operation: string): Reading {
    if (this.#ops.length === 0) return this.#reading;
    throw new AtdataError("UNSUPPORTED", "only a dataset without operations has places to tell", { operation });
  }

  async #positions(indices: readonly number[], { signal }: WaitOptions): Promise<Map<number, S>> {
    const steps = stepsOneToOne(this.#ops);
    if (steps === undefined) return pickPositions(this.#run<S>({ signal, keep: true }), indices);
    const found = await readPositions(this.#reading, indices, signal);
    const shown = new Map<number, S>();
    for (const [index, sample] of found) shown.set(index, (await steps(sample)) as S);
    return shown;
  }

  /** Starts a run whose samples will be kept. */
  #taking(limit: number | undefined, signal: AbortSignal | undefined): DatasetIterator<S> {
    if (limit === undefined) return this.#run({ signal, keep: true });
    requireCount(limit, "limit", 0);
    const ops: Op[] = [...this.#ops, { op: "take", count: limit }];
    return startRun<S>(this.#reading, ops, { signal, keep: true });
  }

  #with<U>(op: Op, type: SampleType<U> | undefined): Dataset<U> {
    return new ShardDataset<U>(this.#reading, [...this.#ops, op], type);
  }

  #run<T>(options: RunOptions): DatasetIterator<T> {
    return startRun<T>(this.#reading, this.#ops, options);
  }
}

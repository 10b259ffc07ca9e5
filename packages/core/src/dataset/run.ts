import type { PluginIndex } from "../protocols/shard-plugin.ts";
import { answering } from "./answering.ts";
import type { Giving, IndexedWhere } from "./base-context.ts";
import { type BasePlan, planBase, windowSize } from "./base-plan.ts";
import { compile } from "./compile.ts";
import { findCounts } from "./counts.ts";
import type { DatasetIterator, IterateOptions } from "./dataset.ts";
import { Failures } from "./failures.ts";
import { digest, fingerprint } from "./fingerprint.ts";
import { hoist } from "./hoist.ts";
import { StageIterator } from "./iterator.ts";
import type { Op } from "./ops.ts";
import type { DatasetInput } from "./read-options.ts";
import { ShardTables } from "./shard-tables.ts";
import { Shared } from "./shared.ts";
import type { Stage, StageState } from "./stage.ts";
import { type DatasetState, packState } from "./state.ts";
import { leadingPredicate, queryIndex } from "./where-index.ts";

/** What a dataset and those derived from it share: the input, and what was found out about its shards. */
export class Reading {
  /** What is read. */
  readonly input: DatasetInput<unknown>;
  /** Where records lie. */
  readonly tables: ShardTables;
  readonly #indexes: Shared<readonly PluginIndex[]>;

  /** Reads nothing yet. */
  constructor(input: DatasetInput<unknown>) {
    this.input = input;
    this.tables = new ShardTables(input, (signal) => this.indexes(signal));
    this.#indexes = new Shared(async (signal) => {
      const { plugins = [], shards, source } = input;
      const found = await Promise.all(plugins.map((plugin) => plugin.open?.({ shards, source }, { signal })));
      return found.filter((index) => index !== undefined);
    });
  }

  /** Gives what plugins know of the shards; asked once. */
  indexes(signal: AbortSignal | undefined): Promise<readonly PluginIndex[]> {
    return this.#indexes.get(signal);
  }

  /**
   * Gives the number of samples in each shard where it can be had cheaply: recorded, from a plugin, or with `walk` from
   * the headers of local shards.
   */
  async counts(signal: AbortSignal | undefined, walk: boolean): Promise<readonly number[] | undefined> {
    const tables = walk && this.input.source.capabilities.local ? this.tables : undefined;
    return findCounts(this.input, await this.indexes(signal), tables, signal);
  }
}

/** What one run of a pipeline takes. */
export interface RunOptions extends IterateOptions {
  /** Default `"samples"`. */
  readonly giving?: Giving;
  /** Whether samples will be kept, and so must not share memory with anything else. */
  readonly keep?: boolean;
}

/** Starts a run of operations over a dataset. */
export function startRun<T>(reading: Reading, operations: readonly Op[], options: RunOptions): DatasetIterator<T> {
  const { input, tables } = reading;
  const { signal, onProgress, giving = "samples" } = options;
  let bytes = 0;
  let order: string | undefined;
  let identity: string | undefined;
  const pack = (position: StageState | undefined): DatasetState => {
    identity ??= fingerprint(input, operations);
    return packState(identity, position === undefined ? undefined : order, position);
  };
  const build = async (): Promise<Stage<unknown>> => {
    const ops = hoist(operations);
    const needsCounts = ops.some((op) => op.op === "shuffle" || (op.op === "partition" && op.equal));
    // Where a run goes on, counts save reading what lies before; but not at the price of walking it all.
    const counts = await reading.counts(signal, needsCounts);
    const plan = planBase(ops, counts !== undefined);
    const indexed = await findIndexed(reading, ops, plan, signal);
    order = orderKey(input, plan, counts, indexed !== undefined);
    const context = {
      ...{ input, tables, signal, giving, counts, indexed, order },
      failures: new Failures(input),
      onBytes: (count: number) => {
        bytes += count;
      },
      memory: options.keep === true ? "copy" : options.borrow === true ? "borrow" : "share",
    } as const;
    return compile(context, ops, plan);
  };
  const run = new StageIterator<T>({ build, signal, onProgress, bytes: () => bytes });
  // Before anything was built the state is where the run will start.
  const last = operations[operations.length - 1];
  const iterator: DatasetIterator<T> = {
    next: () => run.next(),
    return: () => run.return(),
    state: () => (run.state === undefined && last?.op === "resume" ? last.state : pack(run.state)),
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => {
      await run.return();
    },
  };
  return iterator;
}

async function findIndexed(
  reading: Reading,
  ops: readonly Op[],
  plan: BasePlan,
  signal: AbortSignal | undefined,
): Promise<IndexedWhere | undefined> {
  const predicate = leadingPredicate(ops, plan);
  const index = predicate && queryIndex(reading.input, answering(await reading.indexes(signal), predicate));
  return index && predicate && { index, predicate };
}

/** Sums up what positions mean besides what the operations say: a state that was taken in another order is refused. */
function orderKey(
  input: DatasetInput<unknown>,
  plan: BasePlan,
  counts: readonly number[] | undefined,
  indexed: boolean,
): string | undefined {
  if (indexed && plan.shardsBefore.length > 0) return "index";
  if (plan.shuffle === undefined) return undefined;
  const samples = counts?.reduce((sum, count) => sum + count, 0);
  return digest([counts ?? null, plan.shuffle.window === "all" ? "all" : windowSize(plan.shuffle, input, samples)]);
}

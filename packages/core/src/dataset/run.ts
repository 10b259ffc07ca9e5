import type { PluginIndex } from "../protocols/shard-plugin.ts";
import { type CompileContext, compile } from "./compile.ts";
import { findCounts } from "./counts.ts";
import type { DatasetIterator, IterateOptions } from "./dataset.ts";
import { Failures } from "./failures.ts";
import { StageIterator } from "./iterator.ts";
import type { Op } from "./ops.ts";
import type { DatasetInput } from "./read-options.ts";
import { ShardTables } from "./shard-tables.ts";
import type { Stage } from "./stage.ts";
import { type DatasetState, fingerprint, packState, unpackState } from "./state.ts";

/** What a dataset and those derived from it share: the input, and what was found out about its shards. */
export class Reading {
  /** What is read. */
  readonly input: DatasetInput<unknown>;
  /** Where records lie. */
  readonly tables: ShardTables;
  #indexes: Promise<readonly PluginIndex[]> | undefined;

  /** Reads nothing yet. */
  constructor(input: DatasetInput<unknown>) {
    this.input = input;
    this.tables = new ShardTables(input);
  }

  /** Gives what plugins know of the shards; asked once. */
  indexes(signal: AbortSignal | undefined): Promise<readonly PluginIndex[]> {
    if (this.#indexes === undefined) {
      const found = this.#open(signal);
      this.#indexes = found;
      found.catch(() => {
        this.#indexes = undefined;
      });
    }
    return this.#indexes;
  }

  /** Gives the number of samples in each shard where it can be had cheaply: recorded, from a plugin, or by walking local headers. */
  async counts(signal: AbortSignal | undefined): Promise<readonly number[] | undefined> {
    const walk = this.input.source.capabilities.local ? this.tables : undefined;
    return findCounts(this.input, await this.indexes(signal), walk, signal);
  }

  async #open(signal: AbortSignal | undefined): Promise<readonly PluginIndex[]> {
    const { plugins = [], shards, source } = this.input;
    const found = await Promise.all(plugins.map((plugin) => plugin.open?.({ shards, source }, { signal })));
    return found.filter((index) => index !== undefined);
  }
}

/** What one run of a pipeline takes. */
export interface RunOptions extends IterateOptions {
  /** Where to go on. */
  readonly state?: DatasetState | undefined;
  /** Whether entries are given instead of samples. */
  readonly entries?: boolean;
  /** Whether samples will be kept, and so must not share memory with anything else. */
  readonly keep?: boolean;
}

/** Starts a run of operations over a dataset. */
export function startRun<T>(reading: Reading, ops: readonly Op[], options: RunOptions): DatasetIterator<T> {
  const { signal, onProgress, state } = options;
  const own = fingerprint(reading.input, ops);
  const from = state && unpackState(state, own);
  let bytes = 0;
  const build = async (): Promise<Stage<unknown>> => {
    const needsCounts = ops.some((op) => op.op === "shuffle" || (op.op === "partition" && op.equal));
    const recorded = reading.input.shards.map((shard) => shard.samples);
    const counts = needsCounts
      ? await reading.counts(signal)
      : recorded.includes(undefined)
        ? undefined
        : (recorded as readonly number[]);
    const context: CompileContext = {
      input: reading.input,
      counts,
      tables: reading.tables,
      signal,
      failures: new Failures(reading.input),
      onBytes: (count) => {
        bytes += count;
      },
      entries: options.entries === true,
      memory: options.keep === true ? "copy" : options.borrow === true ? "borrow" : "share",
    };
    return compile(context, ops, from);
  };
  const run = new StageIterator<T>({ build, signal, onProgress, bytes: () => bytes });
  const iterator: DatasetIterator<T> = {
    next: () => run.next(),
    return: () => run.return(),
    state: () => (run.stage === undefined ? (state ?? packState(own, [])) : packState(own, run.stage.state())),
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => {
      await run.return();
    },
  };
  return iterator;
}

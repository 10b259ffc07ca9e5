import type { Ownership } from "../codec/cursor.ts";
import { AtdataError } from "../errors.ts";
import { ALL, type BasePlan, equalShare, shardOrder, windowSize } from "./base-plan.ts";
import type { Failures } from "./failures.ts";
import { LocatedStage } from "./located-stage.ts";
import { permuteIndex } from "./random.ts";
import { readLocated } from "./read-located.ts";
import type { DatasetInput } from "./read-options.ts";
import { RecordArena } from "./record-arena.ts";
import { SampleReader } from "./sample-reader.ts";
import { type SequencePlace, SequentialStage, type Stride } from "./sequential-stage.ts";
import { ShardScan } from "./shard-scan.ts";
import type { ShardTables } from "./shard-tables.ts";
import { TakeStage } from "./slice-stages.ts";
import type { Stage, StageState } from "./stage.ts";
import { Windows } from "./window.ts";
import { WindowStage } from "./window-stage.ts";

/** A sample with where it came from. */
export interface Entry<S> {
  /** The sample's key. */
  readonly key: string;
  /** Url of its shard. */
  readonly shard: string;
  /** The sample. */
  readonly sample: S;
}

/** What building the first stage takes. */
export interface BaseContext {
  readonly input: DatasetInput<unknown>;
  readonly counts: readonly number[] | undefined;
  readonly tables: ShardTables;
  readonly signal: AbortSignal | undefined;
  readonly failures: Failures;
  readonly onBytes: (bytes: number) => void;
  /** How arrays leave the memory read. */
  readonly ownership: Ownership;
  /** Whether entries are given instead of samples. */
  readonly entries: boolean;
}

/** Builds the stage that reads, in the order that the plan says, from a state on. */
export function baseStage(
  context: BaseContext,
  plan: BasePlan,
  epoch: number,
  state: StageState | undefined,
): Stage<unknown> {
  const { counts } = context;
  const order = shardOrder(plan, context.input.shards.length, epoch);
  const sequence: Sequence = { order, starts: counts && startsOf(order, counts) };
  if (plan.equal) {
    if (counts === undefined) throw countsUnknown("partition({ equal: true })");
    const [inner, taken] = (state as readonly [StageState, number] | undefined) ?? [undefined, 0];
    const share = equalShare(plan, counts, epoch);
    return new TakeStage(orderedStage(context, plan, epoch, sequence, inner), share, taken);
  }
  return orderedStage(context, plan, epoch, sequence, state);
}

interface Sequence {
  readonly order: readonly number[];
  /** Position of each shard's first record, and of the end. */
  readonly starts: readonly number[] | undefined;
}

function orderedStage(
  context: BaseContext,
  plan: BasePlan,
  epoch: number,
  sequence: Sequence,
  state: StageState | undefined,
): Stage<unknown> {
  const from = typeof state === "number" ? state : 0;
  const stride: Stride = plan.after ?? ALL;
  const { order, starts } = sequence;
  if (starts === undefined) {
    if (plan.after?.equal) throw countsUnknown("partition({ equal: true })");
    return sequentialStage(context, order, { at: 0, from, stride }, 0);
  }
  const total = starts[order.length] as number;
  // With equal parts the tail that does not fill a round is left out.
  const limit = plan.after?.equal ? Math.floor(total / stride.count) * stride.count : Number.POSITIVE_INFINITY;
  if (plan.shuffle === undefined) {
    const place = placeOf(starts, from);
    const startOf = (at: number) => starts[at] as number;
    const own = { at: starts[place] as number, from, stride, startOf, limit };
    return sequentialStage(context, order, own, place);
  }
  const records = plan.before;
  const taking = Math.min(Math.max(0, Math.ceil((total - records.index) / records.count)), limit);
  const seed = { seed: plan.shuffle.seed, epoch };
  if (plan.shuffle.window === "all") return scatteredStage(context, sequence, records, stride, taking, from, seed);
  const windows = new Windows(seed, windowSize(plan.shuffle, context.input, total), taking);
  const first = windows.start(windows.at(Math.min(from, Math.max(0, taking - 1))));
  const place = placeOf(starts, records.index + first * records.count);
  const samples = new SampleReader(context.input, context.ownership === "borrow" ? "borrow" : "copy");
  const arena = new RecordArena(context.entries);
  const scan = new ShardScan(context.input, order, place, { ...context, escaped: () => false });
  const take = context.entries
    ? (slot: number): unknown => ({
        key: arena.key(slot),
        shard: context.input.shards[arena.shard(slot)]?.url,
        sample: arena.read(slot, samples),
      })
    : (slot: number): unknown => arena.read(slot, samples);
  const startOf = (at: number) => starts[at] as number;
  const walk = { scan, startOf, records, stride, total: taking, from, windows };
  return new WindowStage(walk, arena, take, context.failures);
}

function sequentialStage(
  context: BaseContext,
  order: readonly number[],
  place: SequencePlace,
  first: number,
): Stage<unknown> {
  const samples = new SampleReader(context.input, context.ownership);
  const scan = new ShardScan(context.input, order, first, { ...context, escaped: () => samples.escaped });
  const { shards } = context.input;
  return new SequentialStage<unknown>(
    scan,
    context.entries
      ? (reader, shard) => ({ key: reader.key(), shard: shards[shard]?.url, sample: samples.read(reader, shard) })
      : (reader, shard) => samples.read(reader, shard),
    context.failures,
    place,
  );
}

/** The full permutation: every sample is a range read of its own. */
function scatteredStage(
  context: BaseContext,
  { order, starts }: Sequence,
  records: Stride,
  stride: Stride,
  total: number,
  from: number,
  seed: { readonly seed: number; readonly epoch: number },
): Stage<unknown> {
  const samples = new SampleReader(context.input, "copy");
  const { input, signal, tables } = context;
  async function* reads(): AsyncGenerator<{ next: number; read: () => Promise<unknown> }> {
    for (let position = from + stride.index; position < total; position += stride.count) {
      const record = records.index + permuteIndex(position, total, [seed.seed, seed.epoch]) * records.count;
      const place = placeOf(starts as readonly number[], record);
      const shard = order[place] as number;
      const table = await tables.get(shard, signal);
      const row = record - ((starts as readonly number[])[place] as number);
      const where = { offset: table.offsets[row] as number, size: table.sizes[row] as number };
      yield {
        next: position - stride.index + stride.count,
        read: async () => {
          signal?.throwIfAborted();
          const { key, sample } = await readLocated(input, samples, shard, where, signal);
          context.onBytes(where.size);
          return context.entries ? { key, shard: input.shards[shard]?.url, sample } : sample;
        },
      };
    }
  }
  return new LocatedStage(reads(), context.failures, from);
}

function startsOf(order: readonly number[], counts: readonly number[]): number[] {
  const starts = [0];
  for (const shard of order) starts.push((starts[starts.length - 1] as number) + (counts[shard] as number));
  return starts;
}

/** Finds the shard that holds a position, by bisection; behind the last one when there is none. */
function placeOf(starts: readonly number[], position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] as number) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Says which operation needs the number of samples. */
export function countsUnknown(operation: string): AtdataError {
  return new AtdataError(
    "COUNTS_UNKNOWN",
    "number of samples is not known",
    { operation },
    {
      hint: "write the dataset with this library, or open shards of a local disk",
    },
  );
}

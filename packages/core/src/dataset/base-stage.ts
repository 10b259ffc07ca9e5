import { AtdataError, isAtdataError } from "../errors.ts";
import type { ShardReader } from "../protocols/shard-format.ts";
import { type BaseContext, payloadOf } from "./base-context.ts";
import { ALL, type BasePlan, equalShare, shardOrder, windowSize } from "./base-plan.ts";
import { BufferShuffleStage } from "./buffer-shuffle-stage.ts";
import type { ShuffleSeed } from "./random.ts";
import { RecordArena } from "./record-arena.ts";
import { SampleReader } from "./sample-reader.ts";
import { scatteredStage } from "./scattered-stage.ts";
import { type SequencePlace, SequentialStage, type Stride, type TakeRecord } from "./sequential-stage.ts";
import { ShardScan } from "./shard-scan.ts";
import { placeOf, startsOf } from "./shard-starts.ts";
import { TakeStage } from "./slice-stages.ts";
import type { Stage, StageState } from "./stage.ts";
import { asPair, asPosition } from "./state.ts";
import { indexedStage, shuffledMatches } from "./where-index.ts";
import { Windows } from "./window.ts";
import { WindowStage } from "./window-stage.ts";

export type { Entry } from "./base-context.ts";

/** The operation, for messages. */
export const FULL_SHUFFLE = 'shuffle({ window: "all" })';

interface Sequence {
  readonly order: readonly number[];
  /** Position of each shard's first record, and of the end. */
  readonly starts: readonly number[] | undefined;
}

/** Builds the stage that reads, in the order that the plan says, from a state on. */
export function baseStage(
  context: BaseContext,
  plan: BasePlan,
  epoch: number,
  state: StageState | undefined,
): Stage<unknown> {
  const { counts, indexed } = context;
  const order = shardOrder(plan, context.input.shards.length, epoch);
  if (indexed !== undefined) return indexedStage(context, indexed, order, plan.after ?? ALL, asPosition(state) ?? 0);
  const sequence: Sequence = { order, starts: counts && startsOf(order, counts) };
  if (!plan.equal) return orderedStage(context, plan, epoch, sequence, state);
  if (counts === undefined) throw countsUnknown("partition({ equal: true })");
  const pair = asPair(state);
  const share = equalShare(plan, counts, epoch);
  return new TakeStage(orderedStage(context, plan, epoch, sequence, pair?.[0]), share, pair?.[1] ?? 0);
}

function orderedStage(
  context: BaseContext,
  plan: BasePlan,
  epoch: number,
  sequence: Sequence,
  state: StageState | undefined,
): Stage<unknown> {
  const stride: Stride = plan.after ?? ALL;
  const { order, starts } = sequence;
  if (starts === undefined) {
    if (plan.after?.equal) throw countsUnknown("partition({ equal: true })");
    if (plan.shuffle !== undefined) return bufferedStage(context, plan, epoch, order, state);
    return sequentialStage(context, order, { at: 0, from: asPosition(state) ?? 0, stride }, 0);
  }
  const from = asPosition(state) ?? 0;
  const total = starts[order.length] as number;
  const startOf = (at: number) => starts[at] as number;
  // With equal parts the tail that does not fill a round is left out.
  const whole = (positions: number) =>
    plan.after?.equal ? Math.floor(positions / stride.count) * stride.count : positions;
  if (plan.shuffle === undefined) {
    const place = placeOf(starts, from);
    const limit = plan.after?.equal ? whole(total) : Number.POSITIVE_INFINITY;
    return sequentialStage(context, order, { at: startOf(place), from, stride, startOf, limit }, place);
  }
  const records = plan.before;
  const taking = Math.max(0, Math.ceil((total - records.index) / records.count));
  const limit = whole(taking);
  const seed = { seed: plan.shuffle.seed, epoch };
  if (plan.shuffle.window === "all") {
    return scatteredStage(context, { order, starts, records, stride, taking, limit, from, seed });
  }
  const windows = new Windows(seed, windowSize(plan.shuffle, context.input, total), taking);
  const first = windows.start(windows.at(Math.min(from, Math.max(0, taking - 1))));
  const place = placeOf(starts, records.index + first * records.count);
  const arena = new RecordArena(context.giving !== "samples");
  const scan = new ShardScan(context.input, order, place, { ...context, escaped: () => false });
  const walk = { scan, startOf, records, stride, limit, from, windows };
  return new WindowStage(walk, arena, takeFrom(context, arena), context.failures);
}

/** Decodes what the arena keeps; its memory is used again, so that samples are copied unless they are borrowed. */
function takeFrom(context: BaseContext, arena: RecordArena): (slot: number) => unknown {
  const { input, ownership, giving } = context;
  const samples = new SampleReader(input, ownership === "borrow" ? "borrow" : "copy");
  if (giving === "samples") return (slot) => arena.read(slot, samples);
  return (slot) => {
    const shard = input.shards[arena.shard(slot)]?.url;
    return { key: arena.key(slot), shard, sample: arena.read(slot, samples) };
  };
}

/** Shuffles without counts: the shards, and the samples through a buffer. */
function bufferedStage(
  context: BaseContext,
  plan: BasePlan,
  epoch: number,
  order: readonly number[],
  state: StageState | undefined,
): Stage<unknown> {
  const { seed, window } = plan.shuffle as NonNullable<BasePlan["shuffle"]>;
  if (window === "all") throw countsUnknown(FULL_SHUFFLE);
  const [start, given] = asPair(state) ?? [undefined, 0];
  const place = { at: 0, from: asPosition(start) ?? 0, stride: ALL };
  const arena = new RecordArena(context.giving !== "samples");
  const take = takeFrom(context, arena);
  const scan = new ShardScan(context.input, order, 0, { ...context, escaped: () => false });
  const { failures } = context;
  const slots = new SequentialStage(scan, (reader, shard) => arena.add(reader, shard), failures, place);
  return new BufferShuffleStage(slots, { seed, epoch }, window, given, {
    reset: () => arena.reset(),
    take: (slot) => {
      try {
        return take(slot);
      } catch (error) {
        if (!isAtdataError(error)) throw error;
        failures.handle(error);
        return undefined;
      }
    },
  });
}

function sequentialStage(
  context: BaseContext,
  order: readonly number[],
  place: SequencePlace,
  first: number,
): Stage<unknown> {
  const samples = new SampleReader(context.input, context.ownership);
  const scan = new ShardScan(context.input, order, first, { ...context, escaped: () => samples.escaped });
  return new SequentialStage<unknown>(scan, takeRecord(context, samples), context.failures, place);
}

function takeRecord({ input, giving }: BaseContext, samples: SampleReader<unknown>): TakeRecord<unknown> {
  const { shards } = input;
  if (giving === "samples") return (reader, shard) => samples.read(reader, shard);
  const entry = (reader: ShardReader, shard: number) => ({
    ...{ key: reader.key(), shard: shards[shard]?.url, sample: samples.read(reader, shard) },
  });
  if (giving === "entries") return entry;
  return (reader, shard) => ({ ...entry(reader, shard), payload: payloadOf(reader) });
}

/** Shuffles all that an index finds; without an index, their number is not known. */
export function shuffledStage(
  context: BaseContext,
  plan: BasePlan,
  seed: ShuffleSeed,
  state: StageState | undefined,
): Stage<unknown> {
  const { indexed, input } = context;
  if (indexed === undefined) throw countsUnknown(FULL_SHUFFLE);
  const order = shardOrder(plan, input.shards.length, 0);
  return shuffledMatches(context, indexed, order, plan.after ?? ALL, { seed, from: asPosition(state) ?? 0 });
}

/** Says which operation needs the number of samples. */
export function countsUnknown(operation: string): AtdataError {
  const hint = "partition and shuffle first, and open a dataset that was written with this library, or local shards";
  return new AtdataError("COUNTS_UNKNOWN", "number of samples is not known", { operation }, { hint });
}

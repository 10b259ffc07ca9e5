import type { BaseContext } from "./base-context.ts";
import { LocatedStage } from "./located-stage.ts";
import { permuteIndex, type ShuffleSeed } from "./random.ts";
import type { Located } from "./range-groups.ts";
import { noRanges } from "./read-located.ts";
import type { Stride } from "./sequential-stage.ts";
import { placeOf } from "./shard-starts.ts";
import type { Stage } from "./stage.ts";

/** What a full permutation runs over. */
export interface ScatteredPlan {
  /** The shards in reading order. */
  readonly order: readonly number[];
  /** Position of each shard's first record, and of the end. */
  readonly starts: readonly number[];
  /** Which records of the shards take part. */
  readonly records: Stride;
  /** Which positions of the shuffled sequence this part gives. */
  readonly stride: Stride;
  /** Number of records that take part. */
  readonly taking: number;
  /** First position that is not given any more. */
  readonly limit: number;
  /** First position to give. */
  readonly from: number;
  /** What makes the order. */
  readonly seed: ShuffleSeed;
}

const OPERATION = 'shuffle({ window: "all" })';

/** Gives records in a permutation of all of them: samples are read from their places. */
export function scatteredStage(context: BaseContext, plan: ScatteredPlan): Stage<unknown> {
  if (context.input.source.read === undefined) throw noRanges(OPERATION);
  return new LocatedStage(context, (signal) => scatteredPlaces(context, plan, signal), plan.from);
}

async function* scatteredPlaces(
  { tables }: BaseContext,
  plan: ScatteredPlan,
  signal: AbortSignal,
): AsyncGenerator<Located> {
  const { order, starts, records, stride, taking, limit, from, seed } = plan;
  for (let position = from + stride.index; position < limit; position += stride.count) {
    const record = records.index + permuteIndex(position, taking, seed) * records.count;
    const nth = placeOf(starts, record);
    const shard = order[nth] as number;
    const rows = await tables.rows(shard, signal, true);
    if (rows === undefined) throw noRanges(OPERATION);
    const place = rows.at(record - (starts[nth] as number));
    yield { shard, place, next: position - stride.index + stride.count };
  }
}

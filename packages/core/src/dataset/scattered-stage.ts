import type { BaseContext } from "./base-context.ts";
import { type LocatedRead, LocatedStage } from "./located-stage.ts";
import { permuteIndex, type ShuffleSeed } from "./random.ts";
import { noRanges, readLocated } from "./read-located.ts";
import { SampleReader } from "./sample-reader.ts";
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

/** Gives records in a permutation of all of them: every sample is a range read of its own. */
export function scatteredStage(context: BaseContext, plan: ScatteredPlan): Stage<unknown> {
  if (context.input.source.read === undefined) throw noRanges(OPERATION);
  return new LocatedStage(scatteredReads(context, plan), context.failures, plan.from);
}

async function* scatteredReads(context: BaseContext, plan: ScatteredPlan): AsyncGenerator<LocatedRead<unknown>> {
  const { input, signal, tables } = context;
  const { order, starts, records, stride, taking, limit, from, seed } = plan;
  const samples = new SampleReader(input, "copy");
  for (let position = from + stride.index; position < limit; position += stride.count) {
    const record = records.index + permuteIndex(position, taking, seed) * records.count;
    const place = placeOf(starts, record);
    const shard = order[place] as number;
    const table = await tables.get(shard, signal);
    if (!table.ranged) throw noRanges(OPERATION);
    const row = record - (starts[place] as number);
    const where = { offset: table.offsets[row] as number, size: table.sizes[row] as number };
    yield {
      next: position - stride.index + stride.count,
      read: async () => {
        const entry = await readLocated(input, samples, shard, where, signal);
        context.onBytes(where.size);
        return context.entries ? entry : entry.sample;
      },
    };
  }
}

import type { Op, PartitionOp, ShuffleOp } from "./ops.ts";
import type { DatasetInput } from "./read-options.ts";
import type { Stride } from "./sequential-stage.ts";
import { shuffledShards } from "./window.ts";

/** Every record. */
export const ALL: Stride = { index: 0, count: 1 };

const AUTO_WINDOW = 10_000;
const AUTO_WINDOW_BYTES = 64 * 1024 * 1024;

/** The leading operations of a dataset, answered by the order of reading instead of by stages. */
export interface BasePlan {
  /** How many operations are in it. */
  readonly absorbed: number;
  /** Part of the shards taken before the shuffle. */
  readonly shardsBefore: readonly Stride[];
  /** Part of the samples taken before the shuffle. */
  readonly before: Stride;
  /** The shuffle. */
  readonly shuffle: ShuffleOp | undefined;
  /** Part of the shuffled shards. */
  readonly shardsAfter: readonly Stride[];
  /** Part of the positions. */
  readonly after: PartitionOp | undefined;
  /** Whether all parts give the same number. */
  readonly equal: boolean;
}

/**
 * Finds what the order of reading can answer.
 *
 * Without counts a shuffle orders the shards, and its samples go through a buffer, behind which nothing is absorbed but
 * parts of the shards.
 */
export function planBase(ops: readonly Op[], hasCounts: boolean): BasePlan {
  let shuffle: ShuffleOp | undefined;
  let before: Stride = ALL;
  let after: PartitionOp | undefined;
  let equal = false;
  const shardsBefore: Stride[] = [];
  const shardsAfter: Stride[] = [];
  let absorbed = 0;
  for (const op of ops) {
    if (op.op === "shuffle") {
      if (shuffle !== undefined || equal || after?.equal || (after !== undefined && !hasCounts)) break;
      if (after !== undefined) before = after;
      after = undefined;
      shuffle = op;
    } else if (op.op === "partition" && op.by === "shard") {
      if (after !== undefined || before !== ALL || equal) break;
      (shuffle === undefined ? shardsBefore : shardsAfter).push({ index: op.index, count: op.count });
      equal = op.equal;
    } else if (op.op === "partition") {
      if (after !== undefined || equal || (shuffle !== undefined && !hasCounts)) break;
      after = op;
    } else break;
    absorbed += 1;
  }
  return { absorbed, shardsBefore, before, shuffle, shardsAfter, after, equal };
}

/** Gives the shards in reading order. */
export function shardOrder(
  plan: BasePlan,
  shards: number,
  epoch: number,
  shardsAfter: readonly Stride[] = plan.shardsAfter,
): number[] {
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const own = plan.shardsBefore.reduce(everyNth, all);
  if (plan.shuffle === undefined) return own;
  const { seed } = plan.shuffle;
  return shardsAfter.reduce(everyNth, shuffledShards({ seed, epoch }, own));
}

/** Counts the samples that every part of a partition by shard can give: those of the poorest part. */
export function equalShare(plan: BasePlan, counts: readonly number[], epoch: number): number {
  const list = plan.shardsAfter.length > 0 ? plan.shardsAfter : plan.shardsBefore;
  const last = list[list.length - 1] as Stride;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < last.count; index++) {
    const parts = [...list.slice(0, -1), { index, count: last.count }];
    const order =
      list === plan.shardsAfter
        ? shardOrder(plan, counts.length, epoch, parts)
        : shardOrder({ ...plan, shardsBefore: parts }, counts.length, epoch);
    least = Math.min(
      least,
      order.reduce((sum, shard) => sum + (counts[shard] as number), 0),
    );
  }
  return least;
}

/** Gives the window in samples: as asked for, or 10,000, or fewer when those would take more than 64 MiB. */
export function windowSize(shuffle: ShuffleOp, input: DatasetInput<unknown>, samples: number | undefined): number {
  if (typeof shuffle.window === "number") return shuffle.window;
  if (samples === undefined) return AUTO_WINDOW;
  const bytes = input.shards.reduce((sum, shard) => sum + (shard.bytes ?? 0), 0);
  const each = samples === 0 ? 0 : bytes / samples;
  return each === 0 ? AUTO_WINDOW : Math.max(1, Math.min(AUTO_WINDOW, Math.floor(AUTO_WINDOW_BYTES / each)));
}

function everyNth(shards: readonly number[], part: Stride): number[] {
  return shards.filter((_, place) => place % part.count === part.index);
}

import type { Predicate } from "../predicate/predicate.ts";
import type { PluginIndex } from "../protocols/shard-plugin.ts";
import type { BaseContext, IndexedWhere } from "./base-context.ts";
import type { BasePlan } from "./base-plan.ts";
import { LocatedStage } from "./located-stage.ts";
import type { Op } from "./ops.ts";
import { permuteIndex, type ShuffleSeed } from "./random.ts";
import type { Located } from "./range-groups.ts";
import type { DatasetInput } from "./read-options.ts";
import type { Stride } from "./sequential-stage.ts";
import type { Stage } from "./stage.ts";

/** Joins the predicates of the `where`s at the head of operations, behind one part of the shards or samples at most. */
export function leadingPredicate(ops: readonly Op[], plan: BasePlan): Predicate | undefined {
  if (plan.shuffle !== undefined || plan.after?.equal || plan.equal) return undefined;
  // Positions in part of the shards are not those that an index tells.
  if (plan.after !== undefined && plan.shardsBefore.length > 0) return undefined;
  const terms: Predicate[] = [];
  for (const op of ops.slice(plan.absorbed)) {
    if (op.op !== "where") break;
    terms.push(op.predicate);
  }
  return terms.length > 1 ? { op: "and", terms } : terms[0];
}

/** Finds an index that answers queries, where samples can be read from their places. */
export function queryIndex(
  input: DatasetInput<unknown>,
  indexes: readonly PluginIndex[],
): IndexedWhere["index"] | undefined {
  if (input.source.read === undefined) return undefined;
  for (const index of indexes) if (index.query !== undefined) return index as IndexedWhere["index"];
  return undefined;
}

/** Reads what an index has found, and nothing else. The state is the position behind a sample in the whole dataset. */
export function indexedStage(
  context: BaseContext,
  where: IndexedWhere,
  order: readonly number[],
  stride: Stride,
  from: number,
): Stage<unknown> {
  return new LocatedStage(context, (signal) => indexedPlaces(context, where, { order, stride, from }, signal), from);
}

/** Reads what an index has found in a permutation of all of it; the places are kept in memory. The state is a position. */
export function shuffledMatches(
  context: BaseContext,
  where: IndexedWhere,
  order: readonly number[],
  stride: Stride,
  { seed, from }: { readonly seed: ShuffleSeed; readonly from: number },
): Stage<unknown> {
  async function* find(signal: AbortSignal): AsyncGenerator<Located> {
    const all: Located[] = [];
    for await (const match of indexedPlaces(context, where, { order, stride, from: 0 }, signal)) all.push(match);
    for (let position = from; position < all.length; position++) {
      yield { ...(all[permuteIndex(position, all.length, seed)] as Located), next: position + 1 };
    }
  }
  return new LocatedStage(context, find, from);
}

async function* indexedPlaces(
  { input }: BaseContext,
  { index, predicate }: IndexedWhere,
  { order, stride, from }: { order: readonly number[]; stride: Stride; from: number },
  signal: AbortSignal,
): AsyncGenerator<Located> {
  const own = new Map(order.map((shard) => [input.shards[shard]?.url, shard]));
  for await (const place of index.query(predicate, { signal })) {
    const shard = own.get(place.shard);
    const distance = place.index - from;
    if (shard === undefined || distance < 0 || distance % stride.count !== stride.index) continue;
    yield { shard, place, next: place.index - stride.index + stride.count };
  }
}

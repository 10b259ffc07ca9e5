import { compilePredicate } from "../predicate/evaluate.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { SampleLocation } from "../protocols/shard-plugin.ts";
import { planBase } from "./base-plan.ts";
import type { Plan } from "./dataset.ts";
import { hoist } from "./hoist.ts";
import { type Op, stepsOneToOne } from "./ops.ts";
import { allShards, countSamples, scanRecords } from "./random-access.ts";
import type { Reading } from "./run.ts";
import { SampleReader } from "./sample-reader.ts";
import { leadingPredicate } from "./where-index.ts";

/** Finds where the samples lie for which a predicate is true: from a plugin's index, or by scanning. */
export async function* query(
  reading: Reading,
  predicate: Predicate,
  signal: AbortSignal | undefined,
): AsyncGenerator<SampleLocation> {
  for (const index of await reading.indexes(signal)) {
    if (index.query === undefined) continue;
    yield* index.query(predicate, { signal });
    return;
  }
  const { shards } = reading.input;
  const test = compilePredicate(predicate);
  const samples = new SampleReader(reading.input, "borrow");
  let index = 0;
  for await (const { reader, shard } of scanRecords(reading, allShards(reading), signal)) {
    if (test(samples.read(reader, shard) as object)) {
      const { offset, size } = reader;
      yield { shard: shards[shard]?.url as string, key: reader.key(), index, offset, size };
    }
    index += 1;
  }
}

/** Tells how a query would be answered. */
export async function planQuery(
  reading: Reading,
  predicate: Predicate,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const shards = reading.input.shards.length;
  const index = (await reading.indexes(signal)).find((each) => each.query !== undefined);
  if (index === undefined) return { strategy: "scan", shards, reason: "no plugin has an index of the samples" };
  const plan = await index.plan?.(predicate, { signal });
  return { strategy: "index", ...(plan ?? { shards, reason: "a plugin has an index of the samples" }) };
}

/** Counts what operations leave without reading samples, or gives `undefined` when they must be read. */
export async function countCheaply(
  reading: Reading,
  operations: readonly Op[],
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const ops = hoist(operations.filter(({ op }) => op !== "shuffle"));
  if (stepsOneToOne(ops) !== undefined) return countSamples(reading, signal);
  const predicate = leadingPredicate(ops, planBase([], false));
  const rest = ops.slice(ops.findIndex(({ op }) => op !== "where"));
  const onlyWhere = ops.every(({ op }) => op === "where");
  if (predicate === undefined || !(onlyWhere || stepsOneToOne(rest) !== undefined)) return undefined;
  if (!(await reading.indexes(signal)).some((index) => index.query !== undefined)) return undefined;
  let count = 0;
  for await (const _ of query(reading, predicate, signal)) count += 1;
  return count;
}

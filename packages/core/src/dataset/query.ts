import { compilePredicate } from "../predicate/evaluate.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { SampleLocation } from "../protocols/shard-plugin.ts";
import { answering } from "./answering.ts";
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
  const [index] = answering(await reading.indexes(signal), predicate);
  if (index !== undefined) {
    yield* index.query(predicate, { signal });
    return;
  }
  const { shards } = reading.input;
  const test = compilePredicate(predicate);
  const samples = new SampleReader(reading.input, "borrow");
  let position = 0;
  for await (const { reader, shard } of scanRecords(reading, allShards(reading), signal)) {
    if (test(samples.read(reader, shard) as object)) {
      const { offset, size } = reader;
      yield { shard: shards[shard]?.url as string, key: reader.key(), index: position, offset, size };
    }
    position += 1;
  }
}

/** Tells how a query would be answered. */
export async function planQuery(
  reading: Reading,
  predicate: Predicate,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const shards = reading.input.shards.length;
  const indexes = (await reading.indexes(signal)).filter((each) => each.query !== undefined);
  const [index] = answering(indexes, predicate);
  if (index === undefined) {
    const reason =
      indexes.length === 0 ? "no plugin has an index of the samples" : "no index of the samples has all these fields";
    return { strategy: "scan", shards, reason };
  }
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
  if (answering(await reading.indexes(signal), predicate).length === 0) return undefined;
  let count = 0;
  for await (const _ of query(reading, predicate, signal)) count += 1;
  return count;
}

import { compilePredicate } from "../predicate/evaluate.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { STEP_END, STEP_MORE } from "../protocols/shard-format.ts";
import type { SampleLocation } from "../protocols/shard-plugin.ts";
import type { Plan } from "./dataset.ts";
import { startScan } from "./random-access.ts";
import type { Reading } from "./run.ts";
import { SampleReader } from "./sample-reader.ts";

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
  const test = compilePredicate(predicate);
  const samples = new SampleReader(reading.input, "borrow");
  const scan = startScan(reading, 0, signal);
  let index = 0;
  try {
    for (;;) {
      const step = scan.step();
      if (step === STEP_END) return;
      const { reader, shard } = scan;
      if (step === STEP_MORE || reader === undefined) {
        await scan.advance();
        continue;
      }
      if (test(samples.read(reader, shard) as object)) {
        const { offset, size } = reader;
        yield { shard: reading.input.shards[shard]?.url as string, key: reader.key(), index, offset, size };
      }
      index += 1;
    }
  } finally {
    await scan.close();
  }
}

/** Tells how a query would be answered. */
export async function planQuery(reading: Reading, signal: AbortSignal | undefined): Promise<Plan> {
  const shards = reading.input.shards.length;
  const indexed = (await reading.indexes(signal)).some((index) => index.query !== undefined);
  return indexed
    ? { strategy: "index", shards, reason: "a plugin has an index of the samples" }
    : { strategy: "scan", shards, reason: "no plugin has an index of the samples" };
}

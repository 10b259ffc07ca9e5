import { FieldAccumulator } from "../src/summary/field-accumulator.ts";
import { KeyAccumulator } from "../src/summary/key-accumulator.ts";
import type { ShardSummary } from "../src/summary/shard-summary.ts";
import { type Row, rowFields } from "./arbitrary-rows.ts";

/** Sums rows up as a writer does; keys are `k0`, `k1` … unless given. */
export function shardOf(
  url: string,
  samples: readonly Row[],
  keys: readonly string[] = samples.map((_, i) => `k${i}`),
): ShardSummary {
  const accumulator = new KeyAccumulator();
  for (const key of keys) accumulator.add(key);
  const fields = rowFields.map((field) => {
    const sums = new FieldAccumulator(field);
    for (const sample of samples) sums.add(sample[field.name]);
    return [field.name, sums.finish()] as const;
  });
  const bytes = 10_240 + samples.length;
  const base = { url, samples: samples.length, bytes, sha256: "0f".repeat(32), keys: accumulator.finish() };
  return { ...base, fields: new Map(fields) };
}

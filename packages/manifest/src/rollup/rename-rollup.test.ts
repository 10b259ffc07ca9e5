import fc from "fast-check";
import { expect, it } from "vitest";
import { rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { FieldAccumulator } from "../summary/field-accumulator.ts";
import { KeyAccumulator } from "../summary/key-accumulator.ts";
import type { ShardSummary } from "../summary/shard-summary.ts";
import { encodeRollup } from "./encode-rollup.ts";
import { renameRollup } from "./rename-rollup.ts";

function shardOf(url: string, samples: readonly Record<string, unknown>[]): ShardSummary {
  const keys = new KeyAccumulator();
  for (const [i] of samples.entries()) keys.add(`k${i}`);
  const fields = rowFields.map((field) => {
    const sums = new FieldAccumulator(field);
    for (const sample of samples) sums.add(sample[field.name]);
    return [field.name, sums.finish()] as const;
  });
  const sha256 = "0f".repeat(32);
  return { url, samples: samples.length, bytes: 10_240, sha256, keys: keys.finish(), fields: new Map(fields) };
}

it("a renamed roll-up is the one that would have been written with the new names", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 4 }), async (shards) => {
      const of = (stem: string) => encodeRollup(shards.map((samples, i) => shardOf(`${stem}-${i}.tar`, samples)));
      const names = new Map(shards.map((_, i) => [`old-${i}.tar`, `new-${i}.tar`]));
      expect(await renameRollup(await of("old"), "old.rollup.parquet", names)).toEqual(await of("new"));
      expect(await renameRollup(await of("old"), "old.rollup.parquet", new Map())).toEqual(await of("old"));
    }),
    { numRuns: 30 },
  );
});

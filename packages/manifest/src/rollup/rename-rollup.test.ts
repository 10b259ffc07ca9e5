import fc from "fast-check";
import { expect, it } from "vitest";
import { rows } from "../../tests/arbitrary-rows.ts";
import { shardOf } from "../../tests/shard-summary.ts";
import { encodeRollup } from "./encode-rollup.ts";
import { renameRollup } from "./rename-rollup.ts";

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

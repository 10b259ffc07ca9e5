import { expect, it } from "vitest";
import { itemDataset, numbers } from "../../tests/dataset-fixture.ts";
import { indexFor } from "../../tests/dataset-index.ts";
import type { ShardPlugin } from "../protocols/shard-plugin.ts";

it("an index that cannot answer a predicate is passed over", async () => {
  const { plugin, asked } = await indexFor([3, 3]);
  const picky: ShardPlugin = {
    ...plugin,
    open: async (context) => ({ ...(await plugin.open?.(context)), answers: (p) => "field" in p && p.field === "n" }),
  };
  const { ds, source } = itemDataset([3, 3], { plugins: [picky] });
  expect(await numbers(ds.where((f) => f.n.gt(3)))).toEqual([4, 5]);
  expect(asked.queries).toBe(1);
  expect(source.opens).toEqual([]);
  expect(await numbers(ds.where((f) => f.name.eq("item 4")))).toEqual([4]);
  const found = [];
  for await (const { index } of ds.query((f) => f.name.eq("item 4"))) found.push(index);
  expect(found).toEqual([4]);
  expect(await ds.where((f) => f.name.eq("item 4")).count()).toBe(1);
  expect(asked.queries).toBe(1);
  const reason = "no index of the samples has all these fields";
  expect(await ds.plan((f) => f.name.eq("item 4"))).toEqual({ strategy: "scan", shards: 2, reason });
});

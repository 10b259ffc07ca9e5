import { describe, expect, it } from "vitest";
import { type Row, rowFields } from "../../tests/arbitrary-rows.ts";
import { referenceSummary } from "../../tests/reference-summary.ts";
import type { FieldSummary, ShardSummary } from "../summary/shard-summary.ts";
import { fieldStatistics } from "./field-statistics.ts";

const one: Row[] = [
  { i: 1, r: 0.5, t: "b", lt: ["x"] },
  { i: 2, r: Number.NaN, t: null, lt: [] },
];
const two: Row[] = [{ i: 7, r: null, t: "b", lt: ["x", "y"] }];

describe("statistics of several shards", () => {
  it("add up, and are no wider than what is known", () => {
    const sums = fieldStatistics([one, two, []].map((rows) => referenceSummary(rows, rowFields, "values")));
    expect(sums.get("i")).toMatchObject({ count: 3, nulls: 0, nans: 0, min: 1, max: 7, distinct: 3 });
    expect(sums.get("r")).toMatchObject({ count: 2, nulls: 1, nans: 1, min: 0.5, max: 0.5 });
    expect(sums.get("t")).toMatchObject({ count: 2, nulls: 1, top: [{ value: "b", count: 2 }] });
    expect(sums.get("lt")).toMatchObject({ count: 3, min: "x", max: "y", distinct: 2 });
    const mixed = [referenceSummary(one, rowFields, "values"), referenceSummary(two, rowFields, "bounds")];
    expect(fieldStatistics(mixed).get("t")).not.toHaveProperty("top");
    expect(fieldStatistics([referenceSummary(one, rowFields, "nothing")]).size).toBe(0);
  });

  it("spread the bars of histograms over the bounds of all, and lose none", () => {
    const field = { name: "r", kind: "numeric", type: "double" } as const;
    const shard = (min: number, max: number, histogram: readonly number[]): ShardSummary => {
      const count = histogram.reduce((a, b) => a + b);
      const summary: FieldSummary = { field, count, nulls: 0, nans: 0, min, max, histogram };
      return { url: "s.tar", samples: count, fields: new Map([["r", summary]]) };
    };
    const joined = fieldStatistics([shard(0, 10, [10, 0, 0, 0, 10]), shard(20, 20, [7])]).get("r")?.histogram;
    expect(joined?.reduce((a, b) => a + b)).toBe(27);
    expect(joined).toEqual([5, 5, 0, 0, 0, 0, 0, 0, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
    expect(fieldStatistics([shard(3, 3, [2]), shard(3, 3, [4])]).get("r")?.histogram).toEqual([6]);
  });
});

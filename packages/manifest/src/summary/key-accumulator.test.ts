import { compareCodePoints } from "@atdata/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyAccumulator } from "./key-accumulator.ts";
import type { KeySummary } from "./shard-summary.ts";

function summarize(keys: Iterable<string>): KeySummary | undefined {
  const accumulator = new KeyAccumulator();
  for (const key of keys) accumulator.add(key);
  return accumulator.finish();
}

it("tells the bounds of keys by code point, and has a filter of those that do not ascend", () => {
  const keys = fc.uniqueArray(fc.string({ unit: "grapheme", maxLength: 4 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(keys, fc.boolean(), (given, sort) => {
      const sorted = [...given].sort(compareCodePoints);
      const used = sort ? sorted : given;
      const ascends = used.every((key, i) => key === sorted[i]);
      const summary = summarize(used);
      expect(summary).toMatchObject({ min: sorted[0], max: sorted.at(-1), sorted: ascends });
      expect(summary?.filter === undefined).toBe(ascends);
      for (const key of given) expect(summary?.filter?.mayHave(key) ?? true).toBe(true);
    }),
  );
});

it("has no filter of more keys than it can tell apart", () => {
  const keys = (count: number) => Array.from({ length: count }, (_, n) => String((n * 7919) % count));
  const most = summarize(keys(45_000));
  expect(["x", "y", "z", "u", "v", "w"].map((key) => most?.filter?.mayHave(key))).toContain(false);
  expect(summarize(keys(45_001))).toMatchObject({ sorted: false });
  expect(summarize(keys(45_001))?.filter).toBeUndefined();
});

it("knows nothing of no keys", () => {
  expect(summarize([])).toBeUndefined();
});

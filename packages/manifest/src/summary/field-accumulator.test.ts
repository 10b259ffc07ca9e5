import type { PredicateValue } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { referenceSummary } from "../../tests/reference-summary.ts";
import { columnValue } from "./column-value.ts";
import { FieldAccumulator } from "./field-accumulator.ts";
import { histogram } from "./histogram.ts";
import type { FieldSummary, ManifestField } from "./shard-summary.ts";

const text: ManifestField = { name: "t", kind: "categorical", type: "string" };
const number: ManifestField = { name: "x", kind: "numeric", type: "double" };

function summarize(field: ManifestField, values: Iterable<unknown>): FieldSummary {
  const accumulator = new FieldAccumulator(field);
  for (const value of values) accumulator.add(value);
  return accumulator.finish();
}

describe("the sums of a field", () => {
  it("are those of the plainest way", () => {
    fc.assert(
      fc.property(rows, (samples) => {
        const reference = referenceSummary(samples, rowFields, "values");
        for (const field of rowFields) {
          const got = summarize(
            field,
            samples.map((sample) => sample[field.name]),
          );
          const want = reference.fields.get(field.name) as FieldSummary;
          const bound = (value: PredicateValue | undefined) => value !== undefined && columnValue(field.type, value);
          expect([got.count, got.nulls, got.nans]).toEqual([want.count, want.nulls, want.nans]);
          expect([got.min ?? false, got.max ?? false]).toEqual([bound(want.min), bound(want.max)]);
          const distinct = [...(want.values ?? [])].filter(([value]) => !Number.isNaN(value));
          expect(got.values).toEqual(new Map(distinct));
        }
      }),
    );
  });

  it("keep integers beyond 2^53 exact", () => {
    const values = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 5n];
    const { min, max, values: distinct } = summarize({ name: "i", kind: "numeric", type: "int64" }, values);
    expect([min, max]).toEqual([-(2n ** 63n), 2n ** 63n - 1n]);
    expect([...(distinct ?? [])].map(([value]) => value)).toEqual([2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 5]);
  });

  it("have a filter in place of more than 256 values", () => {
    const many = Array.from({ length: 300 }, (_, i) => `v${i}`);
    const { values, filter } = summarize(text, many);
    expect(values).toBeUndefined();
    expect(many.every((value) => filter?.mayHave(value))).toBe(true);
    expect(filter?.mayHave("none of them")).toBe(false);
  });

  it("have neither where a filter would say yes to all", () => {
    const { values, filter, count, min } = summarize(
      text,
      Array.from({ length: 20_000 }, (_, i) => `v${i}`),
    );
    expect([values, filter, count, min]).toEqual([undefined, undefined, 20_000, "v0"]);
  });

  it("take little room for long texts", () => {
    const { values, min, max } = summarize(text, ["a", "b".repeat(5000)]);
    expect([values, min, max]).toEqual([undefined, "a", undefined]);
  });

  it("know the bounds of times and nothing else of them", () => {
    const summary = summarize({ name: "at", kind: "time", type: "string" }, ["2026-02-01", "2025-01-01", null]);
    expect(summary).toEqual({
      field: summary.field,
      ...{ count: 2, nulls: 1, nans: 0 },
      ...{ min: "2025-01-01", max: "2026-02-01" },
    });
  });

  it("have no histogram of more than a million numbers", () => {
    const accumulator = new FieldAccumulator(number);
    for (let i = 0; i <= 2 ** 20; i++) accumulator.add(i % 3);
    expect(accumulator.finish()).toMatchObject({ count: 2 ** 20 + 1, min: 0, max: 2 });
    expect(accumulator.finish().histogram).toBeUndefined();
  });
});

describe("a histogram", () => {
  it("counts every number between the bounds once", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (numbers) => {
        const counts = histogram(Float64Array.from(numbers), Math.min(...numbers), Math.max(...numbers));
        expect(counts.reduce((a, b) => a + b)).toBe(numbers.length);
      }),
    );
  });

  it("has twenty equal steps", () => {
    const numbers = Float64Array.from({ length: 21 }, (_, i) => i);
    expect(histogram(numbers, 0, 20)).toEqual([...new Array(19).fill(1), 2]);
    expect(histogram(Float64Array.of(3, 3, Number.NaN), 3, 3)).toEqual([2]);
  });
});

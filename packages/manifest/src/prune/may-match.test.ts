import { compilePredicate, type Predicate, type PredicateValue } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { predicate, type Row, rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { type Detail, referenceSummary } from "../../tests/reference-summary.ts";
import type { ShardSummary } from "../summary/shard-summary.ts";
import { compilePruner, compileResidue, mayMatch } from "./may-match.ts";

const details: readonly Detail[] = ["values", "filter", "bounds", "counts"];
const allDetails: readonly Detail[] = [...details, "nothing"];

describe("pruning", () => {
  it.each(allDetails)("never drops a shard that has a match, given %s", (detail) => {
    let pruned = 0;
    let kept = 0;
    fc.assert(
      fc.property(predicate, rows, (p, samples) => {
        const matches = samples.some(compilePredicate(p));
        const may = mayMatch(p, referenceSummary(samples, rowFields, detail));
        if (matches) {
          kept++;
          expect(may).toBe(true);
        } else if (!may) pruned++;
      }),
      { numRuns: 4000 },
    );
    // It would prove little if nothing matched, or nothing were pruned.
    expect(kept).toBeGreaterThan(500);
    if (detail !== "nothing") expect(pruned).toBeGreaterThan(100);
  });

  it.each(allDetails)("leaves to ask of each sample what decides about it, given %s", (detail) => {
    let shorter = 0;
    fc.assert(
      fc.property(fc.array(predicate, { maxLength: 4 }), rows, (terms, samples) => {
        const p: Predicate = { op: "and", terms };
        const left = compileResidue(p)(referenceSummary(samples, rowFields, detail));
        if (left !== p) shorter++;
        expect(samples.map(compilePredicate(left))).toEqual(samples.map(compilePredicate(p)));
      }),
      { numRuns: 4000 },
    );
    if (detail !== "nothing") expect(shorter).toBeGreaterThan(100);
  });

  it("asks nothing of samples that all match", () => {
    const p: Predicate = { op: "and", terms: [{ op: "between", field: "i", low: 5, high: 9 }, is("t", "b")] };
    expect(compileResidue(p)(referenceSummary(digits, rowFields, "values"))).toEqual({
      op: "and",
      terms: [is("t", "b")],
    });
  });

  const digits: Row[] = [
    { i: 5, r: 0.5, t: "b", lt: ["x", "y"], li: [1, 9] },
    { i: 9, r: Number.NaN, t: "bc", lt: ["x"], li: [] },
  ];
  const alike: Row[] = [
    { i: 7, r: 1.5, t: "c", b: true, lt: null },
    { i: 7, r: 1.5, t: "c", b: true, lt: null },
  ];
  const is = (field: string, value: PredicateValue): Predicate => ({ op: "=", field, value });
  const not = (term: Predicate): Predicate => ({ op: "not", term });

  it.each<[string, Predicate, Row[], readonly Detail[]]>([
    ["below the smallest", is("i", 4), digits, ["values", "filter", "bounds"]],
    ["above the largest", { op: ">", field: "i", value: 9 }, digits, ["values", "filter", "bounds"]],
    ["<= by a bigint", { op: "<=", field: "i", value: 4n }, digits, ["values", "filter", "bounds"]],
    ["between that lies apart", { op: "between", field: "r", low: 1, high: 2 }, digits, ["values", "bounds"]],
    ["within the bounds, not among the values", is("i", 7), digits, ["values", "filter"]],
    ["in none of the values", { op: "in", field: "i", values: [1, 6, 8, 10] }, digits, ["values", "filter"]],
    ["in nothing", { op: "in", field: "i", values: [] }, digits, details],
    ["equal to NaN", is("r", Number.NaN), digits, details],
    ["a text that is not there", is("t", "ba"), digits, ["values", "filter"]],
    ["a text beyond", { op: ">=", field: "t", value: "c" }, digits, ["values", "bounds"]],
    ["a prefix beyond", { op: "startsWith", field: "t", value: "c" }, digits, ["values", "bounds"]],
    ["a prefix before", { op: "startsWith", field: "t", value: "a" }, digits, ["values", "bounds"]],
    ["a prefix between", { op: "startsWith", field: "t", value: "bb" }, digits, ["values"]],
    ["not a prefix that all have", not({ op: "startsWith", field: "t", value: "b" }), digits, ["values", "bounds"]],
    ["an item that is not there", { op: "contains", field: "lt", value: "z" }, digits, ["values", "bounds"]],
    ["any of absent items", { op: "containsAny", field: "li", values: [5, 8n] }, digits, ["values"]],
    ["all of items of which one is absent", { op: "containsAll", field: "li", values: [1, 2] }, digits, ["values"]],
    ["null where there is none", { op: "isNull", field: "i" }, digits, details],
    ["not null where all are", not({ op: "isNull", field: "lt" }), alike, details],
    ["contains where all are null", { op: "contains", field: "lt", value: "x" }, alike, details],
    ["not contains where all are null", not({ op: "contains", field: "lt", value: "x" }), alike, details],
    ["not the one value", { op: "!=", field: "i", value: 7 }, alike, ["values", "bounds"]],
    ["not the one truth", not(is("b", true)), alike, ["values", "bounds"]],
    ["the other truth", is("b", false), alike, ["values", "bounds"]],
    ["not in all the values", not({ op: "in", field: "t", values: ["b", "bc", "x"] }), digits, ["values"]],
    ["not above what all are above", not({ op: ">", field: "i", value: 4 }), digits, ["values", "bounds"]],
    ["an and with one impossible part", { op: "and", terms: [is("i", 4), is("t", "b")] }, digits, ["values"]],
    ["an or of impossible parts", { op: "or", terms: [is("i", 4), is("t", "a")] }, digits, ["values"]],
    ["an or of nothing", { op: "or", terms: [] }, digits, details],
    ["anything of an empty shard", { op: "and", terms: [] }, [], details],
  ])("drops a shard: %s", (_title, p, samples, enough) => {
    for (const detail of enough) expect(mayMatch(p, referenceSummary(samples, rowFields, detail))).toBe(false);
  });

  it.each<[string, Predicate, Row[]]>([
    ["a NaN is unlike everything", { op: "!=", field: "r", value: 0.5 }, digits],
    ["a NaN is not below anything", not({ op: "<", field: "r", value: 9 }), digits],
    ["a field that the summary does not have", is("image", 1), digits],
    ["a value of another kind", is("i", "7"), digits],
  ])("keeps a shard: %s", (_title, p, samples) => {
    for (const detail of allDetails) expect(mayMatch(p, referenceSummary(samples, rowFields, detail))).toBe(true);
  });

  it("looks only at the values of a long list that lie in a shard's range", () => {
    const values = Array.from({ length: 100_000 }, (_, i) => i * 2);
    let asked = 0;
    const filter = { mayHave: () => ++asked < 0 };
    const field = { name: "i", kind: "numeric", type: "int64" } as const;
    const ink = { field, count: 9, nulls: 0, nans: 0, min: 1001, max: 1009, filter };
    const shard: ShardSummary = { url: "s.tar", samples: 9, fields: new Map([["i", ink]]) };
    expect(compilePruner({ op: "in", field: "i", values })(shard)).toBe(false);
    expect(asked).toBeLessThan(20);
  });
});

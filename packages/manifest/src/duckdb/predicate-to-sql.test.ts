import { evaluate, type Predicate } from "@atdata/core";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { predicate, type Row, rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { createRows, RUNS } from "../../tests/duckdb-rows.ts";
import { predicateToSql } from "./predicate-to-sql.ts";

const is = (field: string, value: string | number | bigint | boolean): Predicate => ({ op: "=", field, value });

describe("the SQL of a predicate", () => {
  it.each<[string, Predicate]>([
    [`"i" = '7'::BIGINT`, is("i", 7)],
    [`"t" = ('it''s' || chr(0) || '')`, is("t", "it's\0")],
    ["NULL::BOOLEAN", is("i", "7")],
    [`("i" IS NULL AND NULL::BOOLEAN)`, is("i", 1.5)],
    [`"i" >= '2'::BIGINT`, { op: ">", field: "i", value: 1.5 }],
    [`"i" <= '9223372036854775807'::BIGINT`, { op: "<", field: "i", value: 2n ** 64n }],
    [`"r" <= '9007199254740992'::DOUBLE`, { op: "<=", field: "r", value: 2n ** 53n + 1n }],
    [`("r" > '0'::DOUBLE AND NOT isnan("r"))`, { op: ">", field: "r", value: -0 }],
    ["false", { op: "in", field: "i", values: [] }],
    ["true", { op: "containsAll", field: "lt", values: [] }],
    ["true", { op: "isNull", field: 'no "such"' }],
    [
      `("b" = true) AND (NOT ("b" = false))`,
      { op: "and", terms: [is("b", true), { op: "not", term: is("b", false) }] },
    ],
  ])("is %s", (want, tree) => {
    expect(predicateToSql(tree, rowFields)).toBe(want);
  });

  it("is true, false or unknown on each row as the evaluator says", { timeout: 600_000 }, async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const seen = new Map<unknown, number>();
    await fc.assert(
      fc.asyncProperty(predicate, rows, async (tree, samples) => {
        await createRows(connection, samples);
        const truth = await connection.runAndReadAll(
          `SELECT ${predicateToSql(tree, rowFields)} AS truth FROM rows ORDER BY n`,
        );
        const got = truth.getColumnsJS()[0] ?? [];
        const want = samples.map((sample: Row) => evaluate(tree, sample) ?? null);
        for (const one of want) seen.set(one, (seen.get(one) ?? 0) + 1);
        expect(got).toEqual(want);
      }),
      { numRuns: RUNS },
    );
    // The test would prove nothing if, say, every answer were unknown.
    for (const truth of [true, false, null]) expect(seen.get(truth)).toBeGreaterThan(RUNS / 10);
    connection.closeSync();
    instance.closeSync();
  });
});

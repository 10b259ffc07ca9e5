import { compilePredicate, type Predicate } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { predicate, type Row, rowFields, rows } from "../../tests/arbitrary-rows.ts";
import type { Column } from "./column.ts";
import { columnFromCells } from "./column-from-cells.ts";
import { matchRows } from "./match-rows.ts";

function columnsOf(samples: readonly Row[]): Map<string, Column> {
  return new Map(
    rowFields.map(({ name, kind, type }) => {
      const cells = samples.map((sample) => sample[name]);
      return [name, columnFromCells(cells, type, kind === "set")];
    }),
  );
}

describe("matching by column", () => {
  it("finds the rows that the evaluator finds one by one", () => {
    let found = 0;
    let tested = 0;
    fc.assert(
      fc.property(predicate, rows, (p, samples) => {
        const test = compilePredicate(p);
        const want = samples.flatMap((sample, row) => (test(sample) ? [row] : []));
        expect(Array.from(matchRows(p, columnsOf(samples), samples.length))).toEqual(want);
        found += want.length;
        tested += samples.length;
      }),
      { numRuns: 10_000 },
    );
    // It would prove little if nothing, or everything, matched.
    expect(found / tested).toBeGreaterThan(0.1);
    expect(found / tested).toBeLessThan(0.6);
  });

  it("finds none among no rows", () => {
    expect(matchRows({ op: "and", terms: [] }, new Map(), 0)).toEqual(new Uint32Array());
  });

  it("takes a field without a column for null", () => {
    expect(matchRows({ op: "isNull", field: "x" }, new Map(), 2)).toEqual(Uint32Array.of(0, 1));
    expect(matchRows({ op: "=", field: "x", value: 1 }, new Map(), 2)).toEqual(new Uint32Array());
  });
});

describe("columns of whole numbers", () => {
  const above: Predicate = { op: ">", field: "i", value: 2 ** 53 };

  it("are doubles where every one is a safe integer", () => {
    const cells = BigInt64Array.of(-1n, 0n, 2n ** 53n - 1n, -(2n ** 53n) + 1n, 1n << 32n, -(1n << 32n) - 1n);
    const column = columnFromCells(cells, "int64", false) as { values: Float64Array };
    expect(column.values).toEqual(Float64Array.from(cells, Number));
  });

  it("stay bigints where one is not", () => {
    for (const beyond of [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]) {
      const column = columnFromCells(BigInt64Array.of(1n, beyond), "int64", false);
      expect(column).toMatchObject({ values: BigInt64Array.of(1n, beyond) });
      expect(matchRows(above, new Map([["i", column]]), 2)).toEqual(
        beyond > 0n ? Uint32Array.of(1) : new Uint32Array(),
      );
    }
  });
});

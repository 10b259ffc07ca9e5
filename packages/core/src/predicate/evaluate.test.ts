import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCodePoints } from "./compare.ts";
import { compilePredicate, evaluate } from "./evaluate.ts";
import type { Predicate, PredicateValue } from "./predicate.ts";

const is = (field: string, value: PredicateValue): Predicate => ({ op: "=", field, value });

describe("three-valued logic", () => {
  it.each<[string, Predicate, object, boolean | undefined]>([
    ["a comparison with null is unknown", is("x", 1), { x: null }, undefined],
    ["a comparison with an absent field is unknown", is("x", 1), {}, undefined],
    ["not of unknown is unknown", { op: "not", term: is("x", 1) }, {}, undefined],
    ["!= of null is unknown, unlike in Python", { op: "!=", field: "x", value: 1 }, { x: null }, undefined],
    ["false settles an and with unknown", { op: "and", terms: [is("x", 1), is("y", 1)] }, { y: 2 }, false],
    ["true settles an or with unknown", { op: "or", terms: [is("x", 1), is("y", 1)] }, { y: 1 }, true],
    ["unknown remains in an and with true", { op: "and", terms: [is("y", 1), is("x", 1)] }, { y: 1 }, undefined],
    ["and of nothing is true", { op: "and", terms: [] }, {}, true],
    ["or of nothing is false", { op: "or", terms: [] }, {}, false],
    ["in of nothing is false, also for null", { op: "in", field: "x", values: [] }, { x: null }, false],
    ["in of null is unknown", { op: "in", field: "x", values: [1] }, { x: null }, undefined],
    ["isNull is true for undefined", { op: "isNull", field: "x" }, { x: undefined }, true],
    ["isNull is false for a value", { op: "isNull", field: "x" }, { x: 0 }, false],
    ["an inherited property is not a field", { op: "isNull", field: "constructor" }, {}, true],
    ["an own field may be called constructor", is("constructor", 1), { constructor: 1 }, true],
  ])("%s", (_title, predicate, sample, want) => {
    expect(evaluate(predicate, sample)).toBe(want);
    expect(compilePredicate(predicate)(sample)).toBe(want === true);
  });
});

describe("numbers", () => {
  const x = { x: Number.NaN };
  it.each(["=", "<", "<=", ">", ">="] as const)("NaN %s anything is false", (op) => {
    expect(evaluate({ op, field: "x", value: 1 }, x)).toBe(false);
    expect(evaluate({ op, field: "x", value: Number.NaN }, x)).toBe(false);
    expect(evaluate({ op, field: "x", value: Number.NaN }, { x: 1 })).toBe(false);
  });

  it("NaN differs from everything and is in nothing", () => {
    expect(evaluate({ op: "!=", field: "x", value: Number.NaN }, x)).toBe(true);
    expect(evaluate({ op: "in", field: "x", values: [Number.NaN] }, x)).toBe(false);
    expect(
      evaluate({ op: "between", field: "x", low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }, x),
    ).toBe(false);
    expect(evaluate({ op: "contains", field: "l", value: Number.NaN }, { l: [Number.NaN] })).toBe(false);
  });

  it("minus zero equals zero", () => {
    expect(evaluate(is("x", 0), { x: -0 })).toBe(true);
    expect(evaluate({ op: "in", field: "x", values: [-0] }, { x: 0n })).toBe(true);
    expect(evaluate({ op: "<", field: "x", value: 0 }, { x: -0 })).toBe(false);
  });

  it("int64 and float compare exactly beyond 2^53", () => {
    const odd = { x: 2n ** 53n + 1n };
    expect(evaluate(is("x", 2 ** 53), odd)).toBe(false);
    expect(evaluate({ op: ">", field: "x", value: 2 ** 53 }, odd)).toBe(true);
    expect(evaluate({ op: "in", field: "x", values: [2 ** 53] }, odd)).toBe(false);
    expect(evaluate({ op: "in", field: "x", values: [2 ** 60] }, { x: 2n ** 60n })).toBe(true);
    expect(evaluate(is("x", 2 ** 60), { x: 2n ** 60n })).toBe(true);
  });
});

describe("kinds", () => {
  it("a value of another kind is neither equal nor different", () => {
    expect(evaluate(is("x", 7), { x: "7" })).toBeUndefined();
    expect(evaluate({ op: "!=", field: "x", value: 7 }, { x: "7" })).toBeUndefined();
    expect(evaluate({ op: "in", field: "x", values: [7, true] }, { x: 8 })).toBeUndefined();
    expect(evaluate({ op: "in", field: "x", values: [7, true] }, { x: true })).toBe(true);
    expect(evaluate({ op: "startsWith", field: "x", value: "7" }, { x: 7 })).toBeUndefined();
  });

  it("bytes equal by content and have no order", () => {
    const sample = { b: Uint8Array.of(1, 2) };
    expect(evaluate(is("b", Uint8Array.of(1, 2)), sample)).toBe(true);
    expect(evaluate(is("b", Uint8Array.of(1)), sample)).toBe(false);
    expect(evaluate({ op: "in", field: "b", values: [Uint8Array.of(3), Uint8Array.of(1, 2)] }, sample)).toBe(true);
    expect(evaluate({ op: "<", field: "b", value: Uint8Array.of(9) }, sample)).toBeUndefined();
  });

  it("a list contains by equality and passes over nulls and other kinds", () => {
    const sample = { l: [1, null, "a"] };
    expect(evaluate({ op: "contains", field: "l", value: 1n }, sample)).toBe(true);
    expect(evaluate({ op: "contains", field: "l", value: 2 }, sample)).toBe(false);
    expect(evaluate({ op: "contains", field: "l", value: "a" }, { l: "a" })).toBeUndefined();
    expect(evaluate({ op: "containsAny", field: "l", values: [9, "a"] }, sample)).toBe(true);
    expect(evaluate({ op: "containsAll", field: "l", values: [1, "a"] }, sample)).toBe(true);
    expect(evaluate({ op: "containsAll", field: "l", values: [1, 2] }, sample)).toBe(false);
    expect(evaluate({ op: "containsAny", field: "l", values: [] }, sample)).toBe(false);
    expect(evaluate({ op: "containsAll", field: "l", values: [1] }, { l: null })).toBeUndefined();
  });
});

describe("strings", () => {
  it("order by code point, not by UTF-16 unit", () => {
    expect("\u{1F600}" < "\uFFFD").toBe(true);
    expect(evaluate({ op: ">", field: "s", value: "\uFFFD" }, { s: "\u{1F600}" })).toBe(true);
  });

  it("order as their code points do, lone surrogates included", () => {
    const unit = fc.constantFrom("a", "\uD83D", "\uDE00", "\uE000", "\uFFFF", "\u{1F600}", "\u{10000}");
    const text = fc.array(unit, { maxLength: 5 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(comparePoints(Array.from(a), Array.from(b)));
      }),
    );
  });
});

function comparePoints(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i]?.codePointAt(0) ?? 0) - (b[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}

describe("against SQLite", () => {
  // The oracle: the same rows in a table, the same tree as SQL. SQLite compares text by code point and integer with real exactly.
  const big = 2n ** 53n;
  const int = fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt(big - 2n, big + 2n), fc.constant(-(2n ** 63n)));
  const real = fc.oneof(fc.constantFrom(-0, 0, 0.5, 1, -2.5, 2 ** 53, 2 ** 53 + 2, 1e300, Number.NEGATIVE_INFINITY));
  const text = fc.array(fc.constantFrom("a", "b", "\uE000", "\u{1F600}", "é"), { maxLength: 3 }).map((a) => a.join(""));
  const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 });
  const row = fc.record({
    i: orNull(int),
    r: orNull(real),
    t: orNull(text),
    l: orNull(fc.array(fc.option(text, { nil: null }), { maxLength: 3 })),
  });
  const number = fc.oneof(int, real);
  const order = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
  const numeric = fc.constantFrom("i", "r");
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 3 });
  const leaf = fc.oneof(
    fc.record({ op: order, field: numeric, value: number }),
    fc.record({ op: order, field: fc.constant("t"), value: text }),
    fc.record({ op: fc.constant("in"), field: numeric, values: some(number) }),
    fc.record({ op: fc.constant("in"), field: fc.constant("t"), values: some(text) }),
    fc.record({ op: fc.constant("between"), field: numeric, low: number, high: number }),
    fc.record({ op: fc.constant("between"), field: fc.constant("t"), low: text, high: text }),
    fc.record({ op: fc.constant("startsWith"), field: fc.constant("t"), value: text }),
    fc.record({ op: fc.constant("contains"), field: fc.constant("l"), value: text }),
    fc.record({ op: fc.constantFrom("containsAny", "containsAll"), field: fc.constant("l"), values: some(text) }),
    fc.record({ op: fc.constant("isNull"), field: fc.constantFrom("i", "r", "t", "l") }),
  ) as fc.Arbitrary<Predicate>;
  const { tree } = fc.letrec<{ tree: Predicate }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.record({ op: fc.constant("not"), term: tie("tree") }) as fc.Arbitrary<Predicate>,
      fc.record({ op: fc.constantFrom("and", "or"), terms: some(tie("tree")) }) as fc.Arbitrary<Predicate>,
    ),
  }));

  it("every tree gives true, false or unknown as the same SQL does", () => {
    const db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE samples (i INTEGER, r REAL, t TEXT, l TEXT)");
    const insert = db.prepare("INSERT INTO samples VALUES (?, ?, ?, ?)");
    const seen = new Map<unknown, number>();
    fc.assert(
      fc.property(tree, fc.array(row, { minLength: 1, maxLength: 8 }), (predicate, rows) => {
        db.exec("DELETE FROM samples");
        for (const { i, r, t, l } of rows) insert.run(i, r, t, l === null ? null : JSON.stringify(l));
        const answers = db.prepare(`SELECT (${sql(predicate)}) AS truth FROM samples ORDER BY rowid`).all();
        const want = answers.map(({ truth }) => (truth === null ? undefined : truth === 1));
        const got = rows.map((sample) => evaluate(predicate, sample));
        for (const truth of got) seen.set(truth, (seen.get(truth) ?? 0) + 1);
        expect(got).toEqual(want);
      }),
      { numRuns: 1500 },
    );
    // The test would prove nothing if, say, every answer were unknown.
    for (const truth of [true, false, undefined]) expect(seen.get(truth)).toBeGreaterThan(500);
    db.close();
  });
});

function sql(p: Predicate): string {
  switch (p.op) {
    case "and":
    case "or": {
      const empty = p.op === "and" ? "1" : "0";
      return p.terms.length === 0 ? empty : p.terms.map((term) => `(${sql(term)})`).join(` ${p.op} `);
    }
    case "not":
      return `NOT (${sql(p.term)})`;
    case "isNull":
      return `${p.field} IS NULL`;
    case "between":
      return `${p.field} BETWEEN ${literal(p.low)} AND ${literal(p.high)}`;
    case "in":
      return `${p.field} IN (${p.values.map(literal).join(", ")})`;
    case "startsWith":
      return `substr(${p.field}, 1, length(${literal(p.value)})) = ${literal(p.value)}`;
    case "contains":
      return `CASE WHEN ${p.field} IS NULL THEN NULL ELSE EXISTS (SELECT 1 FROM json_each(${p.field}) WHERE value = ${literal(p.value)}) END`;
    case "containsAny":
    case "containsAll": {
      const terms = p.values.map((value): Predicate => ({ op: "contains", field: p.field, value }));
      return sql({ op: p.op === "containsAny" ? "or" : "and", terms });
    }
    default:
      return `${p.field} ${p.op} ${literal(p.value)}`;
  }
}

function literal(value: PredicateValue): string {
  if (typeof value === "string") return `'${value}'`;
  // SQLite reads the digits of −2^63 as a real number.
  if (typeof value === "bigint") return value === -(2n ** 63n) ? "(-9223372036854775807 - 1)" : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value.toExponential() : `${value < 0 ? "-" : ""}9e999`;
  throw new Error("not in this test");
}

import { checkPredicate, type ErrorFields, float, int, isAtdataError, type Predicate, sample } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPredicate } from "./format-predicate.ts";
import { parsePredicate } from "./parse-predicate.ts";

const a: Predicate = { op: "=", field: "a", value: 1 };
const b: Predicate = { op: "=", field: "b", value: 2 };
const c: Predicate = { op: "=", field: "c", value: 3 };

describe("grammar", () => {
  it.each<[string, Predicate]>([
    ["a = 1 or b = 2 and c = 3", { op: "or", terms: [a, { op: "and", terms: [b, c] }] }],
    ["(a = 1 or b = 2) and c = 3", { op: "and", terms: [{ op: "or", terms: [a, b] }, c] }],
    ["not a = 1 and b = 2", { op: "and", terms: [{ op: "not", term: a }, b] }],
    ["not (a = 1 and b = 2)", { op: "not", term: { op: "and", terms: [a, b] } }],
    ["a=1 AND b==2 aNd c=3", { op: "and", terms: [a, b, c] }],
    ["ink between 10 and 40 and a = 1", { op: "and", terms: [{ op: "between", field: "ink", low: 10, high: 40 }, a] }],
    ["a <> 1", { op: "!=", field: "a", value: 1 }],
    ["a<=-1.5e-3", { op: "<=", field: "a", value: -0.0015 }],
    ["a >= -0", { op: ">=", field: "a", value: -0 }],
    ["a > .5", { op: ">", field: "a", value: 0.5 }],
    ["a < -infinity", { op: "<", field: "a", value: Number.NEGATIVE_INFINITY }],
    ["a != NaN", { op: "!=", field: "a", value: Number.NaN }],
    ["id = 9007199254740993", { op: "=", field: "id", value: 2n ** 53n + 1n }],
    ["id = 9007199254740991", { op: "=", field: "id", value: Number.MAX_SAFE_INTEGER }],
    ["s = 'it''s'", { op: "=", field: "s", value: "it's" }],
    ["s = ''", { op: "=", field: "s", value: "" }],
    [`"odd ""name""" isNull`, { op: "isNull", field: 'odd "name"' }],
    [`"and" is null`, { op: "isNull", field: "and" }],
    ["größe IS NOT NULL", { op: "not", term: { op: "isNull", field: "größe" } }],
    ["in in ()", { op: "in", field: "in", values: [] }],
    [
      "a not in (1, 'x', true, x'00fF')",
      { op: "not", term: { op: "in", field: "a", values: [1, "x", true, Uint8Array.of(0, 255)] } },
    ],
    ["t contains 'dark'", { op: "contains", field: "t", value: "dark" }],
    ["t CONTAINSANY ('a')", { op: "containsAny", field: "t", values: ["a"] }],
    ["t containsAll('a','b')", { op: "containsAll", field: "t", values: ["a", "b"] }],
    ["s startsWith 'pre'", { op: "startsWith", field: "s", value: "pre" }],
    ["true", { op: "and", terms: [] }],
    ["false", { op: "or", terms: [] }],
    ["\n\ta = 1\n", a],
  ])("reads %s", (text, want) => {
    expect(parsePredicate(text)).toEqual(want);
  });
});

describe("mistakes", () => {
  it.each<[string, number, string]>([
    ["", 1, "expected the name of a field, not or (; found the end"],
    ["label = and ink > 3", 9, "expected a value; found and"],
    ['label = "dark"', 9, `'dark' for a text`],
    ["note = null", 8, "isNull"],
    ["label like 'a'", 7, "containsAny"],
    ["a = 1 b = 2", 7, "expected and, or, or the end"],
    ["(a = 1", 7, "expected and, or, or )"],
    ["a in 1", 6, "expected ( and a list of values"],
    ["a in (1, )", 10, "expected a value; found )"],
    ["a between 1 or 2", 13, "expected and, then"],
    ["a startsWith 1", 14, "a text in single quotes"],
    ["s = 'open", 5, "never closed"],
    ["a = 7kg", 5, "ends in letters"],
    ["a = 1e999", 5, "too large"],
    [`a = ${"9".repeat(41)}`, 5, "40 digits"],
    ["a = x'0'", 5, "pairs of hex digits"],
    ["a = 1 & b = 2", 7, "no meaning"],
    ["7 = a", 1, "the field first"],
    ["and = 1", 1, '"and" when a field'],
    ["a is 3", 6, "null or not null"],
    ["😀 = 1", 1, "no meaning"],
    ["s = '😀' or", 11, "found the end"],
    [`${"(".repeat(65)}a = 1`, 65, "nested deeper than 64"],
    [`${"not ".repeat(65)}a = 1`, 257, "nested deeper than 64"],
    ["x".repeat(1_000_001), 1_000_001, "longer than 1000000"],
  ])("are shown with a caret: %s", (text, column, says) => {
    const error = failure(text);
    expect(error.message).toContain(says);
    expect(error.fields.column).toBe(column);
    const [, shown = "", caret = ""] = error.message.split("\n");
    if (Array.from(text).length < 60) {
      expect(shown).toBe(`  ${text}`);
      expect(Array.from(caret).indexOf("^")).toBe(column + 1);
    }
    expect(shown.length).toBeLessThan(120);
  });

  it("are shown as the docs say", () => {
    expect(failure("label = 7 or ink between 10 40").message).toBe(
      [
        "a predicate cannot be read",
        "  label = 7 or ink between 10 40",
        "                              ^ expected and, then the largest value; found 40; column=29",
      ].join("\n"),
    );
  });

  it("point at the same character in a long text of several lines", () => {
    const error = failure(`${"a = 1\n and ".repeat(100)}b ~ 2${" and c = 3".repeat(100)}`);
    const [, shown = "", caret = ""] = error.message.split("\n");
    expect(Array.from(shown)[Array.from(caret).indexOf("^")]).toBe("~");
  });
});

describe("text and tree", () => {
  const name = fc.oneof(
    fc.constantFrom("a", "and", "NOT", "is", 'q"', "x", "größe", "nan", ""),
    fc.string({ unit: "binary" }),
  );
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("'", "''", "it's", "\n", "\0"),
    fc.double(),
    fc.constantFrom(2 ** 53, -(2 ** 60), 1e21, -0, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE),
    fc.integer(),
    fc.bigInt(2n ** 53n, 2n ** 64n),
    fc.bigInt(-(2n ** 64n), -(2n ** 53n)),
    fc.boolean(),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => Uint8Array.from(bytes)),
  );
  const values = fc.array(value, { maxLength: 4 });
  const leaf = fc.oneof(
    fc.record({ op: fc.constantFrom("=", "!=", "<", "<=", ">", ">=", "contains"), field: name, value }),
    fc.record({ op: fc.constantFrom("in", "containsAny", "containsAll"), field: name, values }),
    fc.record({ op: fc.constant("between"), field: name, low: value, high: value }),
    fc.record({ op: fc.constant("startsWith"), field: name, value: fc.string({ unit: "binary" }) }),
    fc.record({ op: fc.constant("isNull"), field: name }),
  ) as fc.Arbitrary<Predicate>;
  const { tree } = fc.letrec<{ tree: Predicate }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 30, depthSize: "medium", withCrossShrink: true },
      leaf,
      fc.record({ op: fc.constant("not"), term: tie("tree") }) as fc.Arbitrary<Predicate>,
      fc.record({
        op: fc.constantFrom("and", "or"),
        terms: fc.array(tie("tree"), { maxLength: 3 }).filter((terms) => terms.length !== 1),
      }) as fc.Arbitrary<Predicate>,
    ),
  }));

  it("what is formatted is read back as the same tree", () => {
    fc.assert(
      fc.property(tree, (predicate) => {
        expect(parsePredicate(formatPredicate(predicate))).toEqual(predicate);
      }),
      { numRuns: 2000 },
    );
  });

  it("any text is a predicate that formats and reads back, or that one error", () => {
    const piece = fc.constantFrom(
      ..."a b and or not ( ) = <> < in between contains containsAny startsWith is null isNull , 'x' 1 -2.5 NaN true x'0a' \"q\" ' \" x'".split(
        " ",
      ),
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(" ")),
    );
    let read = 0;
    fc.assert(
      fc.property(text, (given) => {
        const predicate = parsed(given);
        if (predicate === undefined) return;
        read++;
        expect(parsePredicate(formatPredicate(predicate))).toEqual(predicate);
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(20);
  });

  it("a junction of one term is written as the term", () => {
    const one: Predicate = { op: "and", terms: [{ op: "or", terms: [{ op: "and", terms: [a, b] }] }] };
    expect(formatPredicate({ op: "or", terms: [one, c] })).toBe("a = 1 and b = 2 or c = 3");
    expect(formatPredicate({ op: "not", term: one })).toBe("not (a = 1 and b = 2)");
  });

  it("what is nested too deep to be read is not written", () => {
    let deep: Predicate = a;
    for (let i = 0; i < 64; i++) deep = { op: "not", term: deep };
    expect(parsePredicate(formatPredicate(deep))).toEqual(deep);
    expect(() => formatPredicate({ op: "not", term: deep })).toThrow("nested deeper than 64");
  });
});

it("core's check of a predicate from text names the nearest fields", () => {
  const type = sample("Digit", { label: int(), ink: float() });
  expect(() => checkPredicate(parsePredicate("lable = 7"), type)).toThrow(/no such field; field=lable; try: label$/);
  expect(() => checkPredicate(parsePredicate("label = '7'"), type)).toThrow(/compared with a string, want a number/);
});

function parsed(text: string): Predicate | undefined {
  try {
    return parsePredicate(text);
  } catch (error) {
    if (!isAtdataError(error, "PREDICATE_INVALID")) throw error;
    expect(error.fields.column).toBeGreaterThan(0);
    return undefined;
  }
}

function failure(text: string): Error & { fields: ErrorFields["PREDICATE_INVALID"] } {
  try {
    parsePredicate(text);
  } catch (error) {
    if (isAtdataError(error, "PREDICATE_INVALID")) return error;
    throw error;
  }
  throw new Error(`was read: ${text}`);
}

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { evaluate } from "./evaluate.ts";
import type { Predicate } from "./predicate.ts";
import { predicateFromJson, predicateToJson } from "./predicate-json.ts";

const FORMAT = "atdata.predicate/1";

const value = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.bigInt(-(2n ** 65n), 2n ** 65n).filter((i) => !Number.isSafeInteger(Number(i))),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => Uint8Array.from(bytes)),
);
const values = fc.array(value, { maxLength: 4 });
const field = fc.string();
const { tree } = fc.letrec<{ tree: Predicate }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({
      op: fc.constantFrom("=", "!=", "<", "<=", ">", ">=", "contains"),
      field,
      value,
    }) as fc.Arbitrary<Predicate>,
    fc.record({ op: fc.constant("startsWith"), field, value: fc.string() }) as fc.Arbitrary<Predicate>,
    fc.record({ op: fc.constant("between"), field, low: value, high: value }) as fc.Arbitrary<Predicate>,
    fc.record({ op: fc.constantFrom("in", "containsAny", "containsAll"), field, values }) as fc.Arbitrary<Predicate>,
    fc.record({ op: fc.constant("isNull"), field }) as fc.Arbitrary<Predicate>,
    fc.record({ op: fc.constant("not"), term: tie("tree") }) as fc.Arbitrary<Predicate>,
    fc.record({
      op: fc.constantFrom("and", "or"),
      terms: fc.array(tie("tree"), { maxLength: 3 }),
    }) as fc.Arbitrary<Predicate>,
  ),
}));

/** JSON has one zero, and −0 equals 0 in every operator. */
const oneZero = (json: unknown) => JSON.parse(JSON.stringify(json));

describe("the JSON form of a predicate", () => {
  it("reads back as the same tree through text", () => {
    fc.assert(
      fc.property(tree, (predicate) => {
        const text = JSON.stringify(predicateToJson(predicate));
        const read = predicateFromJson(JSON.parse(text));
        expect(JSON.stringify(predicateToJson(read))).toBe(text);
        expect(oneZero(predicateToJson(read))).toEqual(oneZero(predicateToJson(predicate)));
      }),
    );
  });

  it("keeps large integers, bytes, NaN and infinities", () => {
    const p: Predicate = {
      op: "in",
      field: "x",
      values: [2n ** 63n, -5n, Uint8Array.of(255, 0), Number.NaN, Number.NEGATIVE_INFINITY],
    };
    expect(predicateToJson(p)).toEqual({
      format: FORMAT,
      where: {
        op: "in",
        field: "x",
        values: [{ $int: "9223372036854775808" }, -5, { $bytes: "/wA=" }, { $float: "NaN" }, { $float: "-Infinity" }],
      },
    });
    const read = predicateFromJson(predicateToJson(p));
    expect(evaluate(read, { x: 2n ** 63n })).toBe(true);
    expect(evaluate(read, { x: Uint8Array.of(255, 0) })).toBe(true);
    expect(evaluate(read, { x: Number.NEGATIVE_INFINITY })).toBe(true);
  });

  it("refuses a later major version by its own code, and takes a later minor one", () => {
    const where = { op: "isNull", field: "x" };
    expect(() => predicateFromJson({ format: "atdata.predicate/2", where })).toThrow(/update @atdata\/core/);
    try {
      predicateFromJson({ format: "atdata.predicate/2", where });
    } catch (e) {
      expect(isAtdataError(e, "FORMAT_TOO_NEW") && e.fields.found).toBe("atdata.predicate/2");
    }
    expect(predicateFromJson({ format: "atdata.predicate/1.3", where })).toEqual(where);
  });

  it.each<[unknown, string]>([
    [null, "not an object"],
    [{}, "not a predicate document at format"],
    [{ format: "atdata.lens/1", where: {} }, "not a predicate document at format"],
    [{ format: FORMAT }, "not an object at where"],
    [{ format: FORMAT, where: { op: "like", field: "x" } }, "unknown operator at where.op"],
    [{ format: FORMAT, where: { op: "=", field: "x" } }, "not a value at where.value"],
    [{ format: FORMAT, where: { op: "=", field: 1, value: 1 } }, "not a text at where.field"],
    [{ format: FORMAT, where: { op: "=", field: "x", value: null } }, "not a value at where.value"],
    [{ format: FORMAT, where: { op: "=", field: "x", value: { $int: "1.5" } } }, "not a value at where.value"],
    [{ format: FORMAT, where: { op: "=", field: "x", value: { $bytes: "a" } } }, "not a value at where.value"],
    [{ format: FORMAT, where: { op: "=", field: "x", value: { $bytes: "=a==" } } }, "not a value at where.value"],
    [{ format: FORMAT, where: { op: "=", field: "x", value: { $float: "1" } } }, "not a value at where.value"],
    [{ format: FORMAT, where: { op: "=", field: "x", value: { $int: "1", more: 1 } } }, "not a value at where.value"],
    [{ format: FORMAT, where: { op: "=", field: "x", value: 1, escape: "y" } }, "unknown key at where.escape"],
    [{ format: FORMAT, where: { op: "and", terms: [{ op: "not" }] } }, "not an object at where.terms[0].term"],
    [{ format: FORMAT, where: { op: "in", field: "x", values: {} } }, "not a list at where.values"],
  ])("refuses %o", (json, message) => {
    try {
      predicateFromJson(json);
      expect.unreachable();
    } catch (e) {
      expect(isAtdataError(e, "FORMAT_INVALID") && e.message).toContain(message);
    }
  });

  it("refuses what is nested deeper than 64, in both directions", () => {
    let p: Predicate = { op: "isNull", field: "x" };
    for (let i = 0; i < 64; i++) p = { op: "not", term: p };
    const json = predicateToJson(p);
    expect(predicateFromJson(json)).toEqual(p);
    const deeper = { op: "not", term: json.where };
    expect(() => predicateFromJson({ format: FORMAT, where: deeper })).toThrow("nested deeper than 64");
    expect(() => predicateToJson({ op: "not", term: p })).toThrow("nested deeper than 64");
  });

  it("refuses more than a million values", () => {
    const where = { op: "in", field: "x", values: new Array(1_000_001).fill(1) };
    expect(() => predicateFromJson({ format: FORMAT, where })).toThrow("more than 1000000");
  });

  it("throws nothing but AtdataError, whatever it is given", () => {
    const mutant = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((where) => ({ format: FORMAT, where })),
    );
    fc.assert(
      fc.property(mutant, (json) => {
        try {
          predicateFromJson(json);
        } catch (e) {
          expect(isAtdataError(e)).toBe(true);
        }
      }),
    );
  });

  it("reads the example of docs/formats.md", () => {
    const docs = readFileSync(new URL("../../../../docs/formats.md", import.meta.url), "utf8");
    const section = docs.slice(docs.indexOf("\n## Predicate\n"));
    const example = /```json\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
    const predicate = predicateFromJson(JSON.parse(example));
    expect(predicateToJson(predicate)).toEqual(JSON.parse(example));
    expect(evaluate(predicate, { ink: 41, tags: ["even"], id: 9223372036854775807n })).toBe(true);
    expect(evaluate(predicate, { ink: 41, tags: ["odd"], id: 1n })).toBe(false);
  });
});

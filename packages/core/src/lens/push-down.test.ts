import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildPredicate } from "../predicate/builder.ts";
import { evaluate } from "../predicate/evaluate.ts";
import { list, optional } from "../schema/container-fields.ts";
import { sample } from "../schema/sample.ts";
import { int, str } from "../schema/scalar-fields.ts";
import { fieldLens } from "./field-lens.ts";
import { generateSamples } from "./generate.ts";
import { lens } from "./lens.ts";
import { pushDown } from "./push-down.ts";

const A = sample("A", { label: int(), note: optional(int()), tags: list(str()) });
const V = sample("V", { digit: int(), text: str(), note: optional(int()), words: list(str()) });
const view = fieldLens(A, V, { digit: "label", text: { from: "label", cast: "str" }, note: "note", words: "tags" });

describe("pushDown", () => {
  it("renames fields throughout the tree", () => {
    const p = buildPredicate((f) => f.digit.gt(3).and(f.words.contains("a").not()).or(f.note.isNull()), V);
    expect(pushDown(p, view)).toEqual({
      op: "or",
      terms: [
        {
          op: "and",
          terms: [
            { op: ">", field: "label", value: 3 },
            { op: "not", term: { op: "contains", field: "tags", value: "a" } },
          ],
        },
        { op: "isNull", field: "note" },
      ],
    });
  });

  it("gives up when any part asks for a field that is not a plain copy", () => {
    expect(pushDown({ op: "=", field: "text", value: "7" }, view)).toBeUndefined();
    const p = buildPredicate((f) => f.digit.eq(7).and(f.text.eq("7").not()), V);
    expect(pushDown(p, view)).toBeUndefined();
    const opaque = lens(A, V, { get: (a) => view.get(a) });
    expect(pushDown({ op: "=", field: "digit", value: 7 }, opaque)).toBeUndefined();
  });

  it("means on the source what the predicate means on the view", () => {
    const leaf = fc.oneof(
      fc.record({
        op: fc.constantFrom("=", "<", "!="),
        field: fc.constantFrom("digit", "note"),
        value: fc.integer({ min: -2, max: 260 }),
      }),
      fc.record({ op: fc.constant("contains"), field: fc.constant("words"), value: fc.constantFrom("", "a") }),
      fc.record({ op: fc.constant("isNull"), field: fc.constant("note") }),
    );
    const tree = fc.record({ op: fc.constantFrom("and", "or"), terms: fc.array(leaf, { maxLength: 4 }) });
    fc.assert(
      fc.property(tree, fc.integer(), (predicate, seed) => {
        const pushed = pushDown(predicate as never, view);
        for (const source of generateSamples(A, 10, seed)) {
          expect(evaluate(pushed as never, source)).toBe(evaluate(predicate as never, view.get(source)));
        }
      }),
    );
  });
});

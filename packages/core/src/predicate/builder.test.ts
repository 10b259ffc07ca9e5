import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { list, optional } from "../schema/container-fields.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { float, int, str } from "../schema/scalar-fields.ts";
import { buildPredicate, fieldHandles } from "./builder.ts";
import { compilePredicate } from "./evaluate.ts";
import type { FieldHandles } from "./field-handles.ts";
import { predicateFromJson } from "./predicate-json.ts";

interface Digit {
  label: number;
  ink: number;
  name: string;
  tags: string[];
  note?: string | undefined;
}
const fields = { label: int(), ink: float(), name: str(), tags: list(str()), note: optional(str()) };
const Digit = { name: "Digit", fields } as unknown as SampleType<Digit>;

describe("the typed builder", () => {
  it("makes the plain tree that one would write by hand", () => {
    const p = buildPredicate((f) => f.ink.gt(40).and(f.tags.contains("even"), f.note.isNull().not()), Digit);
    expect({ ...p }).toEqual({
      op: "and",
      terms: [
        { op: ">", field: "ink", value: 40 },
        { op: "contains", field: "tags", value: "even" },
        { op: "not", term: { op: "isNull", field: "note" } },
      ],
    });
    expect(structuredClone(p)).toEqual({ ...p });
  });

  it("has every operator", () => {
    const f = fieldHandles(Digit);
    const made = [
      f.label.eq(1),
      f.label.ne(1),
      f.label.lt(1),
      f.label.le(1),
      f.label.gt(1),
      f.label.ge(1),
      f.label.in(new Set([1])),
      f.label.between(1, 2),
      f.tags.contains("a"),
      f.tags.containsAny(["a"]),
      f.tags.containsAll(["a"]),
      f.name.startsWith("a"),
      f.note.isNull(),
      f.label.eq(1).not(),
      f.label.eq(1).and(),
      f.label.eq(1).or(),
    ].map(({ op }) => op);
    const want = "= != < <= > >= in between contains containsAny containsAll startsWith isNull not and or";
    expect(made).toEqual(want.split(" "));
  });

  it("keeps long chains flat, so that they stay within the depth limit", () => {
    const f = fieldHandles(Digit);
    let p = f.label.eq(0);
    for (let i = 1; i < 500; i++) p = p.or(f.label.eq(i));
    const read = predicateFromJson({ format: "atdata.predicate/1", where: JSON.parse(JSON.stringify(p)) });
    expect(compilePredicate(read)({ label: 499 })).toBe(true);
  });

  it("undoes a double not", () => {
    expect({ ...fieldHandles(Digit).label.eq(1).not().not() }).toEqual({ op: "=", field: "label", value: 1 });
  });

  it("is immutable and copies bytes", () => {
    const key = Uint8Array.of(1);
    const p = buildPredicate((f) => f("id").eq(key).or(f("id").isNull()));
    key[0] = 2;
    expect(compilePredicate(p)({ id: Uint8Array.of(1) })).toBe(true);
    expect(() => Object.assign(p, { op: "and" })).toThrow(TypeError);
  });

  it("names the nearest fields when there is none of that name", () => {
    const misspelt = (f: FieldHandles<Digit>) => (f as unknown as FieldHandles<{ lable: number }>).lable.eq(1);
    expect(() => buildPredicate(misspelt, Digit)).toThrow("Digit has no such field; field=lable; try: label");
  });

  it("refuses null and says what to ask instead", () => {
    expect(() => buildPredicate((f) => f("note").eq(null as never))).toThrow(/isNull/);
    expect(() => buildPredicate((f) => f("note").startsWith(7 as never))).toThrow(TypeError);
  });

  it("does not take a text for a list of its letters", () => {
    expect(() => buildPredicate((f) => f("name").in("abc" as never))).toThrow("in takes an array or set of values");
  });

  it("refuses a function that returns no predicate", () => {
    try {
      buildPredicate((() => true) as never, Digit);
      expect.unreachable();
    } catch (e) {
      expect(isAtdataError(e, "PREDICATE_INVALID")).toBe(true);
    }
  });
});

describe("the untyped builder", () => {
  it("is a function of the field's name", () => {
    const p = buildPredicate((f) => f("label").in([1, 7]));
    expect({ ...p }).toEqual({ op: "in", field: "label", values: [1, 7] });
  });

  it("takes any name, also those that functions have themselves", () => {
    const byName = fieldHandles() as unknown as FieldHandles<{ name: string; length: number }>;
    expect({ ...byName.name.eq("a") }).toEqual({ op: "=", field: "name", value: "a" });
    expect({ ...byName.length.eq(1) }).toEqual({ op: "=", field: "length", value: 1 });
  });
});

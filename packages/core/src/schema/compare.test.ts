import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryType } from "../../tests/arbitrary-types.ts";
import { type Compatibility, diffSchemas, schemasEqual } from "./compare.ts";
import { dict, list, optional } from "./container-fields.ts";
import type { Field, Fields } from "./field.ts";
import { ndarray, notedNdArray } from "./ndarray-field.ts";
import { opaque } from "./opaque-field.ts";
import { sample } from "./sample.ts";
import type { SampleType } from "./sample-type.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";

const rows: readonly (readonly [string, Field | undefined, Field | undefined, Compatibility])[] = [
  ["the same", int(), int(), "same"],
  ["another description", int(), int({ description: "x" }), "patch"],
  ["other manifest options", int(), int({ manifest: { exclude: true } }), "patch"],
  ["other axis names", ndarray("int8", [1]), ndarray("int8", [1], { dimensionNames: ["t"] }), "patch"],
  ["a note that is now enforced", notedNdArray({ dtype: "int8", noted: true }), ndarray("int8"), "patch"],
  ["an added optional field", undefined, optional(int()), "minor"],
  ["an added required field", undefined, int(), "major"],
  ["a removed field", int(), undefined, "major"],
  ["a removed optional field", optional(int()), undefined, "major"],
  ["required to optional", int(), optional(int()), "minor"],
  ["optional to required", optional(int()), int(), "major"],
  ["int to float", int(), float(), "minor"],
  ["int to optional float", int(), optional(float()), "minor"],
  ["optional int to required float", optional(int()), float(), "major"],
  ["float to int", float(), int(), "major"],
  ["int to int64", int(), int64(), "major"],
  ["int64 to int", int64(), int(), "major"],
  ["int64 to float", int64(), float(), "major"],
  ["another kind", str(), bytes(), "major"],
  ["a fixed dimension made variable", ndarray("int8", [2, 3]), ndarray("int8", [null, 3]), "minor"],
  ["and optional too", ndarray("int8", [2, 3]), optional(ndarray("int8", [null, 3])), "minor"],
  ["a variable dimension fixed", ndarray("int8", [null]), ndarray("int8", [3]), "major"],
  ["another length", ndarray("int8", [2]), ndarray("int8", [3]), "major"],
  ["another rank", ndarray("int8", [2]), ndarray("int8", [2, 1]), "major"],
  ["a shape that was not fixed", ndarray("int8"), ndarray("int8", [2]), "major"],
  ["another dtype", ndarray("int8"), ndarray("int16"), "major"],
  ["another dtype and a variable dimension", ndarray("int8", [2]), ndarray("int16", [null]), "major"],
  ["other items", list(str()), list(int()), "major"],
  ["wider items", list(int()), list(float()), "major"],
  ["other values", dict(), dict(bool()), "major"],
  ["another kind without a codec", opaque("sparse", "x"), opaque("dataframe", "x"), "major"],
];

describe("diffSchemas", () => {
  it.each(rows)("takes %s", (_, from, to, compatibility) => {
    const diff = diffSchemas(of({ x: from }), of({ x: to }));
    expect(diff.compatibility).toBe(compatibility);
    const counts = [diff.added.length, diff.removed.length, diff.changed.length];
    const want = from === undefined ? [1, 0, 0] : to === undefined ? [0, 1, 0] : [0, 0, isStep(compatibility) ? 1 : 0];
    expect(counts).toEqual(want);
    if (from !== undefined && to !== undefined)
      expect(schemasEqual(of({ x: from }), of({ x: to }))).toBe(!isStep(compatibility));
  });

  it("takes another description of the type for a patch and a rename of a field for a removal and an addition", () => {
    const a = sample("A", { x: int() }, { description: "one" });
    expect(diffSchemas(a, sample("B", { x: int() }, { description: "two" })).compatibility).toBe("patch");
    expect(diffSchemas(a, sample("A", { y: int() }, { description: "one" }))).toEqual({
      added: [{ field: "y", to: "int" }],
      removed: [{ field: "x", from: "int" }],
      changed: [],
      compatibility: "major",
    });
  });

  it("says in words what was and what is", () => {
    const diff = diffSchemas(of({ x: ndarray("uint8", [28, 28]) }), of({ x: optional(ndarray("uint8", [28, null])) }));
    expect(diff.changed).toEqual([{ field: "x", from: "ndarray uint8 28×28", to: "ndarray uint8 28×any?" }]);
  });

  it("finds no difference between a type and itself, and none that has no opposite", () => {
    fc.assert(
      fc.property(arbitraryType(), arbitraryType(), (a, b) => {
        expect(diffSchemas(a, a).compatibility).toBe("same");
        const [there, back] = [diffSchemas(a, b), diffSchemas(b, a)];
        expect(there.added.map((change) => change.field)).toEqual(back.removed.map((change) => change.field));
        expect(isStep(there.compatibility) || isStep(back.compatibility)).toBe(!schemasEqual(renamed(a), renamed(b)));
      }),
    );
  });
});

describe("schemasEqual", () => {
  it("looks at the name and the fields, not at order, version or descriptions", () => {
    const a = sample("A", { x: int(), y: str() }, { version: "1.0.0", description: "one" });
    expect(schemasEqual(a, sample("A", { y: str({ description: "text" }), x: int() }))).toBe(true);
    expect(schemasEqual(a, sample("B", { x: int(), y: str() }))).toBe(false);
    expect(schemasEqual(a, sample("A", { x: int() }))).toBe(false);
    expect(schemasEqual(a, sample("A", { x: int(), constructor: str() }))).toBe(false);
  });
});

function of(fields: Record<string, Field | undefined>): SampleType {
  const there: Record<string, Field> = { base: int() };
  for (const [name, field] of Object.entries(fields)) if (field !== undefined) there[name] = field;
  return sample("A", there as Fields);
}

function renamed(type: SampleType): SampleType {
  return { ...type, name: "A" };
}

function isStep(compatibility: Compatibility): boolean {
  return compatibility === "minor" || compatibility === "major";
}

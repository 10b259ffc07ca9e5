import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { list, optional } from "../schema/container-fields.ts";
import { ndarray } from "../schema/ndarray-field.ts";
import { sample } from "../schema/sample.ts";
import { bool, float, int, int64, str } from "../schema/scalar-fields.ts";
import { checkLens } from "./check-lens.ts";
import { fieldLens } from "./field-lens.ts";

const Digit = sample("Digit", {
  image: ndarray("uint8", [2, 3]),
  label: int(),
  id: int64(),
  ink: float(),
  tags: list(str()),
  note: optional(str()),
});
const image: NdArray<"uint8"> = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3], dtype: "uint8" };
const seven = { image, label: 7, id: 70n, ink: 1.5, tags: ["odd"] };

describe("fieldLens", () => {
  const View = sample("View", {
    pixels: ndarray("float32", [6]),
    digit: int(),
    id: str(),
    ink: int(),
    note: str(),
    split: str(),
  });
  const view = fieldLens(Digit, View, {
    pixels: { from: "image", transpose: [1, 0], reshape: [-1], astype: "float32" },
    digit: "label",
    id: { from: "id", cast: "str" },
    ink: { from: "ink", cast: "int" },
    note: { from: "note", default: "none" },
    split: { constant: "train" },
  });
  const shown = view.get(seven);

  it("renames, casts, fills in and rearranges", () => {
    const pixels = { data: Float32Array.of(1, 4, 2, 5, 3, 6), shape: [6], dtype: "float32" };
    expect(shown).toEqual({ pixels, digit: 7, id: "70", ink: 1, note: "none", split: "train" });
    expect(View.is(shown)).toBe(true);
    expect(view.copies).toEqual(new Map([["digit", "label"]]));
  });

  it("puts back what changed and keeps what did not, also what the view shows less of", () => {
    const pixels: NdArray<"float32"> = { data: Float32Array.of(9, 4, 2, 5, 3, 6), shape: [6], dtype: "float32" };
    const back = view.put({ ...shown, pixels, id: "71" }, seven);
    expect({ ...back, image: Array.from(back.image.data) }).toEqual({ ...seven, id: 71n, image: expect.anything() });
    expect(view.get(back)).toEqual({ ...shown, pixels, id: "71" });
    expect(back.ink).toBe(1.5);
    expect(back.note).toBeUndefined();
    expect(view.put({ ...shown, ink: 2, note: "n" }, seven)).toMatchObject({ ink: 2, note: "n" });
  });

  it.each<[string, object]>([
    ["another constant", { split: "test" }],
    ["text that is no number", { id: "x" }],
    ["text that another number would show", { id: "071" }],
    [
      "elements that the source's dtype cannot hold",
      { pixels: { data: new Float32Array(6).fill(300), shape: [6], dtype: "float32" } },
    ],
    ["another number of elements", { pixels: { data: new Float32Array(5), shape: [5], dtype: "float32" } }],
  ])("refuses to put %s", (_title, change) => {
    try {
      view.put({ ...shown, ...change }, seven);
      expect.unreachable();
    } catch (e) {
      expect(isAtdataError(e, "SCHEMA_MISMATCH", "SHAPE_MISMATCH")).toBe(true);
    }
  });

  it("refuses two copies of one field that differ", () => {
    const Twice = sample("Twice", { a: int(), b: str() });
    const twice = fieldLens(Digit, Twice, { a: "label", b: { from: "label", cast: "str" } });
    expect(twice.put({ a: 8, b: "8" }, seven).label).toBe(8);
    expect(() => twice.put({ a: 8, b: "7" }, seven)).toThrow("no source sample has this view");
    expect(() => twice.put({ a: 7, b: "8" }, seven)).toThrow("no source sample has this view");
  });

  it("puts an array where there was none, in the layout that the source declares", () => {
    const steps = { from: "a", transpose: [1, 0], reshape: [6], astype: "float32" } as const;
    const To = sample("To", { a: optional(ndarray("float32", [6])) });
    const a: NdArray<"float32"> = { data: Float32Array.of(1, 4, 2, 5, 3, 6), shape: [6], dtype: "float32" };
    const known = fieldLens(sample("Known", { a: optional(ndarray("uint8", [2, 3])) }), To, { a: steps });
    const back = known.put({ a }, {});
    expect(known.source.is(back)).toBe(true);
    expect(known.get(back)).toEqual({ a });
    expect(known.put({}, back).a).toBeUndefined();
    const open = fieldLens(sample("Open", { a: optional(ndarray("uint8", [null, 3])) }), To, { a: steps });
    expect(() => open.put({ a }, {})).toThrow("value cannot be converted");
  });

  it("leaves an optional view field absent that nothing is said about", () => {
    const Loose = sample("Loose", { label: int(), extra: optional(str()) });
    const loose = fieldLens(Digit, Loose, { label: "label" });
    expect(loose.get(seven)).toEqual({ label: 7 });
    expect(loose.put({ label: 8 }, seven)).toEqual({ ...seven, label: 8 });
  });
});

describe("a declaration that does not fit", () => {
  const V = sample("V", { a: int(), b: str() });
  const declare = (spec: object) => () => fieldLens(Digit, V, spec as never);
  it.each<[object, string]>([
    [{ a: "label" }, "Digit cannot be seen as V so; type=V; missing=b"],
    [{ a: "label", b: { constant: "" }, c: "label" }, "extra=c"],
    [{ a: "id", b: { constant: "" } }, "mistyped=a (want int, got int64)"],
    [{ a: "label", b: "note" }, "mistyped=b (want str, got str?)"],
    [{ a: { constant: "x" }, b: { constant: "" } }, "a (want int, got constant str)"],
    [{ a: "label", b: { from: "note", default: 1 } }, "b (want str, got default int for str?)"],
    [{ a: "lable", b: { constant: "" } }, "Digit has no such field, for a; field=lable; try: label"],
    [{ a: { from: "tags", cast: "int" }, b: { constant: "" } }, "list cannot be cast; field=a"],
    [{ a: { from: "label", cast: "long" }, b: { constant: "" } }, "cast to an unknown kind"],
    [{ a: { from: "label", reshape: [1] }, b: { constant: "" } }, "int is no ndarray"],
    [{ a: { constant: 1, from: "label" }, b: { constant: "" } }, "a constant takes no other key"],
    [{ a: { from: "image", transpose: [0, 0] }, b: { constant: "" } }, "does not name each axis once"],
    [{ a: { from: "image", reshape: [-1, -1] }, b: { constant: "" } }, "at most one -1"],
    [{ a: { from: "image", reshape: [4, -1] }, b: { constant: "" } }, "does not hold 6 elements"],
    [{ a: { from: "image", astype: "float12" }, b: { constant: "" } }, "astype to an unknown dtype"],
    [{ a: {}, b: { constant: "" } }, "Digit has no such field"],
    [JSON.parse('{"__proto__":"label"}'), "a lens cannot make this field"],
  ])("is refused: %j", (spec, message) => {
    expect(declare(spec)).toThrow(message);
  });
});

describe("the laws", () => {
  const Source = sample("Source", {
    i: int(),
    n: int64(),
    x: float(),
    b: bool(),
    s: str(),
    o: optional(int()),
    a: ndarray("float32", [2, 3]),
    r: ndarray("uint8", [null, 2]),
    v: ndarray("int16", [2, 3, 4]),
    w: ndarray("complex64", [3, 4, 2]),
    t: list(str()),
  });
  // Each way to make a field, and whether it keeps all of the source's value, which PutPut needs.
  const ways = {
    copy: [str(), "s", true],
    list: [list(str()), "t", true],
    optional: [optional(int()), "o", true],
    constant: [list(int()), { constant: [1, 2] }, true],
    intText: [str(), { from: "i", cast: "str" }, true],
    int64Text: [str(), { from: "n", cast: "str" }, true],
    floatText: [str(), { from: "x", cast: "str" }, true],
    boolInt: [int(), { from: "b", cast: "int" }, true],
    optionalText: [optional(str()), { from: "o", cast: "str" }, true],
    defaulted: [int(), { from: "o", default: 5 }, false],
    defaultedText: [str(), { from: "o", default: 0, cast: "str" }, false],
    int64Float: [float(), { from: "n", cast: "float" }, false],
    intBool: [bool(), { from: "i", cast: "bool" }, false],
    transposed: [ndarray("float32", [3, 2]), { from: "a", transpose: [1, 0] }, true],
    flat: [ndarray("float64", [6]), { from: "a", reshape: [-1], astype: "float64" }, true],
    turned: [ndarray("uint8", [2, null]), { from: "r", transpose: [1, 0] }, true],
    cyclic: [ndarray("int16", [4, 2, 3]), { from: "v", transpose: [2, 0, 1] }, true],
    cyclicFlat: [
      ndarray("complex128", [null]),
      { from: "w", transpose: [1, 2, 0], reshape: [-1], astype: "complex128" },
      true,
    ],
    wide: [ndarray("int32"), { from: "r", astype: "int32" }, true],
  } as const;
  type Way = keyof typeof ways;
  const source = (way: Way) => {
    const step = ways[way][1];
    return typeof step === "string" ? step : "from" in step ? step.from : way;
  };
  const some = fc.uniqueArray(fc.constantFrom(...(Object.keys(ways) as Way[])), { minLength: 1, selector: source });

  it("hold for every mixture of declarations, PutPut where no digit is lost", () => {
    const broken = new Set<boolean | undefined>();
    fc.assert(
      fc.property(some, fc.integer(), (chosen, seed) => {
        const fields = Object.fromEntries(chosen.map((way) => [way, ways[way][0]]));
        const spec = Object.fromEntries(chosen.map((way) => [way, ways[way][1]]));
        const mixed = fieldLens(Source, sample("Mixed", fields), spec as never);
        const report = checkLens(mixed, { generate: 12, seed });
        expect(report.getPut).toMatchObject({ holds: true });
        expect(report.putGet).toMatchObject({ holds: true });
        expect(report.types).toMatchObject({ holds: true });
        if (chosen.every((way) => ways[way][2])) expect(report.putPut).toMatchObject({ holds: true });
        else broken.add(report.putPut.holds);
      }),
      { numRuns: 300 },
    );
    expect(broken).toContain(false);
  });

  it("hold for compositions", () => {
    const Middle = sample("Middle", { text: str(), flag: bool(), a: ndarray("float32", [3, 2]) });
    const Last = sample("Last", { n: int(), a: ndarray("float32", [6]), flag: bool() });
    const first = fieldLens(Source, Middle, {
      text: { from: "i", cast: "str" },
      flag: "b",
      a: { from: "a", transpose: [1, 0] },
    });
    const second = fieldLens(Middle, Last, {
      n: { from: "text", cast: "int" },
      a: { from: "a", reshape: [6] },
      flag: "flag",
    });
    expect(checkLens(first.compose(second), { generate: 200, seed: 11 }).ok).toBe(true);
  });
});

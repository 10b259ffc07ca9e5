import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { list, optional } from "../schema/container-fields.ts";
import { ndarray } from "../schema/ndarray-field.ts";
import { sample } from "../schema/sample.ts";
import { bytes, float, int, int64, str } from "../schema/scalar-fields.ts";
import { deepEqual } from "./deep-equal.ts";
import { fieldLens } from "./field-lens.ts";
import { generateSamples } from "./generate.ts";
import { identity, lens } from "./lens.ts";
import { lensFromJson, lensToJson } from "./lens-json.ts";
import { structuralLens } from "./structural-lens.ts";

const Digit = sample(
  "Digit",
  { image: ndarray("uint8", [28, 28]), label: int(), id: int64(), note: optional(str()) },
  { version: "1.0.0" },
);
const Flat = sample("Flat", {
  pixels: ndarray("float32", [784]),
  digit: int(),
  id: str(),
  note: str(),
  seen: int64(),
});
const types = { source: Digit, view: Flat };
const docs = readFileSync(new URL("../../../../docs/formats.md", import.meta.url), "utf8");
const section = docs.slice(docs.indexOf("\n## Declarative lens\n"));
const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(section)?.[1] ?? "");

describe("the JSON form of a lens", () => {
  it("reads and writes the example of docs/formats.md", () => {
    const flat = lensFromJson(example, types);
    expect(lensToJson(flat)).toEqual(example);
    const [digit] = generateSamples(Digit, 1, 1);
    const shown = flat.get({ ...digit, label: 7, id: -3n, note: undefined } as never);
    expect(shown).toMatchObject({ digit: 7, id: "-3", note: "none", seen: 2n ** 63n - 1n });
    expect(shown.pixels).toMatchObject({ dtype: "float32", shape: [784] });
  });

  it("keeps every kind of constant through text", () => {
    const V = sample("V", { a: bytes(), b: float(), c: list(list(int64())), d: list(str()) });
    const constants = fieldLens(Digit, V, {
      a: { constant: Uint8Array.of(0, 255) },
      b: { constant: Number.NaN },
      c: { constant: [[1n, 2n ** 63n], []] },
      d: { constant: ["$int"] },
    });
    const read = lensFromJson(JSON.parse(JSON.stringify(lensToJson(constants))), { source: Digit, view: V });
    const [digit] = generateSamples(Digit, 1, 1);
    expect(deepEqual(read.get(digit as never), constants.get(digit as never))).toBe(true);
  });

  it("holds structural lenses and the identity, but not functions or compositions", () => {
    const V = sample("V", { label: int() });
    const structural = structuralLens(Digit, V);
    expect(lensToJson(structural).fields).toEqual({ label: { from: "label" } });
    expect(lensFromJson(lensToJson(identity(V)), { source: V, view: V }).get({ label: 1 })).toEqual({ label: 1 });
    expect(() => lensToJson(lens(Digit, V, { get: ({ label }) => ({ label }) }))).toThrow(
      "cannot be stored; lens=Digit → V",
    );
    expect(() => lensToJson(structural.compose(identity(V)))).toThrow("store the parts");
  });

  it("refuses a later major version by its own code", () => {
    try {
      lensFromJson({ ...example, format: "atdata.lens/2" }, types);
      expect.unreachable();
    } catch (e) {
      expect(isAtdataError(e, "FORMAT_TOO_NEW") && e.fields.found).toBe("atdata.lens/2");
    }
    expect(lensFromJson({ ...example, format: "atdata.lens/1.1" }, types).name).toBe("flat");
  });

  it("refuses types that are not those it names", () => {
    expect(() => lensFromJson(example, { source: Flat, view: Flat })).toThrow(
      "lens has Digit@1.0.0 as its source; type=Flat",
    );
    const newer = sample("Digit", { label: int() }, { version: "2.0.0" });
    expect(() => lensFromJson(example, { source: newer, view: Flat })).toThrow(
      "type=Digit@2.0.0; try: the type Digit@1.0.0",
    );
  });

  const field = (step: unknown) => ({ ...example, fields: { ...example.fields, digit: step } });
  it.each<[unknown, string]>([
    [null, "not an object"],
    [{ ...example, format: "atdata.predicate/1" }, "not a lens document at format"],
    [{ ...example, name: 1 }, "not a text at name"],
    [{ ...example, source: {} }, "not a text at source.name"],
    [{ ...example, view: { name: "Flat", version: 1 } }, "not a text at view.version"],
    [{ ...example, fields: [] }, "not an object at fields"],
    [field("label"), "not an object at fields.digit"],
    [field({}), "not a text at fields.digit.from"],
    [field({ from: "label", scale: 2 }), "unknown key at fields.digit.scale"],
    [field({ from: "label", constant: 1 }), "a constant takes no other key at fields.digit"],
    [field({ from: "label", cast: "long" }), "unknown kind at fields.digit.cast"],
    [field({ from: "label", astype: 1 }), "not a text at fields.digit.astype"],
    [field({ from: "label", reshape: [1.5] }), "whole numbers at fields.digit.reshape"],
    [field({ from: "label", default: null }), "not a value at fields.digit.default"],
    [field({ constant: { $int: "x" } }), "not a value at fields.digit.constant"],
    [field({ constant: JSON.parse("[".repeat(30) + "]".repeat(30)) }), "nested too deep"],
    [JSON.parse(JSON.stringify(example).replace('"digit":', '"__proto__":')), "not a field name at fields.__proto__"],
  ])("refuses %o", (json, message) => {
    try {
      lensFromJson(json, types);
      expect.unreachable();
    } catch (e) {
      expect(isAtdataError(e, "FORMAT_INVALID") && e.message).toContain(message);
    }
  });

  it("throws nothing but AtdataError, whatever it is given", () => {
    const values = fc.constantFrom<unknown>(
      "label",
      "image",
      "note",
      "str",
      "int64",
      -1,
      [0, 1],
      [-1],
      [1, 0],
      null,
      {},
      7,
    );
    const step = fc.dictionary(
      fc.constantFrom("from", "constant", "default", "cast", "transpose", "reshape", "astype"),
      values,
    );
    const fields = fc.dictionary(
      fc.constantFrom(...Object.keys(example.fields), "__proto__", "x"),
      fc.oneof(step, values),
    );
    fc.assert(
      fc.property(fields, (mutated) => {
        try {
          lensFromJson({ ...example, fields: { ...example.fields, ...mutated } }, types);
        } catch (e) {
          expect(isAtdataError(e), String(e)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

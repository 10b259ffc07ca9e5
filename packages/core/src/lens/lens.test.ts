import { describe, expect, it } from "vitest";
import { list } from "../schema/container-fields.ts";
import { sample } from "../schema/sample.ts";
import { float, int, str } from "../schema/scalar-fields.ts";
import { fieldLens } from "./field-lens.ts";
import { identity, lens } from "./lens.ts";
import { pipe } from "./pipe.ts";

const Digit = sample("Digit", { label: int(), ink: float(), tags: list(str()) });
const Thumb = sample("Thumb", { label: int(), name: str() });
const Name = sample("Name", { name: str() });
const seven = { label: 7, ink: 1.5, tags: ["odd"] };

const toThumb = lens(Digit, Thumb, {
  name: "to_thumb",
  get: (d) => ({ label: d.label, name: `#${d.label}` }),
  put: (v, d) => ({ ...d, label: v.label }),
});
const toName = lens(Thumb, Name, { name: "to_name", get: (t) => ({ name: t.name }), put: (v, t) => ({ ...t, ...v }) });

describe("lens", () => {
  it("shows and writes back", () => {
    expect(toThumb.get(seven)).toEqual({ label: 7, name: "#7" });
    expect(toThumb.put({ label: 8, name: "#8" }, seven)).toEqual({ ...seven, label: 8 });
    expect(toThumb.twoWay).toBe(true);
  });

  it("leaves out what its types do not declare, in both directions", () => {
    const sloppy = lens(Digit, Name, {
      get: (d) => ({ ...d, name: "a" }),
      put: (v, d) => ({ ...d, ...v }),
    });
    expect(sloppy.get(seven)).toEqual({ name: "a" });
    expect(sloppy.put({ name: "b" }, seven)).toEqual(seven);
  });

  it("says that a lens without put is one-way", () => {
    const oneWay = lens(Digit, Name, { get: () => ({ name: "a" }) });
    expect(oneWay.twoWay).toBe(false);
    expect(() => oneWay.put({ name: "b" }, seven)).toThrow(
      "lens cannot write back; lens=Digit → Name; try: give the lens a put",
    );
  });
});

describe("composition", () => {
  it("gets through both and puts back through both", () => {
    const both = toThumb.compose(toName);
    expect(both.name).toBe("to_thumb | to_name");
    expect(both.get(seven)).toEqual({ name: "#7" });
    expect(both.put({ name: "#9" }, seven)).toEqual(seven);
    expect(pipe(toThumb, toName).get(seven)).toEqual({ name: "#7" });
  });

  it("is one-way when a part is, and names the part", () => {
    const oneWay = lens(Thumb, Name, { name: "shout", get: (t) => ({ name: t.name.toUpperCase() }) });
    const both = toThumb.compose(oneWay);
    expect(both.twoWay).toBe(false);
    expect(() => both.put({ name: "A" }, seven)).toThrow("give its part shout a put");
  });

  it("has the identity as its neutral element and is associative", () => {
    const last = fieldLens(Name, sample("Title", { title: str() }), { title: "name" });
    const left = toThumb.compose(toName).compose(last);
    const right = toThumb.compose(toName.compose(last));
    expect(left.get(seven)).toEqual(right.get(seven));
    expect(left.put({ title: "x" }, seven)).toEqual(right.put({ title: "x" }, seven));
    expect(identity(Digit).compose(toThumb).get(seven)).toEqual(toThumb.get(seven));
    expect(toThumb.compose(identity(Thumb)).put({ label: 1, name: "" }, seven).label).toBe(1);
  });

  it("takes a middle type of another name but not of other fields", () => {
    const Renamed = sample("Renamed", { name: str(), label: int() });
    expect(toThumb.compose(identity(Renamed)).get(seven)).toEqual({ label: 7, name: "#7" });
    const Real = sample("Real", { label: float(), name: str() });
    expect(() => toThumb.compose(identity(Real))).toThrow(
      "Thumb is not what the next lens looks at; type=Real; mistyped=label (want float, got int)",
    );
  });

  it("follows plain copies through, so that predicates can be pushed down", () => {
    const Middle = sample("Middle", { digit: int(), text: str() });
    const a = fieldLens(Digit, Middle, { digit: "label", text: { from: "ink", cast: "str" } });
    const b = fieldLens(Middle, sample("Last", { d: int(), t: str() }), { d: "digit", t: "text" });
    expect(a.compose(b).copies).toEqual(new Map([["d", "label"]]));
  });
});

import { describe, expect, it } from "vitest";
import { list, optional } from "../schema/container-fields.ts";
import { ndarray } from "../schema/ndarray-field.ts";
import { sample } from "../schema/sample.ts";
import { float, int, str } from "../schema/scalar-fields.ts";
import { structuralLens } from "./structural-lens.ts";

const A = sample("A", { label: int(), image: ndarray("uint8", [2, 2]), tags: list(str()), note: optional(str()) });

describe("structuralLens", () => {
  it("shows shared fields and keeps the others when writing back", () => {
    const view = structuralLens(A, sample("V", { tags: list(str()), label: int(), note: optional(str()) }));
    const image = { data: new Uint8Array(4), shape: [2, 2], dtype: "uint8" as const };
    const source = { label: 7, image, tags: ["a"] };
    expect(view.get(source)).toEqual({ label: 7, tags: ["a"] });
    expect(view.put({ label: 8, tags: [], note: "n" }, source)).toEqual({ label: 8, image, tags: [], note: "n" });
    expect(Array.from(view.copies.keys())).toEqual(["tags", "label", "note"]);
  });

  it("takes an array into a field that leaves dtype or axes open", () => {
    expect(() => structuralLens(A, sample("V", { image: ndarray() }))).not.toThrow();
    expect(() => structuralLens(A, sample("V", { image: ndarray("uint8", [null, 2]) }))).not.toThrow();
  });

  it("lists everything that does not fit", () => {
    const V = sample("V", {
      label: float(),
      image: ndarray("uint8", [2, 3]),
      tags: list(int()),
      note: str(),
      more: int(),
    });
    expect(() => structuralLens(A, V)).toThrow(
      "A does not have the fields of V; type=V; missing=more; mistyped=label (want float, got int), " +
        "image (want ndarray uint8 2×3, got ndarray uint8 2×2), tags (want list of int, got list of str), note (want str, got str?)",
    );
  });

  it("does not take an open array for one with a dtype, axes or rank", () => {
    const Open = sample("Open", { a: ndarray() });
    expect(() => structuralLens(Open, sample("V", { a: ndarray("uint8") }))).toThrow("got ndarray");
    expect(() => structuralLens(Open, sample("V", { a: ndarray(undefined, [null]) }))).toThrow("got ndarray");
  });
});

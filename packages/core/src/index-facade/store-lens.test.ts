import { describe, expect, expectTypeOf, it } from "vitest";
import { Digit, failure, indexInMemory } from "../../tests/index-fixture.ts";
import { fieldLens, int, type Lens, lens, sample } from "../index.ts";

const Label = sample("Label", { label: int() });
const Count = sample("Count", { count: int() });
const toLabel = fieldLens(Digit, Label, { label: "label" });
const toCount = fieldLens(Label, Count, { count: "label" });
const one = { label: 1, name: "#1" };

describe("storing a lens", () => {
  it("stores its types too, and finds the equal one", async () => {
    const { index } = indexInMemory();
    const { created, held } = await index.storeLens(toLabel, { name: "label", repo: "team" });
    expect([created, held.version]).toEqual([true, "1.0.0"]);
    expect(await index.schema("team/Label")).toBeDefined();
    expect(await index.storeLens(toLabel, { name: "label", repo: "team" })).toMatchObject({ created: false });
    const constant = fieldLens(Digit, Label, { label: { constant: 7 } });
    expect((await index.storeLens(constant, { name: "label", repo: "team" })).held.version).toBe("1.0.1");
    expect(await failure(index.storeLens(constant, { name: "label", repo: "team", version: "1.0.0" }))).toMatchObject({
      code: "LENS_CONFLICT",
      fields: { lens: "label@1.0.0" },
    });
  });

  it("loads by name and version, between the stored types or those that are given", async () => {
    const { index } = indexInMemory();
    await index.storeLens(toLabel, { name: "label", version: "1.0.0" });
    await index.storeLens(fieldLens(Digit, Label, { label: { constant: 7 } }), { name: "label", version: "1.1.0" });
    expect((await index.loadLens("label@1.0.0")).get(one)).toEqual({ label: 1 });
    expect((await index.loadLens("@local/label")).get(one)).toEqual({ label: 7 });
    expect((await index.loadLens("label@1.0")).get(one)).toEqual({ label: 1 });
    const typed = await index.loadLens("label", { source: Digit, view: Label });
    expectTypeOf(typed).toEqualTypeOf<Lens<{ label: number; name: string }, { label: number }>>();
    expect(typed.source).toBe(Digit);
    for (const ref of ["label@2.0.0", "labels", "team/label"]) {
      expect(await failure(index.loadLens(ref)), ref).toMatchObject({ code: "LENS_UNKNOWN" });
    }
  });

  it("finds the way between two types, whatever versions they have", async () => {
    const { index } = indexInMemory();
    await index.storeLens(toLabel, { name: "label" });
    await index.storeLens(toCount, { name: "count" });
    const way = await index.loadLens(Digit, Count);
    expect(way.get(one)).toEqual({ count: 1 });
    const versioned = sample("Digit", Digit.fields, { version: "9.0.0" });
    expect((await index.loadLens(versioned, Count)).get(one)).toEqual({ count: 1 });
    await index.storeLens(fieldLens(Digit, Label, { label: { constant: 7 } }), { name: "label", version: "1.0.10" });
    expect((await index.loadLens(Digit, Count)).get(one)).toEqual({ count: 7 });
    expect(await failure(index.loadLens(Count, Digit))).toMatchObject({ code: "LENS_NOT_FOUND" });
  });

  it("takes code that is given, and names lenses that lack it", async () => {
    const { index, local } = indexInMemory();
    const json = {
      ...{ name: "py", version: "1.0.0", source_schema: "Digit", view_schema: "Label" },
      getter: { kind: "code_reference", module: "m", qualname: "f" },
      ...{ putter: { kind: "opaque" }, created_at: "2026-02-03T04:05:06.123456+00:00" },
    };
    await local.provider.createLens({ name: "py", version: "1.0.0", json });
    expect(await failure(index.loadLens("py"))).toMatchObject({ code: "SCHEMA_NOT_FOUND" });
    await index.publishSchema(Digit);
    await index.publishSchema(Label);
    const getters = { "m:f": (digit: typeof one) => ({ label: -digit.label }) };
    expect((await index.loadLens(Digit, Label, { getters })).get(one)).toEqual({ label: -1 });
    expect((await index.loadLens("py", { getters })).get(one)).toEqual({ label: -1 });
    const error = await failure(index.loadLens(Digit, Label));
    expect(error).toMatchObject({ code: "LENS_NOT_FOUND", hint: expect.stringContaining("py") });
  });

  it("stores nothing of a lens that cannot be stored", async () => {
    const { index } = indexInMemory();
    const nameless = lens(Digit, Label, { get: ({ label }) => ({ label }) });
    expect(await failure(index.storeLens(nameless))).toMatchObject({ code: "SCHEMA_INVALID" });
    expect(await index.schema("Digit")).toBeUndefined();
  });
});

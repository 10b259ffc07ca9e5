import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { sample } from "../schema/sample.ts";
import { float, int, str } from "../schema/scalar-fields.ts";
import { fieldLens } from "./field-lens.ts";
import { lens } from "./lens.ts";
import { lensFromStored } from "./load-stored-lens.ts";
import { lensToStored } from "./stored-lens.ts";

const Point = sample("Point", { label: str(), x: int(), y: float() });
const Named = sample("Named", { title: str(), x: int() });
const types = { source: Point, view: Named };
const rename = fieldLens(Point, Named, { title: "label", x: "x" }, { name: "rename" });
const point = { label: "a", x: 1, y: 2.5 };
const at = new Date("2026-02-03T04:05:06.123Z");
const options = { version: "1.0.0", createdAt: at };

describe("what Python wrote", () => {
  // Immutable, or SQLite leaves its -wal and -shm files beside the fixture.
  const db = new DatabaseSync(new URL("../../../../fixtures/python/index.db?immutable=1", import.meta.url), {
    readOnly: true,
  });
  const row = db.prepare("SELECT lens_json FROM lenses WHERE name = 'name_only'").get();
  db.close();
  const stored = JSON.parse(String(row?.lens_json));
  const Basic = sample("Basic", { name: str(), value: int() });
  const NameOnly = sample("NameOnly", { name: str() });

  it("loads and works both ways", () => {
    const nameOnly = lensFromStored(stored, { source: Basic, view: NameOnly });
    expect(nameOnly.name).toBe("name_only");
    expect(nameOnly.get({ name: "a", value: 1 })).toEqual({ name: "a" });
    expect(nameOnly.put({ name: "b" }, { name: "a", value: 1 })).toEqual({ name: "b", value: 1 });
  });

  it("is written by us in the same way, key for key", () => {
    const ours = lensToStored(lensFromStored(stored, { source: Basic, view: NameOnly }), options);
    expect(JSON.stringify({ ...ours, created_at: stored.created_at })).toBe(JSON.stringify(stored));
  });
});

describe("lensToStored", () => {
  it("writes copies and renames as a mapping, with swapped names for the way back", () => {
    expect(lensToStored(rename, { ...options, description: "Renames." })).toEqual({
      name: "rename",
      version: "1.0.0",
      source_schema: "Point",
      view_schema: "Named",
      getter: {
        kind: "field_mapping",
        mappings: [
          { source_field: "label", view_field: "title", transform: null },
          { source_field: "x", view_field: "x", transform: null },
        ],
      },
      putter: {
        kind: "field_mapping",
        mappings: [
          { source_field: "title", view_field: "label", transform: null },
          { source_field: "x", view_field: "x", transform: null },
        ],
      },
      created_at: "2026-02-03T04:05:06.123000+00:00",
      description: "Renames.",
    });
  });

  it("never writes a mapping for a lens that does more than copy, though the names be the same", () => {
    const Same = sample("Same", { label: str(), x: int() });
    const loud = lens(Point, Same, { name: "loud", get: (p) => ({ label: p.label.toUpperCase(), x: p.x }) });
    expect(lensToStored(loud, options)).toMatchObject({ getter: { kind: "opaque" }, putter: { kind: "opaque" } });
    expect(lensToStored(loud, options)).not.toHaveProperty("atdata_lens");
  });

  it("keeps a declarative lens that does more in a key of ours", () => {
    const Text = sample("Text", { label: str(), x: str() });
    const text = fieldLens(Point, Text, { label: "label", x: { from: "x", cast: "str" } }, { name: "text" });
    const stored = lensToStored(text, options);
    expect(stored.getter).toEqual({ kind: "opaque" });
    const read = lensFromStored(JSON.parse(JSON.stringify(stored)), { source: Point, view: Text });
    expect(read.get(point)).toEqual({ label: "a", x: "1" });
    expect(read.put({ label: "a", x: "2" }, point)).toEqual({ ...point, x: 2 });
  });

  it("writes a composition of renames as one mapping", () => {
    const Last = sample("Last", { t: str() });
    const both = rename.compose(fieldLens(Named, Last, { t: "title" }));
    const stored = lensToStored(both, { ...options, name: "both" });
    expect(lensFromStored(stored, { source: Point, view: Last }).put({ t: "b" }, point)).toEqual({
      ...point,
      label: "b",
    });
  });

  it("wants a name and a version", () => {
    const nameless = fieldLens(Point, Named, { title: "label", x: "x" });
    expect(() => lensToStored(nameless, options)).toThrow("a stored lens needs a name");
    expect(() => lensToStored(nameless, { ...options, name: "a@1" })).toThrow("a stored lens needs a name");
    expect(() => lensToStored(rename, { version: "1" })).toThrow("not of the form a.b.c");
  });
});

describe("lensFromStored", () => {
  const stored = lensToStored(rename, options);
  const code = (qualname: string) => ({ kind: "code_reference", module: "pkg.mod", qualname });
  const get = (p: typeof point) => ({ title: p.label, x: p.x });
  const put = (v: { title: string; x: number }, p: typeof point) => ({ ...p, label: v.title, x: v.x });

  it("takes code only from the functions it is given", () => {
    const coded = { ...stored, getter: code("get"), putter: code("get.put") };
    const both = lensFromStored(coded, {
      ...types,
      getters: { "pkg.mod:get": get },
      putters: { "pkg.mod:get.put": put },
    });
    expect(both.put({ title: "b", x: 2 }, point)).toEqual({ label: "b", x: 2, y: 2.5 });
    const oneWay = lensFromStored(coded, { ...types, getters: { "pkg.mod:get": get } });
    expect(oneWay.get(point)).toEqual({ title: "a", x: 1 });
    expect(() => oneWay.put({ title: "b", x: 2 }, point)).toThrow("give the function for pkg.mod:get.put in putters");
    expect(() => lensFromStored(coded, types)).toThrow("rename cannot be loaded: its getter is the code pkg.mod:get");
    const inherited = { ...coded, getter: { kind: "code_reference", module: "constructor", qualname: "" } };
    expect(() => lensFromStored(inherited, { ...types, getters: {} })).toThrow("cannot be loaded");
  });

  it("makes a mapping whose putter is opaque one-way", () => {
    const read = lensFromStored({ ...stored, putter: { kind: "opaque" } }, types);
    expect(read.get(point)).toEqual({ title: "a", x: 1 });
    expect(read.twoWay).toBe(false);
  });

  it("takes references in place of bare type names", () => {
    const referred = { ...stored, source_schema: "atdata://local/schema/Point@1.0.0" };
    expect(lensFromStored(referred, types).get(point)).toEqual({ title: "a", x: 1 });
  });

  it.each<[object, string]>([
    [{ getter: { kind: "opaque" } }, "rename cannot be loaded: its getter was stored as opaque"],
    [
      {
        getter: {
          kind: "field_mapping",
          mappings: [{ source_field: "label", view_field: "title", transform: "upper" }],
        },
      },
      "its mapping has a transform",
    ],
    [{ source_schema: "Other" }, "lens has Other as its source_schema; type=Point; try: the type Other"],
    [{ getter: { kind: "field_mapping", mappings: [] } }, "missing=title, x"],
    [{ getter: { kind: "field_mapping", mappings: [{ source_field: "labe", view_field: "title" }] } }, "try: label"],
    [{ getter: { kind: "field_mapping" } }, "not a list at getter.mappings"],
    [{ getter: { kind: "field_mapping", mappings: [1] } }, "not an object at getter.mappings[0]"],
    [
      { getter: { kind: "field_mapping", mappings: [{ source_field: "x", view_field: "__proto__" }] } },
      "not a field name",
    ],
    [{ getter: { kind: "magic" } }, "unknown kind at getter.kind"],
    [{ getter: { kind: "code_reference", module: 1 } }, "not a text at getter.module"],
    [{ putter: null }, "not an object at putter"],
    [{ name: 1 }, "not a text at name"],
    [{ atdata_lens: { format: "atdata.lens/9" } }, "lens format is not supported"],
  ])("refuses %j", (change, message) => {
    try {
      lensFromStored({ ...stored, ...change }, types);
      expect.unreachable();
    } catch (e) {
      expect(isAtdataError(e) && e.message).toContain(message);
    }
  });
});

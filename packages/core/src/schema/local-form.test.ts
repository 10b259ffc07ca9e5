import { describe, expect, it } from "vitest";
import { dict, list, optional } from "./container-fields.ts";
import { schemaFromLocal, schemaToLocal } from "./local-form.ts";
import { ndarray } from "./ndarray-field.ts";
import { sample } from "./sample.ts";
import { bytes, int, int64, str } from "./scalar-fields.ts";

const pythonSchema = {
  name: "Basic",
  version: "1.0.0",
  fields: [
    { name: "name", fieldType: { $type: "local#primitive", primitive: "str" }, optional: false },
    {
      name: "tags",
      fieldType: { $type: "local#array", items: { $type: "local#primitive", primitive: "str" } },
      optional: false,
    },
    { name: "image", fieldType: { $type: "local#ndarray", dtype: "float32" }, optional: false },
    { name: "opt_image", fieldType: { $type: "local#ndarray", dtype: "float32" }, optional: true },
  ],
  description: "Basic sample.",
  createdAt: "2026-11-23T01:28:07.227424+00:00",
};

describe("schemaToLocal", () => {
  it("writes the keys in Python's order, required fields first", () => {
    const type = sample(
      "Shot",
      { note: optional(str()), vec: ndarray("float32", [null, 2], { dimensionNames: ["t", "c"] }), id: int64() },
      { version: "1.2.3", description: "A shot." },
    );
    const json = schemaToLocal(type, { createdAt: "2026-02-03T04:05:06.123456+00:00" });
    expect(JSON.stringify(json)).toBe(
      '{"name":"Shot","version":"1.2.3","fields":[' +
        '{"name":"vec","fieldType":{"$type":"local#ndarray","dtype":"float32","shape":[null,2],"dimensionNames":["t","c"],"exact":true},"optional":false},' +
        '{"name":"id","fieldType":{"$type":"local#primitive","primitive":"int","format":"int64"},"optional":false},' +
        '{"name":"note","fieldType":{"$type":"local#primitive","primitive":"str"},"optional":true}],' +
        '"propertyOrder":["note","vec","id"],"description":"A shot.","createdAt":"2026-02-03T04:05:06.123456+00:00"}',
    );
  });

  it("leaves out what there is not", () => {
    expect(Object.keys(schemaToLocal(sample("A", { x: int() })))).toEqual(["name", "fields"]);
  });

  it("refuses names that Python could not rebuild", () => {
    const type = schemaFromLocal({ name: "A", fields: [{ name: "from", fieldType: { primitive: "str" } }] });
    expect(() => schemaToLocal(type)).toThrow("field name cannot be stored; field=from; try: Python must be able");
  });
});

describe("schemaFromLocal", () => {
  it("gives the fields back in declared order, with all that was said of them", () => {
    const type = sample("A", {
      a: optional(list(dict(int64()))),
      b: dict(undefined, { description: "anything", manifest: { exclude: true } }),
      c: str({ manifest: { kind: "categorical" } }),
      d: ndarray("bool", []),
      e: optional(ndarray()),
    });
    const again = schemaFromLocal(JSON.parse(JSON.stringify(schemaToLocal(type))));
    expect(Object.keys(again.fields)).toEqual(["a", "b", "c", "d", "e"]);
    expect(schemaToLocal(again)).toEqual(schemaToLocal(type));
    expect(again.fields.b).toMatchObject({ description: "anything", manifest: { exclude: true } });
  });

  it("enforces the dtype and shape of a type of ours, and takes Python's for a note", () => {
    const ours = schemaFromLocal(schemaToLocal(sample("A", { x: ndarray("uint8", [2]) })));
    const wrong = { data: new Float32Array(2), shape: [2], dtype: "float32" };
    expect(() => ours.encode({ x: wrong })).toThrow("x (want ndarray uint8 2, got ndarray float32 2)");
    const theirs = schemaFromLocal(pythonSchema);
    const image = { data: new Int8Array(2), shape: [2], dtype: "int8" };
    const payload = theirs.encode({ name: "a", tags: [], image });
    expect(theirs.decode(payload)).toMatchObject({ image: { dtype: "int8" } });
    expect(schemaToLocal(theirs, { createdAt: pythonSchema.createdAt })).toEqual(pythonSchema);
  });

  it("reads the kind behind the last #, or from the key `kind`, or takes a primitive", () => {
    const kinds = [
      { $type: "science.alt.dataset.schemaType#ndarray" },
      { $type: "a#b#ndarray" },
      { $type: "ndarray", kind: "ndarray" },
    ];
    for (const fieldType of kinds) {
      expect(schemaFromLocal({ name: "A", fields: [{ name: "x", fieldType }] }).fields.x?.kind).toBe("ndarray");
    }
    const { fields } = schemaFromLocal({ name: "m.A", fields: [{ name: "x", fieldType: { primitive: "float" } }] });
    expect(fields.x?.kind).toBe("float");
  });

  it("stands in for kinds whose codec is not given, and uses those that are", () => {
    const fields = ["structured", "sparse", "arrow_tensor", "safetensors", "dataframe"].map((kind) => ({
      name: kind,
      fieldType: { $type: `local#${kind}` },
      optional: false,
    }));
    const type = schemaFromLocal({ name: "A", fields });
    const kinds = Object.values(type.fields).map((field) => field.kind);
    expect(kinds).toEqual(["structured", "opaque", "opaque", "opaque", "opaque"]);
    expect(schemaToLocal(type).fields).toEqual(fields);
    const codecs = [{ kind: "arrowTensor" as const, field: () => bytes() }];
    expect(schemaFromLocal({ name: "A", fields }, { codecs }).fields.arrow_tensor?.kind).toBe("bytes");
  });

  it.each([
    ["no object", [], "schema is not an object"],
    ["no name", { fields: [] }, "schema has no name"],
    ["no fields", { name: "A", fields: [] }, "type A has no fields"],
    ["a field without a name", { name: "A", fields: [{}] }, "a field has no name"],
    ["a field without a type", { name: "A", fields: [{ name: "x" }] }, "field has no fieldType; field=x"],
    ["a field twice", two("x", "x"), "a field is there twice; field=x"],
    ["a field that would set a prototype", two("__proto__", "x"), "a field cannot be called __proto__"],
    ["an unknown kind", one({ $type: "local#tree" }), "unknown kind tree; field=x; try: was the schema written by"],
    ["a reference", one({ $type: "local#ref", ref: "y" }), "references to other schemas are not supported; field=x"],
    ["an unknown primitive", one({ primitive: "date" }), "unknown primitive date; field=x"],
    ["an inherited primitive", one({ primitive: "toString" }), "unknown primitive toString; field=x"],
    [
      "a list of arrays",
      one({ kind: "array", items: { kind: "ndarray" } }),
      "a list cannot hold ndarray values; kind=ndarray; field=x",
    ],
    ["an array without items", one({ kind: "array" }), "container has no type of items; field=x"],
    ["a bad shape", one({ kind: "ndarray", shape: [-1] }), "shape is not a list of lengths and nulls; field=x"],
    [
      "a dtype that must hold",
      one({ kind: "ndarray", dtype: "object", exact: true }),
      "no such dtype: object; field=x",
    ],
    ["types without end", one(nested(100)), "types nest deeper than 64; field=x"],
  ])("refuses %s", (_, json, message) => {
    expect(() => schemaFromLocal(json)).toThrow(expect.objectContaining({ code: "SCHEMA_INVALID" }));
    expect(() => schemaFromLocal(json)).toThrow(message);
  });
});

function one(fieldType: object): object {
  return { name: "A", fields: [{ name: "x", fieldType }] };
}

function two(a: string, b: string): object {
  return { name: "A", fields: [a, b].map((name) => ({ name, fieldType: { primitive: "str" } })) };
}

function nested(depth: number): object {
  return depth === 0 ? { primitive: "str" } : { kind: "array", items: nested(depth - 1) };
}

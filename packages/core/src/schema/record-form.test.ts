import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryType } from "../../tests/arbitrary-types.ts";
import { schemasEqual } from "./compare.ts";
import { dict, list, optional } from "./container-fields.ts";
import { schemaFromJsonSchema } from "./json-schema.ts";
import { schemaToJsonSchema } from "./json-schema-form.ts";
import { schemaFromLocal, schemaToLocal } from "./local-form.ts";
import { ndarray } from "./ndarray-field.ts";
import { type SchemaRecord, schemaFromRecord, schemaToRecord } from "./record-form.ts";
import { sample } from "./sample.ts";
import type { SampleType } from "./sample-type.ts";
import { bytes, float, int, int64, str } from "./scalar-fields.ts";

const createdAt = "2026-02-03T04:05:06.123456+00:00";
const array = "https://alt.science/schemas/atdata-ndarray-bytes/1.0.0#/$defs/ndarray";

describe("schemaToRecord", () => {
  it("writes the flattened form, keys in Python's order", () => {
    const type = sample(
      "Point",
      { label: str(), vec: ndarray(), comment: optional(str()) },
      { version: "1.0.0", description: "A point." },
    );
    expect(JSON.stringify(schemaToRecord(type, { createdAt, metadata: { license: "MIT" } }))).toBe(
      '{"$type":"science.alt.dataset.schema","name":"Point","version":"1.0.0","schemaType":"jsonSchema",' +
        '"schema":{"$type":"science.alt.dataset.schema#jsonSchemaFormat","$schema":"http://json-schema.org/draft-07/schema#",' +
        `"type":"object","properties":{"vec":{"$ref":"${array}"},"label":{"type":"string"},"comment":{"type":"string"}},` +
        '"propertyOrder":["label","vec","comment"],"required":["label","vec"],"arrayFormatVersions":{"ndarrayBytes":"1.0.0"}},' +
        `"createdAt":"${createdAt}","atdataSchemaVersion":1,"description":"A point.","metadata":{"license":"MIT"}}`,
    );
  });

  it("lists an optional property as required and nullable when sorting would put it before a required one", () => {
    const { schema } = schemaToRecord(sample("A", { label: str(), id: optional(int()) }, { version: "1.0.0" }), {
      createdAt,
    });
    expect(schema.required).toEqual(["label", "id"]);
    expect(schema.properties).toEqual({ id: { type: "integer", nullable: true }, label: { type: "string" } });
    expect(schema).not.toHaveProperty("arrayFormatVersions");
  });

  it("leaves `required` out when nothing is", () => {
    const record = schemaToRecord(sample("A", { x: optional(int()) }), { createdAt, version: "1.0.0" });
    expect(record.schema).not.toHaveProperty("required");
  });

  it("writes what is ours where Python does not look", () => {
    const type = sample("A", {
      a: ndarray("uint8", [null, 2]),
      b: int64(),
      c: dict(list(bytes())),
      d: dict(),
      e: float({ description: "x", manifest: { kind: "numeric" } }),
    });
    expect(schemaToRecord(type, { createdAt, version: "1.0.0" }).schema.properties).toEqual({
      a: { $ref: array.replace("1.0.0", "1.1.0"), dtype: "uint8", shape: [null, 2], exact: true },
      b: { type: "integer", format: "int64" },
      c: {
        type: "object",
        additionalProperties: {
          type: "array",
          items: { type: "string", format: "byte", contentEncoding: "base64" },
        },
      },
      d: { type: "object", additionalProperties: true },
      e: { type: "number", description: "x", manifest: { kind: "numeric" } },
    });
  });

  it("wants a version", () => {
    expect(() => schemaToRecord(sample("A", { x: int() }), { createdAt })).toThrow(
      'type A has no version; try: give one, like "1.0.0"',
    );
  });
});

describe("schemaFromRecord", () => {
  const properties = { label: { type: "string" }, vec: { $ref: array }, n: { type: "integer" } };
  const body = { type: "object", properties, required: ["label", "vec"] };
  const record = { name: "Point", version: "1.0.0", schemaType: "jsonSchema", schema: body };
  const point = sample("Point", { label: str(), vec: ndarray(), n: optional(int()) });

  it("reads flattened, enveloped and legacy bodies", () => {
    for (const schema of [body, { draft: "draft-07", content: body }, { schemaBody: body }]) {
      const type = schemaFromRecord({ ...record, schema });
      expect(schemasEqual(type, point)).toBe(true);
      expect(type.version).toBe("1.0.0");
    }
  });

  it("refuses a newer version under either key", () => {
    for (const key of ["atdataSchemaVersion", "$atdataSchemaVersion"]) {
      expect(schemaFromRecord({ ...record, [key]: 1 }).name).toBe("Point");
      expect(() => schemaFromRecord({ ...record, [key]: 2 })).toThrow(
        expect.objectContaining({ code: "FORMAT_TOO_NEW", fields: expect.objectContaining({ found: "2" }) }),
      );
      expect(() => schemaFromRecord({ ...record, [key]: "new" })).toThrow("atdataSchemaVersion is not a number");
    }
  });

  it.each([
    ["https://alt.science/schemas/atdata-NDArray-bytes/9", "ndarray"],
    ["https://json-schema.alt.science/atdata-sparse-bytes/1.0.0", "sparse"],
    ["x/structured", "structured"],
    ["x/safetensors", "safetensors"],
    ["x/Arrow", "arrow_tensor"],
    ["x/tensor", "arrow_tensor"],
    ["x/dataframe", "dataframe"],
  ])("takes the word in $ref %s for %s", (ref, kind) => {
    const schema = { properties: { x: { $ref: ref } } };
    const field = schemaFromRecord({ ...record, schema }).fields.x;
    expect(field?.storedKind ?? field?.kind).toBe(kind);
  });

  it("takes dtype and shape beside a reference for notes unless they are exact", () => {
    const vec = { $ref: array, dtype: "float32", shape: [2], dimensionNames: ["xy"] };
    const read = (more: object) =>
      schemaFromRecord({ ...record, schema: { properties: { vec: { ...vec, ...more } } } }).fields.vec;
    expect(read({})).toMatchObject({ dtype: "float32", shape: [2], dimensionNames: ["xy"], noted: true });
    expect(read({ exact: true })).not.toHaveProperty("noted");
  });

  it("takes an array without items for one of texts, as Python does", () => {
    const { fields } = schemaFromRecord({ ...record, schema: { properties: { x: { type: "array" } } } });
    expect(fields.x?.items?.kind).toBe("str");
  });

  it.each([
    ["an unknown $ref", { $ref: "https://example.org/tree" }, "unknown $ref https://example.org/tree; field=x"],
    ["a property of any type", {}, "property may be anything, which no kind of field holds; field=x"],
    ["an unknown type", { type: "date" }, "unknown type date; field=x"],
    ["several types", { type: ["string", "integer"] }, "property is either of several kinds: string, integer; field=x"],
  ])("refuses %s instead of taking it for text", (_, property, message) => {
    expect(() => schemaFromRecord({ ...record, schema: { properties: { x: property } } })).toThrow(message);
  });

  it.each([
    [{}, "schema has no name"],
    [{ name: "A" }, "record of type A has no schema"],
    [{ name: "A", schema: {} }, "schema has no properties"],
    [{ name: "A", version: 3, schema: body }, "version is not a text"],
    [JSON.parse('{"name":"A","schema":{"properties":{"__proto__":{"type":"string"}}}}'), "cannot be called __proto__"],
  ])("refuses %j", (json, message) => {
    expect(() => schemaFromRecord(json)).toThrow(expect.objectContaining({ code: "SCHEMA_INVALID" }));
    expect(() => schemaFromRecord(json)).toThrow(message);
  });
});

describe("a stored type", () => {
  it("comes back equal from the local form", () => {
    fc.assert(
      fc.property(arbitraryType(), (type) => {
        const stored = schemaToLocal(type, { createdAt });
        expectSame(schemaFromLocal(JSON.parse(JSON.stringify(stored))), type);
        const optionals = stored.fields.map((field) => Number(field.optional));
        expect(optionals).toEqual([...optionals].sort());
      }),
    );
  });

  it("comes back equal from a JSON Schema document, of either draft", () => {
    fc.assert(
      fc.property(arbitraryType(), fc.constantFrom("draft-2020-12", "draft-07"), (type, target) => {
        const document: unknown = JSON.parse(JSON.stringify(type["~standard"].jsonSchema?.output({ target })));
        expect(document).toEqual(JSON.parse(JSON.stringify(schemaToJsonSchema(type, target))));
        expectSame(schemaFromJsonSchema(document), type);
      }),
    );
  });

  it("comes back equal from a record whose keys a repository has sorted, and Python can rebuild it", () => {
    fc.assert(
      fc.property(arbitraryType(), (type) => {
        const version = type.version ?? "1.0.0";
        const stored = JSON.parse(JSON.stringify(sorted(schemaToRecord(type, { createdAt, version })))) as SchemaRecord;
        expectSame(schemaFromRecord(stored), type);
        const { properties, required = [] } = stored.schema;
        const optionals = Object.keys(properties).map((name) => Number(!required.includes(name)));
        expect(optionals).toEqual([...optionals].sort());
      }),
    );
  });
});

function expectSame(got: SampleType, want: SampleType): void {
  expect(schemasEqual(got, want)).toBe(true);
  expect(Object.keys(got.fields)).toEqual(Object.keys(want.fields));
  expect(got.description).toBe(want.description);
  for (const [name, { codec: _, ...field }] of Object.entries(want.fields)) {
    expect(schemaToLocal(got).fields.find((f) => f.name === name)).toEqual(
      schemaToLocal(want).fields.find((f) => f.name === name),
    );
    expect(got.fields[name]).toMatchObject({ kind: field.kind, optional: field.optional });
  }
}

/** Sorts keys as DAG-CBOR does. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

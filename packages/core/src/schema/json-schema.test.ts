import { describe, expect, it } from "vitest";
import { schemasEqual } from "./compare.ts";
import { dict, list, optional } from "./container-fields.ts";
import type { Field } from "./field.ts";
import { schemaToJsonSchema } from "./json-schema-form.ts";
import { schemaToLocal } from "./local-form.ts";
import { ndarray } from "./ndarray-field.ts";
import { schemaToRecord } from "./record-form.ts";
import { sample } from "./sample.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";
import { schemaFromJson } from "./schema-from-json.ts";

const array = "https://alt.science/schemas/atdata-ndarray-bytes/1.0.0#/$defs/ndarray";

describe("schemaFromJson", () => {
  it.each<[string, object, Field]>([
    ["text", { type: "string", format: "date-time", minLength: 1 }, str()],
    ["a choice of texts", { enum: ["a", "b"] }, str()],
    ["a constant", { const: 3 }, int()],
    ["a choice of numbers", { enum: [1, 2.5] }, float()],
    ["bytes", { type: "string", contentEncoding: "base64" }, bytes()],
    ["a whole number", { type: "integer", minimum: 0 }, int()],
    ["a wide whole number", { type: "integer", format: "int64" }, int64()],
    ["either number", { type: ["integer", "number"] }, float()],
    ["a boolean", { type: "boolean" }, bool()],
    ["a list", { type: "array", items: { type: "array", items: { type: "number" } } }, list(list(float()))],
    ["a tuple of one kind", { type: "array", prefixItems: [{ type: "integer" }, { type: "integer" }] }, list(int())],
    ["a tuple of draft-07", { type: "array", items: [{ type: "integer" }, { type: "number" }] }, list(float())],
    ["an open object", { type: "object" }, dict()],
    ["a map", { type: "object", additionalProperties: { type: "boolean" } }, dict(bool())],
    ["an object of its own shape", { type: "object", properties: { y: {} }, additionalProperties: {} }, dict()],
    ["an array", { $ref: array }, ndarray()],
    ["something that may be null", { type: ["string", "null"] }, optional(str())],
    ["nullable text", { type: "string", nullable: true }, optional(str())],
    ["a choice with null", { anyOf: [{ type: "integer" }, { type: "null" }] }, optional(int())],
    ["a choice with null values", { enum: ["a", null] }, optional(str())],
    ["a choice within a kind", { oneOf: [{ const: "a" }, { type: "string" }] }, str()],
    ["parts that all hold", { allOf: [{ $ref: "#/$defs/id" }], description: "x" }, str()],
    ["a local reference", { $ref: "#/$defs/a~1b%20c" }, optional(int())],
    ["a local definition of arrays", { $ref: "#/$defs/ndarray" }, ndarray()],
    ["a definition that is only called like one", { $ref: "#/$defs/tensorCount" }, int()],
  ])("reads %s in a JSON Schema document", (_, property, want) => {
    const $defs = {
      id: { type: "string" },
      "a/b c": { type: ["integer", "null"] },
      ndarray: { type: "string", contentEncoding: "base64" },
      tensorCount: { type: "integer" },
    };
    const json = { $schema: "https://json-schema.org/draft/2020-12/schema", title: "A", required: ["x"], $defs };
    const type = schemaFromJson({ ...json, type: "object", properties: { x: property } });
    expect(schemasEqual(type, sample("A", { x: want }))).toBe(true);
  });

  it("takes a property that is not required for optional, and the name from the caller first", () => {
    const type = schemaFromJson({ title: "B", properties: { x: { type: "string" } } }, { name: "A" });
    expect(schemasEqual(type, sample("A", { x: optional(str()) }))).toBe(true);
  });

  it.each([
    ["anything", {}, "property may be anything"],
    ["true", true, "property may be anything"],
    ["only null", { type: "null" }, "property may be anything"],
    ["a list of anything", { type: "array" }, "property may be anything"],
    ["a list with null", { type: "array", items: { type: ["string", "null"] } }, "a list or dict cannot hold null"],
    ["a list of arrays", { type: "array", items: { $ref: array } }, "a list cannot hold ndarray values"],
    ["one of several kinds", { anyOf: [{ type: "string" }, { type: "integer" }] }, "several kinds: str, int"],
    ["a reference elsewhere", { $ref: "https://example.org/x" }, "unknown $ref https://example.org/x"],
    ["a reference to nothing", { $ref: "#/$defs/none" }, "unknown $ref #/$defs/none"],
    ["a reference that is no url", { $ref: "#/%ff" }, "unknown $ref #/%ff"],
    ["itself without end", { $ref: "#/properties/x" }, "property nests too deep"],
    ["what doubles with each reference", { $ref: "#/$defs/d0" }, "property nests too deep"],
  ])("refuses %s, with the property", (_, property, message) => {
    const twice = (i: number): object => ({ anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] });
    const $defs = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`d${i}`, twice(i)]));
    const json = { title: "A", properties: { x: property }, $defs: { ...$defs, d20: { type: "string" } } };
    expect(() => schemaFromJson(json)).toThrow(message);
    expect(() => schemaFromJson(json)).toThrow(
      expect.objectContaining({ code: "SCHEMA_INVALID", fields: expect.objectContaining({ field: "x" }) }),
    );
  });

  it("tells the forms apart", () => {
    const type = sample("A", { x: int64(), y: optional(ndarray("bool", [null])) }, { version: "1.0.0" });
    const record = schemaToRecord(type, { createdAt: "2026-01-01T00:00:00.000000+00:00" });
    const { schema, ...rest } = record;
    const forms = [
      schemaToLocal(type),
      record,
      { ...rest, schema: { content: schema } },
      { name: "A", schema: { schemaBody: schema } },
      { ...schema, title: "A" },
    ];
    for (const form of forms) expect(schemasEqual(schemaFromJson(form), type)).toBe(true);
    expect(() => schemaFromJson({ type: "string" })).toThrow("not a schema in any known form; try: a schema has");
    expect(() => schemaFromJson([])).toThrow("schema is not an object");
    expect(() => schemaFromJson({ properties: { x: { type: "string" } } })).toThrow("schema has no name");
  });
});

describe("schemaToJsonSchema", () => {
  it("describes a type as a document that refuses other properties", () => {
    const type = sample("A", { x: int({ description: "a count" }), y: optional(bytes()) }, { description: "An A." });
    expect(schemaToJsonSchema(type)).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "A",
      description: "An A.",
      type: "object",
      properties: {
        x: { type: "integer", description: "a count" },
        y: { type: "string", format: "byte", contentEncoding: "base64" },
      },
      required: ["x"],
      additionalProperties: false,
    });
  });

  it("refuses drafts that it does not write", () => {
    const type = sample("A", { x: int() });
    expect(() => type["~standard"].jsonSchema?.input({ target: "openapi-3.0" })).toThrow(
      "no such JSON Schema draft; operation=openapi-3.0; try: one of draft-2020-12, draft-07",
    );
  });
});

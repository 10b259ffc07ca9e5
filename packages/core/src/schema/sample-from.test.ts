import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { NdArray } from "../ndarray/ndarray.ts";
import { schemasEqual } from "./compare.ts";
import { dict, list, optional } from "./container-fields.ts";
import { ndarray } from "./ndarray-field.ts";
import { sample } from "./sample.ts";
import { sampleFrom } from "./sample-from.ts";
import type { Infer } from "./sample-type.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";
import type { StandardSchema } from "./standard-schema.ts";

const digitSchema = z
  .object({
    image: z.custom<NdArray<"uint8">>((value) => typeof value === "object"),
    label: z.int().min(0).max(9),
    ink: z.number(),
    tags: z.array(z.enum(["even", "odd"])),
    id: z.bigint(),
    raw: z.instanceof(Uint8Array),
    flags: z.record(z.string(), z.boolean()),
    note: z.string().optional(),
    place: z.string().nullable(),
  })
  .describe("A digit.");
const Digit = sampleFrom(digitSchema, {
  name: "Digit",
  version: "1.0.0",
  fields: { image: ndarray("uint8", [2]), id: int64(), raw: bytes() },
});
const plainDigit = sample("Digit", {
  image: ndarray("uint8", [2]),
  label: int(),
  ink: float(),
  tags: list(str()),
  id: int64(),
  raw: bytes(),
  flags: dict(bool()),
  note: optional(str()),
  place: optional(str()),
});
const digit = {
  image: { data: Uint8Array.of(1, 2), shape: [2], dtype: "uint8" as const },
  label: 7,
  ink: 3,
  tags: ["odd" as const],
  id: 5n,
  raw: Uint8Array.of(1),
  flags: { a: true },
  place: null,
};

describe("sampleFrom with zod", () => {
  it("has the fields of the schema, with those that were given", () => {
    expect(schemasEqual(Digit, plainDigit)).toBe(true);
    expect([Digit.version, Digit.description]).toEqual(["1.0.0", "A digit."]);
    expectTypeOf<Infer<typeof Digit>>().toEqualTypeOf<z.output<typeof digitSchema>>();
  });

  it("reads what it wrote, an optional key left out and a nullable one null", () => {
    const payload = Digit.encode(digit);
    expect(payload).toEqual(plainDigit.encode({ ...digit, place: undefined }));
    const again = Digit.decode(payload);
    expect(again).toEqual(digit);
    expect("note" in again).toBe(false);
    expect(again.place).toBe(null);
    const full = { ...digit, note: "x", place: "y" };
    expect(Digit.decode(Digit.encode(full))).toEqual(full);
  });

  it("validates what is written and what is read", () => {
    const want = { code: "SCHEMA_MISMATCH" };
    expect(() => Digit.encode({ ...digit, label: 12 })).toThrow(expect.objectContaining(want));
    expect(() => Digit.encode({ ...digit, label: 12 })).toThrow(/label \(want .*9.*, got int\)/);
    expect(() => Digit.encode({ ...digit, tags: ["odd", "x" as "odd"] })).toThrow(/tags\[1\] \(want .*, got str\)/);
    const bad = plainDigit.encode({ ...digit, label: 12, place: undefined });
    expect(() => Digit.decode(bad)).toThrow(expect.objectContaining(want));
    expect(Digit.is({ ...digit, label: 12 })).toBe(false);
    expect(Digit.is(digit)).toBe(true);
    expect(Digit["~standard"].validate({})).toHaveProperty("issues");
  });

  it("refuses extra fields even though zod drops them", () => {
    const more = { ...digit, more: 1 };
    expect(() => Digit.encode(more)).toThrow('extra=more; try: extra: "ignore"');
    expect(Digit.decode(Digit.encode(more, { extra: "ignore" }))).toEqual(digit);
  });

  it("enforces given fields besides the schema's own checks", () => {
    const image = { data: new Uint8Array(3), shape: [3], dtype: "uint8" as const };
    expect(() => Digit.encode({ ...digit, image })).toThrow("image (want ndarray uint8 2, got ndarray uint8 3)");
  });

  it("names the property that needs a field, and a field that needs a property", () => {
    expect(() => sampleFrom(z.object({ id: z.bigint() }), { name: "A" })).toThrow(
      "property may be anything, which no kind of field holds; field=id",
    );
    const schema: z.ZodType<{ x: string; y?: string }> = z.object({ x: z.string() });
    expect(() => sampleFrom(schema, { name: "A", fields: { y: str() } })).toThrow("schema has no such field; field=y");
  });

  it("refuses schemas that validate asynchronously", () => {
    const type = sampleFrom(z.object({ x: z.string().refine(async () => true) }), { name: "A" });
    expect(() => type.encode({ x: "a" })).toThrow("schema validates asynchronously");
  });

  it("turns an error of a check into a mismatch", () => {
    const validate = (): never => {
      throw new Error("out of paper");
    };
    const jsonSchema = { properties: { x: { type: "string" } }, required: ["x"] };
    const schema: StandardSchema<{ x: string }> = { "~standard": { version: 1, vendor: "none", validate } };
    const type = sampleFrom(schema, { name: "A", jsonSchema });
    expect(() => type.decode(sample("A", { x: str() }).encode({ x: "a" }))).toThrow(
      "A (want a value that can be checked (out of paper), got dict)",
    );
  });
});

describe("sampleFrom with a sample type", () => {
  it("gives an equal one", () => {
    expect(schemasEqual(sampleFrom(plainDigit, { name: "Digit" }), plainDigit)).toBe(true);
  });
});

describe("sampleFrom with valibot", () => {
  const schema = v.object({
    name: v.pipe(v.string(), v.minLength(2)),
    count: v.pipe(v.number(), v.integer()),
    note: v.optional(v.string()),
    place: v.nullable(v.string()),
  });

  it("takes the JSON Schema that the library makes", () => {
    const type = sampleFrom(schema, { name: "A", jsonSchema: toJsonSchema(schema) });
    expectTypeOf<Infer<typeof type>>().toEqualTypeOf<v.InferOutput<typeof schema>>();
    const plain = sample("A", { name: str(), count: int(), note: optional(str()), place: optional(str()) });
    expect(schemasEqual(type, plain)).toBe(true);
    const value = { name: "ab", count: 3, place: null };
    expect(type.decode(type.encode(value))).toEqual(value);
    expect(() => type.encode({ ...value, name: "a" })).toThrow(/name \(want .*, got str\)/);
  });

  it("says how to get one when there is none", () => {
    expect(() => sampleFrom(schema, { name: "A" })).toThrow(
      "the schema of valibot does not give its JSON Schema; try: pass it as jsonSchema; for valibot, toJsonSchema(schema)",
    );
  });
});

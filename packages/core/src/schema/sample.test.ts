import { describe, expect, it } from "vitest";
import { dict, list, optional } from "./container-fields.ts";
import type { Field, Fields } from "./field.ts";
import { ndarray } from "./ndarray-field.ts";
import { opaque } from "./opaque-field.ts";
import { sample } from "./sample.ts";
import { bytes, float, int, str } from "./scalar-fields.ts";

describe("sample", () => {
  it("gives a frozen value with what was declared", () => {
    const type = sample(
      "Digit",
      { label: int({ description: "0 to 9" }) },
      { version: "1.2.3", description: "A digit." },
    );
    expect([type.name, type.version, type.description]).toEqual(["Digit", "1.2.3", "A digit."]);
    expect(type.fields.label).toMatchObject({ kind: "int", optional: false, description: "0 to 9" });
    expect(Object.isFrozen(type) && Object.isFrozen(type.fields)).toBe(true);
  });

  it.each<[string, string, Fields, string | undefined, string]>([
    ["a name with a dot", "a.B", { x: int() }, undefined, "type name is not an identifier; field=a.B"],
    ["a name that is a Python keyword", "None", { x: int() }, undefined, "type name is not an identifier; field=None"],
    ["no fields", "A", {}, undefined, "type A has no fields"],
    ["a field name with a dash", "A", { "a-b": int() }, undefined, "field name is not an identifier; field=a-b"],
    ["a field called lambda", "A", { lambda: int() }, undefined, "field name is not an identifier; field=lambda"],
    ["__proto__", "A", { ["__proto__"]: int() }, undefined, "field name is not an identifier; field=__proto__"],
    ["a version of two parts", "A", { x: int() }, "1.0", "version 1.0 is not of the form a.b.c"],
    ["a pre-release", "A", { x: int() }, "1.0.0-rc.1", "version 1.0.0-rc.1 is not of the form a.b.c"],
  ])("refuses %s", (_, name, fields, version, message) => {
    expect(() => sample(name, fields, { version })).toThrow(expect.objectContaining({ code: "SCHEMA_INVALID" }));
    expect(() => sample(name, fields, { version })).toThrow(message);
  });

  it("speaks Standard Schema", () => {
    const type = sample("A", { n: int(), l: list(str()) });
    expect(type["~standard"]).toMatchObject({ version: 1, vendor: "atdata" });
    const value = { n: 1, l: ["a"] };
    expect(type["~standard"].validate(value)).toEqual({ value });
    expect(type["~standard"].validate({ n: "1", more: 2 })).toEqual({
      issues: [
        { message: "field l is missing", path: ["l"] },
        { message: "field more is not declared", path: ["more"] },
        { message: "want int, got str", path: ["n"] },
      ],
    });
    expect(type["~standard"].validate(2)).toEqual({ issues: [{ message: "want a sample, got int" }] });
    expect(type["~standard"].validate({ n: 1, l: ["a", 5] })).toEqual({
      issues: [{ message: "want str, got int", path: ["l", 1] }],
    });
    expect(type["~standard"].validate({ n: 2 ** 60, l: [] })).toMatchObject({
      issues: [{ message: expect.stringContaining("integer is beyond ±2^53") }],
    });
  });
});

describe("list and dict", () => {
  it.each<[string, Field, string]>([
    ["arrays", ndarray(), "cannot hold ndarray values; kind=ndarray; try: give the array a field of its own"],
    ["opaque values", opaque("sparse", "x"), "cannot hold opaque values"],
    ["optional values", optional(int()), "cannot hold optional values"],
  ])("cannot hold %s", (_, inner, message) => {
    expect(() => list(inner)).toThrow(message);
    expect(() => dict(inner)).toThrow(message);
  });
});

describe("ndarray", () => {
  it("refuses a dtype and a shape that are none", () => {
    expect(() => ndarray("float128" as "float64")).toThrow("no such dtype; dtype=float128");
    expect(() => ndarray("int8", [-1])).toThrow(RangeError);
    expect(() => ndarray("int8", [0.5])).toThrow(RangeError);
  });

  it("reads headers that change from sample to sample, and back", () => {
    const type = sample("A", { x: ndarray(), f: float() });
    const small = { data: Int8Array.of(1, 2), shape: [2], dtype: "int8" as const };
    const large = { data: Float64Array.of(1.5), shape: [1, 1], dtype: "float64" as const };
    for (const x of [small, large, small, small, large]) {
      expect(type.decode(type.encode({ x, f: 1 }))).toEqual({ x, f: 1 });
    }
  });
});

describe("an opaque field", () => {
  it("keeps bytes as they are and says which import is missing", () => {
    const type = sample("A", { x: opaque("sparse", "@atdata/core/sparse") });
    const payload = sample("A", { x: bytes() }).encode({ x: Uint8Array.of(1, 2) });
    const read = type.decode(payload);
    expect(read.x).toEqual({ kind: "sparse", bytes: Uint8Array.of(1, 2), import: "@atdata/core/sparse" });
    expect(type.encode(read)).toEqual(payload);
    expect(() => type.encode({ x: 5 as never })).toThrow("x (want sparse, got int)");
  });
});

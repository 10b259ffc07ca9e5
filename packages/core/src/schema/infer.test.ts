import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitrarySample, arbitraryType } from "../../tests/arbitrary-types.ts";
import { fromHex, vectors } from "../../tests/arrays.ts";
import { encodeCompact } from "../ndarray/compact.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { encodeNpy } from "../ndarray/npy.ts";
import { encodeStructured, structuredFrom } from "../ndarray/structured.ts";
import { structured } from "../ndarray/structured-field.ts";
import { detectArray } from "./array-bytes.ts";
import { schemasEqual } from "./compare.ts";
import { dict, list, optional } from "./container-fields.ts";
import type { Field } from "./field.ts";
import { inferFields, inferType } from "./infer.ts";
import { ndarray } from "./ndarray-field.ts";
import { sample } from "./sample.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";

const bits = (shape: number[], dtype: "uint8" | "int8" = "uint8"): NdArray => {
  const count = shape.reduce((a, b) => a * b, 1);
  return { data: dtype === "uint8" ? new Uint8Array(count) : new Int8Array(count), shape, dtype };
};
const packed = (shape: number[], dtype?: "int8"): Uint8Array => encodeCompact(bits(shape, dtype));

describe("inferType", () => {
  it.each<[string, unknown[], Field]>([
    ["text", ["a"], str()],
    ["booleans", [true], bool()],
    ["integers", [1, -5], int()],
    ["integers among floats", [1, 0.5, 2], float()],
    ["special floats", [Number.NaN], float()],
    ["numbers beyond safe integers", [2 ** 60], float()],
    ["bigints among integers", [1, 2n ** 60n], int64()],
    ["bytes", [Uint8Array.of(1, 2)], bytes()],
    ["no bytes", [new Uint8Array(0)], bytes()],
    ["nil and text", [null, "a"], optional(str())],
    ["undefined and text", ["a", undefined], optional(str())],
    ["nothing but nil", [null], optional(str())],
    ["arrays", [packed([2, 3]), packed([2, 3])], ndarray("uint8", [2, 3])],
    ["arrays of several lengths", [packed([2, 3]), packed([4, 3])], ndarray("uint8", [null, 3])],
    ["arrays of several ranks", [packed([2, 3]), packed([2]), packed([2, 3])], ndarray("uint8")],
    ["arrays of several dtypes", [packed([2]), packed([2], "int8"), packed([2])], ndarray(undefined, [2])],
    [".npy files", [encodeNpy(bits([2]))], ndarray("uint8", [2])],
    ["arrays that are decoded", [bits([2])], ndarray("uint8", [2])],
    ["arrays of records", [encodeStructured(structuredFrom({ x: bits([2]) }))], structured()],
    ["arrays of records and of numbers", [encodeStructured(structuredFrom({ x: bits([2]) })), packed([2])], bytes()],
    ["arrays and other bytes", [packed([2]), Uint8Array.of(9)], bytes()],
    ["arrays with a byte too many", [Uint8Array.of(...packed([2]), 0)], bytes()],
    ["lists", [["a"], []], list(str())],
    ["lists of numbers", [[1], [0.5]], list(float())],
    ["empty lists", [[]], list(str())],
    ["lists of array bytes", [[packed([2])]], list(bytes())],
    ["dicts of a kind", [{ a: 1 }, { b: 2.5 }], dict(float())],
    ["dicts of several kinds", [{ a: 1, b: "x" }], dict()],
    ["dicts with nil", [{ a: 1, b: null }], dict()],
    ["dicts of mixed lists", [{ a: [1, "x"] }], dict()],
    ["empty dicts", [{}], dict()],
  ])("takes %s for what they are", (_, values, want) => {
    const samples = values.map((x) => ({ x }));
    expect(schemasEqual(inferType(samples, { name: "A" }), sample("A", { x: want }))).toBe(true);
  });

  it("makes fields optional that a sample lacks, first or later", () => {
    const type = inferType([{ a: 1 }, { a: 2, b: "x" }, { b: "y" }]);
    expect(schemasEqual(type, sample("Sample", { a: optional(int()), b: optional(str()) }))).toBe(true);
  });

  it.each([
    ["disagree", [{ x: 1 }, { x: "a" }], "no kind of field holds all of its values: int, str; field=x"],
    ["disagree within a list", [{ x: [1, "a"] }], "no kind of field holds all of its values: int, str; field=x"],
    ["have nil in a list", [{ x: ["a", null] }], "no kind of field holds all of its values: str, nil; field=x"],
    ["hold bigints and floats", [{ x: 1n }, { x: 0.5 }], "int64, float; field=x"],
    ["hold what msgpack has not", [{ x: new Date() }], "no kind of field holds all of its values: Date; field=x"],
    ["are not there", [], "there are no fields to infer a type from"],
    ["have a name that no field may have", [{ "a-b": 1 }], "field name is not an identifier; field=a-b"],
  ])("refuses samples that %s", (_, samples, message) => {
    expect(() => inferType(samples)).toThrow(expect.objectContaining({ code: "SCHEMA_INVALID" }));
    expect(() => inferType(samples)).toThrow(message);
  });

  it("tells whole floats from integers in encoded samples", () => {
    const type = sample("Sample", { a: float(), b: int(), c: list(float()), d: dict(float()) });
    const payload = type.encode({ a: 1, b: 1, c: [2], d: { x: 3 } });
    expect(schemasEqual(inferType([payload]), type)).toBe(true);
    expect(inferType([type.decode(payload)]).fields.a?.kind).toBe("int");
    expect(() => inferType([Uint8Array.of(0x90)])).toThrow("payload is not a map of fields but list (0)");
  });

  it("gives a type that every sample it saw fits", () => {
    const samples = arbitraryType().chain((type) =>
      fc.tuple(fc.constant(type), fc.array(arbitrarySample(type), { minLength: 1, maxLength: 5 })),
    );
    fc.assert(
      fc.property(samples, ([type, values]) => {
        const payloads = values.map((value) => type.encode(value));
        const inferred = inferType(payloads);
        for (const payload of payloads) inferred.decode(payload);
      }),
    );
  });
});

describe("inferFields", () => {
  it("describes what it saw and refuses nothing", () => {
    const fields = inferFields([
      { "a-b": 1, mixed: 1, none: null, image: packed([2, 2]) },
      { "a-b": 2, mixed: "x", none: null },
    ]);
    expect(fields).toEqual([
      { name: "a-b", kind: "int", optional: false },
      { name: "mixed", kind: "mixed", optional: false },
      { name: "none", kind: "nil", optional: true },
      { name: "image", kind: "ndarray", dtype: "uint8", shape: [2, 2], optional: true },
    ]);
  });
});

describe("detectArray", () => {
  it("knows every array that Python wrote, and no part of one", () => {
    const all = vectors<{ hex: string; dtype?: string; shape?: number[] }>("python/vectors.json");
    let seen = 0;
    for (const { hex, dtype, shape } of Object.values(all)) {
      if (dtype === undefined) continue;
      seen += 1;
      const array = fromHex(hex);
      expect(detectArray(array)?.shape).toEqual(shape);
      for (let end = 0; end < array.length; end++) expect(detectArray(array.subarray(0, end))).toBeUndefined();
    }
    expect(seen).toBeGreaterThan(10);
  });
});

import { describe, expect, it } from "vitest";
import { type ArrayCase, expectArray, fromHex, fuzz, toHex, vectors } from "../../tests/arrays.ts";
import { sample } from "../schema/sample.ts";
import { fromStrings } from "./strings.ts";
import {
  decodeStructured,
  encodeStructured,
  isStructured,
  type StructuredArray,
  structuredFrom,
} from "./structured.ts";
import { structured, structuredCodec } from "./structured-field.ts";

interface Columns {
  readonly [name: string]: ArrayCase | { readonly shape: readonly number[]; readonly columns: Columns };
}
interface RecordCase {
  readonly npy: string;
  readonly shape: readonly number[];
  readonly columns: Columns;
  readonly foreign?: boolean;
}
const cases = vectors<RecordCase>("python-extra/structured.json");
const written = vectors<{ hex: string }>("python/vectors.json").structured?.hex as string;

describe("decodeStructured and encodeStructured", () => {
  for (const [name, want] of Object.entries(cases)) {
    it(`reads ${want.foreign ? "" : "and writes "}numpy's bytes: ${name}`, () => {
      const array = decodeStructured(fromHex(want.npy));
      expectColumns(array, want.shape, want.columns);
      expect(isStructured(array)).toBe(true);
      if (!want.foreign) expect(toHex(encodeStructured(array))).toBe(want.npy);
    });
  }

  it("reads and writes what atdata wrote", () => {
    const array = decodeStructured(fromHex(written));
    expect(Object.keys(array.columns)).toEqual(["x", "y"]);
    expect(array.columns.x).toEqual({ data: Float32Array.of(1, 3), shape: [2], dtype: "float32" });
    expect(array.columns.y).toEqual({ data: Int32Array.of(2, 4), shape: [2], dtype: "int32" });
    expect(toHex(encodeStructured(array))).toBe(written);
  });

  it("make a field kind, also where a type is rebuilt", () => {
    const type = sample("Tracks", { hits: structured() });
    const hits = decodeStructured(fromHex(written));
    expect(type.decode(type.encode({ hits })).hits).toEqual(hits);
    expect(() => type.encode({ hits: { ...hits, shape: [3] } })).toThrow(/hits/);
    expect(structuredCodec.field({ description: "d" })).toMatchObject({ kind: "structured", description: "d" });
  });

  it("joins columns, their further axes becoming those of the field", () => {
    const array = structuredFrom({
      id: { data: Uint8Array.of(1, 2), shape: [2], dtype: "uint8" },
      at: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dtype: "float32" },
      name: fromStrings(["a", "bcd"]),
    });
    expect(array.type.itemBytes).toBe(1 + 8 + 12);
    expect(array.type.fields[1]).toEqual({ name: "at", type: "float32", shape: [2], offset: 1 });
    expect(decodeStructured(encodeStructured(array))).toEqual(array);
  });

  it("nests structured columns", () => {
    const inner = structuredFrom({ v: { data: Int16Array.of(1, 2, 3, 4), shape: [2, 2], dtype: "int16" } }, [2, 2]);
    const array = structuredFrom({ p: inner }, [2]);
    expect(decodeStructured(encodeStructured(array))).toEqual(array);
  });

  it("refuses columns that do not start with the shape of the whole", () => {
    const one = { data: Uint8Array.of(1), shape: [1], dtype: "uint8" } as const;
    const two = { data: Uint8Array.of(1, 2), shape: [2], dtype: "uint8" } as const;
    expect(() => structuredFrom({ one, two })).toThrow(/field=two; want=\[1, …\]; got=\[2\]/);
    expect(() => structuredFrom({})).toThrow(TypeError);
    const broken = { ...structuredFrom({ one }), columns: { one: two } };
    expect(isStructured(broken)).toBe(false);
    expect(() => encodeStructured(broken)).toThrow(TypeError);
  });

  it("takes a field called __proto__ for a name like any other", () => {
    const { columns } = decodeStructured(fromHex(cases.quote?.npy as string));
    expect(Object.getPrototypeOf(columns)).toBe(null);
    expect(Object.keys(columns)).toContain("__proto__");
  });

  const refused: [string, string, RegExp][] = [
    ["titles", "[(('t', 'a'), '<f4')]", /titles/],
    ["named void fields", "[('a', '|V4')]", /field a cannot be read/],
    ["objects", "[('a', '|O')]", /field=a/],
    ["a name used twice", "[('a', '<f4'), ('a', '<f4')]", /occurs twice/],
    ["records without bytes", "[('', '|V0')]", /no bytes/],
    ["huge fields", "[('a', '<f4', (9007199254740991,))]", /too large/],
    ["items without length", "[('a', '<U0'), ('b', 'u1')]", /length 0/],
    ["a plain dtype", "'<f4'", /decodeNdArray/],
  ];
  for (const [what, descr, message] of refused) {
    it(`refuses ${what}`, () => {
      const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,)}`;
      const bytes = Uint8Array.from(`\x93NUMPY\x01\x00${String.fromCharCode(text.length)}\x00${text}`, (c) =>
        c.charCodeAt(0),
      );
      expect(() => decodeStructured(bytes)).toThrow(message);
    });
  }

  it("throws only AtdataError on damaged bytes", () => {
    const seeds = Object.values(cases).map(({ npy }) => fromHex(npy));
    fuzz(seeds, decodeStructured, 2);
  });
});

function expectColumns(array: StructuredArray, shape: readonly number[], columns: Columns): void {
  expect(array.shape).toEqual(shape);
  expect(Object.keys(array.columns)).toEqual(Object.keys(columns));
  for (const [name, want] of Object.entries(columns)) {
    const got = array.columns[name];
    if (got === undefined) throw new Error(`no column ${name}`);
    if ("columns" in want) expectColumns(got as StructuredArray, want.shape, want.columns);
    else if ("dtype" in got) expectArray(got, want);
    else throw new Error(`column ${name} is structured`);
  }
}

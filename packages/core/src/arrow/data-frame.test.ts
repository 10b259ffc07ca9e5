import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyArray, expectArray, fromHex, fuzz, vectors } from "../../tests/arrays.ts";
import { fromNested } from "../ndarray/nested.ts";
import { reshape } from "../ndarray/reshape.ts";
import { sample } from "../schema/sample.ts";
import {
  type Cell,
  type Column,
  dataframe,
  decodeDataFrame,
  encodeDataFrame,
  initArrow,
  isDataFrame,
  rowCount,
} from "./index.ts";

interface Want {
  readonly dtype?: string;
  readonly timezone?: string;
  readonly values?: readonly unknown[];
  readonly cells?: readonly unknown[];
}
const cases = vectors<{ parquet: string; columns: Record<string, Want> }>("python-extra/dataframe.json");
const written = vectors<{ hex: string }>("python/vectors.json").dataframe?.hex as string;

describe("decodeDataFrame and encodeDataFrame", () => {
  for (const [name, want] of Object.entries(cases)) {
    it(`read what pandas wrote, and give it back: ${name}`, () => {
      const frame = decodeDataFrame(fromHex(want.parquet));
      expect(Object.keys(frame.columns)).toEqual(Object.keys(want.columns));
      for (const [key, column] of Object.entries(want.columns)) expectColumn(frame.columns[key] as Column, column);
      expect(isDataFrame(frame)).toBe(true);
      expect(decodeDataFrame(encodeDataFrame(frame))).toEqual(frame);
      expect(frame.pandas).toContain("index_columns");
    });
  }

  it("read what atdata wrote", () => {
    const { columns, pandas } = decodeDataFrame(fromHex(written));
    expect({ ...columns }).toEqual({
      a: { data: BigInt64Array.of(1n, 2n), shape: [2], dtype: "int64" },
      b: { data: Float64Array.of(3, 4), shape: [2], dtype: "float64" },
      s: ["x", "y"],
    });
    expect(pandas).toContain('"fastparquet"');
  });

  it("give back arrays of every dtype that Parquet has", () => {
    const numbers = anyArray([
      "bool",
      "int8",
      "int16",
      "int32",
      "int64",
      "uint8",
      "uint16",
      "uint32",
      "uint64",
      "float32",
      "float64",
      "datetime64[ns]",
    ]);
    const roundTrip = fc.property(numbers, (array) => {
      const column = reshape(array, [-1]);
      const back = decodeDataFrame(encodeDataFrame({ columns: { column } }));
      expect(back.columns.column).toEqual(column);
      expect(rowCount(back)).toBe(column.shape[0]);
    });
    fc.assert(roundTrip, { numRuns: 100 });
  });

  it("give back lists of every kind, with gaps and nested", () => {
    const lists: Record<string, readonly Cell[]> = {
      text: ["a", null, "é😀"],
      bytes: [Uint8Array.of(1), null, new Uint8Array(0)],
      ints: [1n, null, -(2n ** 63n)],
      large: [2n ** 64n - 1n, null, 0n],
      flags: [true, null, false],
      nothing: [null, null, null],
      nested: [[["a"], []], null, [null]],
      rows: [{ x: 1.5, tags: ["t"] }, null, { x: null, tags: null }],
    };
    const back = decodeDataFrame(encodeDataFrame({ columns: lists }));
    for (const [name, list] of Object.entries(lists)) expect([name, back.columns[name]]).toEqual([name, list]);
  });

  it("widen what Parquet does not have: half floats, coarse times, numbers with gaps", () => {
    const { columns } = decodeDataFrame(
      encodeDataFrame({
        columns: {
          half: fromNested([1.5], "float16"),
          day: fromNested([2n], "datetime64[D]"),
          span: fromNested([3n], "timedelta64[s]"),
          text: fromNested(["ab"], "str"),
          gaps: [4],
        },
      }),
    );
    expect({ ...columns }).toEqual({
      half: fromNested([1.5], "float32"),
      day: fromNested([172_800_000n], "datetime64[ms]"),
      span: fromNested([3_000_000n], "timedelta64[us]"),
      text: ["ab"],
      gaps: fromNested([4], "float64"),
    });
  });

  it("make a field kind", async () => {
    await initArrow();
    const type = sample("Trial", { events: dataframe() });
    const events = { columns: { time: fromNested([0.5], "float64"), name: ["start"] } };
    expect({ ...type.decode(type.encode({ events })).events.columns }).toEqual(events.columns);
    expect(() => type.encode({ events: { columns: { a: ["x"], b: [] } } })).toThrow(/events/);
  });

  it("refuse columns of unequal length and of mixed or unknown values", () => {
    const broken: unknown[] = [
      null,
      { columns: null },
      { columns: {}, pandas: {} },
      { columns: { a: ["x", 1] } },
      { columns: { a: [1n, 2] } },
      { columns: { a: [2n ** 64n] } },
      { columns: { a: [() => 1] } },
      { columns: { a: [undefined] } },
      { columns: { a: Array.from({ length: 20 }).reduce<Cell>((cell) => [cell], null) } },
      { columns: { a: fromNested([[1]], "int8") } },
      { columns: { a: fromNested([[1, 2]], "complex64") } },
      { columns: { a: fromNested([1n], "datetime64[Y]") } },
      { columns: { a: [1], b: [1, 2] } },
    ];
    for (const value of broken) expect(isDataFrame(value)).toBe(false);
    expect(() => encodeDataFrame({ columns: { a: ["x", 1] } })).toThrow(TypeError);
  });

  it("throw only AtdataError on damaged bytes, and still read good ones", () => {
    const seeds = Object.values(cases).map(({ parquet }) => fromHex(parquet));
    fuzz(seeds, decodeDataFrame, 8);
    expect(rowCount(decodeDataFrame(fromHex(written)))).toBe(2);
  });
});

function expectColumn(got: Column, want: Want): void {
  if (want.cells !== undefined) {
    expect(got).toEqual(want.cells.map(fromJson));
    return;
  }
  if (!("dtype" in got)) throw new Error("want an array");
  expectArray(got, { dtype: want.dtype ?? "", shape: [want.values?.length ?? 0], values: want.values ?? [] });
  expect(got.timezone).toBe(want.timezone);
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== "object" || value === null) return value;
  if ("$hex" in value) return fromHex(String(value.$hex));
  return "$int" in value ? BigInt(String(value.$int)) : value;
}

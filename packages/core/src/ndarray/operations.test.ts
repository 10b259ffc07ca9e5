import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyArray, dtypes, expectSameBits } from "../../tests/arrays.ts";
import { astype, toFloat16Array, toFloat32 } from "./convert.ts";
import { stack, zeros } from "./create.ts";
import { dtypeInfo, formatDType, isDType, parseDType } from "./dtype.ts";
import { arraysEqual } from "./equal.ts";
import { contiguous, isNdArray } from "./layout.ts";
import type { DType, NdArray } from "./ndarray.ts";
import { fromNested, itemAt, toNested } from "./nested.ts";
import { reshape, transpose } from "./reshape.ts";
import { fromStrings, toStrings } from "./strings.ts";

const grid: NdArray<"int16"> = { data: Int16Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3], dtype: "int16" };

describe("dtypes", () => {
  it("survive being written and read as numpy strings", () => {
    for (const dtype of dtypes) {
      const itemLength = dtypeInfo(dtype).lanes === 0 ? 3 : undefined;
      const parsed = parseDType(formatDType(dtype, itemLength));
      expect([parsed.dtype, parsed.itemLength, parsed.littleEndian]).toEqual([dtype, itemLength, true]);
    }
  });

  it("are read with every byte order mark that numpy uses", () => {
    expect(parseDType("?").dtype).toBe("bool");
    expect(parseDType("=f8").littleEndian).toBe(true);
    expect(parseDType(">f8").littleEndian).toBe(false);
    expect(parseDType(">i1").littleEndian).toBe(true);
    expect(parseDType("<M8").dtype).toBe("datetime64[generic]");
    expect(parseDType("<m8[1us]").dtype).toBe("timedelta64[us]");
    expect(parseDType("<M8[10ms]")).toMatchObject({ dtype: "datetime64[10ms]", itemBytes: 8 });
    expect(parseDType(">U3")).toMatchObject({ itemLength: 3, itemBytes: 12, littleEndian: false });
  });

  it("that do not exist are refused by name", () => {
    expect(() => dtypeInfo("float8" as DType)).toThrow(/dtype=float8; try: one of bool/);
    expect(() => parseDType("<M8[fortnight]")).toThrow(/unknown dtype string/);
    expect(isDType("datetime64[D]")).toBe(true);
    expect(isDType("datetime64[x]")).toBe(false);
    expect(() => formatDType("str")).toThrow(TypeError);
  });
});

describe("isNdArray", () => {
  it("accepts what the arrays of this library look like", () => {
    fc.assert(fc.property(anyArray(), (array) => isNdArray(array)));
    expect(isNdArray({ ...grid, strides: [0, 1] })).toBe(true);
  });

  it("refuses data, shapes, strides and lengths that do not fit together", () => {
    const broken: unknown[] = [
      null,
      {},
      { ...grid, dtype: "int32" },
      { ...grid, shape: [2, 2] },
      { ...grid, shape: [-2, -3] },
      { ...grid, shape: [2, 1.5] },
      { ...grid, strides: [1, 3] },
      { ...grid, strides: [1] },
      { ...grid, strides: [-1, 1] },
      { ...grid, itemLength: 1 },
      { ...grid, data: [0, 1, 2, 3, 4, 5] },
      { data: new Uint32Array(2), shape: [2], dtype: "str" },
      { data: new Uint8Array(1), shape: new Array(65).fill(1), dtype: "uint8" },
    ];
    for (const value of broken) expect(isNdArray(value)).toBe(false);
  });
});

describe("stack", () => {
  it("joins arrays along a new leading axis, whatever their layout", () => {
    const turned = transpose(
      fromNested(
        [
          [0, 9],
          [8, 7],
          [6, 5],
        ],
        "int16",
      ),
    );
    expect(stack([grid, turned])).toEqual({
      data: Int16Array.of(0, 1, 2, 3, 4, 5, 0, 8, 6, 9, 7, 5),
      shape: [2, 2, 3],
      dtype: "int16",
    });
  });

  it("gives texts the room of the longest", () => {
    const joined = stack([fromStrings(["a", "b"]), fromStrings(["cde", ""])]);
    expect(joined.itemLength).toBe(3);
    expect(toNested(joined)).toEqual([
      ["a", "b"],
      ["cde", ""],
    ]);
  });

  it("refuses arrays of different shape or dtype", () => {
    expect(() => stack([grid, reshape(grid, [3, 2])])).toThrow(/want=int16 \[2, 3\]; got=int16 \[3, 2\]/);
    expect(() => stack<DType>([grid, zeros([2, 3])])).toThrow(/got=float64 \[2, 3\]/);
    expect(() => stack([])).toThrow(RangeError);
  });
});

describe("reshape, transpose and contiguous", () => {
  it("share the data where the order of elements allows", () => {
    expect(reshape(grid, [-1, 2])).toEqual({ ...grid, shape: [3, 2] });
    expect(reshape(grid, [6]).data).toBe(grid.data);
    expect(transpose(grid)).toEqual({ ...grid, shape: [3, 2], strides: [1, 3] });
    expect(toNested(reshape(transpose(grid), [6]))).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it("refuse shapes and axes that do not fit", () => {
    expect(() => reshape(grid, [4])).toThrow(/want=\[4\]; got=\[2, 3\]/);
    expect(() => reshape(grid, [-1, 4])).toThrow(/6 elements do not fit/);
    expect(() => reshape(grid, [-1, -1])).toThrow(RangeError);
    expect(() => transpose(grid, [0, 0])).toThrow(RangeError);
  });

  it("undo each other", () => {
    const undo = fc.property(anyArray(), (array) => {
      const back = transpose(transpose(array));
      expectSameBits(back, array);
      expectSameBits(contiguous(transpose(contiguous(back))), transpose(array));
    });
    fc.assert(undo);
  });
});

describe("nested lists", () => {
  const examples: [DType, unknown][] = [
    ["bool", [true, false]],
    ["int8", [[1], [-2]]],
    ["uint64", [2n ** 64n - 1n]],
    ["float16", [1.5, -0.25]],
    [
      "complex64",
      [
        [1, 2],
        [3, -4],
      ],
    ],
    [
      "str",
      [
        ["a", "bcd"],
        ["", "\u{1f600}"],
      ],
    ],
    ["datetime64[ns]", 5n],
    ["float64", []],
    ["int32", [[], []]],
  ];
  for (const [dtype, nested] of examples) {
    it(`become ${dtype} arrays and back`, () => {
      expect(toNested(fromNested(nested as never, dtype))).toEqual(nested);
    });
  }

  it("hold bytes without their padding", () => {
    const array = fromNested([Uint8Array.of(1, 2), Uint8Array.of(3)], "bytes");
    expect(array).toEqual({ data: Uint8Array.of(1, 2, 3, 0), shape: [2], dtype: "bytes", itemLength: 2 });
    expect(itemAt(array, 1)).toEqual(Uint8Array.of(3));
  });

  it("are refused when ragged or of another kind", () => {
    expect(() => fromNested([[1], [2, 3]], "int8")).toThrow(RangeError);
    expect(() => fromNested([[1], 2], "int8")).toThrow(TypeError);
    expect(() => fromNested(["1" as never], "int8")).toThrow(/string is no element of dtype int8/);
    expect(() => fromNested([1 as never], "int64")).toThrow(TypeError);
    expect(() => toNested(zeros([2 ** 40, 0], "int8"))).toThrow(/too many empty lists/);
  });

  it("agree with single elements, negative indices included", () => {
    expect(itemAt(transpose(grid), 2, 0)).toBe(2);
    expect(itemAt(grid, -1, -1)).toBe(5);
    expect(() => itemAt(grid, 2, 0)).toThrow(/outside axis 0/);
    expect(() => itemAt(grid, 0)).toThrow(RangeError);
  });

  it("list texts in C order", () => {
    expect(
      toStrings(
        transpose(
          fromNested(
            [
              ["a", "b"],
              ["c", "d"],
            ],
            "str",
          ),
        ),
      ),
    ).toEqual(["a", "c", "b", "d"]);
    expect(toStrings(fromStrings([]))).toEqual([]);
  });
});

describe("astype", () => {
  const cast = (data: NdArray["data"], from: DType, to: DType): unknown[] => {
    return [...(astype({ data, shape: [data.length], dtype: from }, to).data as Iterable<unknown>)];
  };

  it("truncates, wraps and rounds as numpy does", () => {
    expect(cast(Float64Array.of(1.9, -1.9, 300, -129), "float64", "int8")).toEqual([1, -1, 44, 127]);
    expect(cast(Int16Array.of(-1, 256), "int16", "uint8")).toEqual([255, 0]);
    expect(cast(BigInt64Array.of(-1n, 2n ** 60n + 5n), "int64", "uint32")).toEqual([2 ** 32 - 1, 5]);
    expect(cast(Float64Array.of(-2.5, 2 ** 63), "float64", "int64")).toEqual([-2n, -(2n ** 63n)]);
    expect(cast(Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY), "float64", "int64")).toEqual([0n, 0n]);
    expect(cast(Float64Array.of(0, Number.NaN, -0.5), "float64", "bool")).toEqual([0, 1, 1]);
    expect(cast(Float32Array.of(65519, 65520), "float32", "float16")).toEqual([0x7bff, 0x7c00]);
    expect(cast(BigUint64Array.of(2n ** 64n - 1n), "uint64", "float64")).toEqual([2 ** 64]);
    expect(cast(Uint8Array.of(7), "uint8", "complex64")).toEqual([7, 0]);
    expect(cast(BigInt64Array.of(9n), "int64", "datetime64[s]")).toEqual([9n]);
  });

  it("drops imaginary parts and takes any non-zero part as true", () => {
    const array: NdArray = { data: Float32Array.of(3, 4, 0, 1), shape: [2], dtype: "complex64" };
    expect([...astype(array, "float64").data]).toEqual([3, 0]);
    expect([...astype(array, "bool").data]).toEqual([1, 1]);
  });

  it("refuses what has no meaning, and losses when asked to be safe", () => {
    expect(() => astype(fromStrings(["1"]), "int8")).toThrow(/cannot convert str to int8/);
    expect(() => cast(BigInt64Array.of(1n), "datetime64[s]", "datetime64[ms]")).toThrow(TypeError);
    const safe = { casting: "safe" } as const;
    expect(astype(grid, "float32", safe).dtype).toBe("float32");
    expect(astype(zeros([1], "uint64"), "float64", safe).dtype).toBe("float64");
    for (const to of ["uint16", "int8", "float16", "bool"] as const) {
      expect(() => astype(grid, to, safe)).toThrow(/cannot hold every value/);
    }
  });

  it("copies even when nothing changes", () => {
    const same = astype(transpose(grid), "int16");
    expect(same).toEqual(contiguous(transpose(grid)));
    expect(astype(grid, "int16").data).not.toBe(grid.data);
  });
});

describe("toFloat32 and toFloat16Array", () => {
  it("widen half floats exactly", () => {
    const halves = fromNested([1.5, -65504, 2 ** -24], "float16");
    expect([...toFloat32(halves).data]).toEqual([1.5, -65504, 2 ** -24]);
    expect([...toFloat16Array(halves)]).toEqual([1.5, -65504, 2 ** -24]);
    expect(toFloat16Array(halves).buffer).toBe(halves.data.buffer);
  });

  it("keep float32 as it is and refuse what is no real number", () => {
    const array = zeros([2], "float32");
    expect(toFloat32(array)).toBe(array);
    expect(() => toFloat32(zeros([1], "complex64"))).toThrow(TypeError);
    expect(() => toFloat16Array(array as never)).toThrow(TypeError);
  });

  it("say so when the runtime has no Float16Array", () => {
    const holder = globalThis as { Float16Array?: unknown };
    const kept = holder.Float16Array;
    holder.Float16Array = undefined;
    try {
      expect(() => toFloat16Array(zeros([1], "float16"))).toThrow(/no Float16Array; operation=toFloat16Array/);
    } finally {
      holder.Float16Array = kept;
    }
  });
});

describe("arraysEqual", () => {
  it("looks at elements, not at layout or room", () => {
    expect(arraysEqual(grid, contiguous(transpose(transpose(grid))))).toBe(true);
    expect(arraysEqual(grid, { ...grid, data: Int16Array.of(0, 1, 2, 3, 4, 6) })).toBe(false);
    expect(arraysEqual(grid, reshape(grid, [6]))).toBe(false);
    expect(arraysEqual(grid, astype(grid, "int32"))).toBe(false);
    const roomy = stack([fromStrings(["a"]), fromStrings(["abc"])]);
    expect(arraysEqual(fromStrings(["a"]), { ...roomy, shape: [1], data: roomy.data.slice(0, 3) })).toBe(true);
  });

  it("takes NaN and NaT as different from themselves unless asked", () => {
    const nans: NdArray[] = [
      { data: Float32Array.of(Number.NaN), shape: [1], dtype: "float32" },
      { data: Uint16Array.of(0x7e00), shape: [1], dtype: "float16" },
      { data: BigInt64Array.of(-(2n ** 63n)), shape: [1], dtype: "datetime64[s]" },
    ];
    for (const array of nans) {
      expect(arraysEqual(array, array)).toBe(false);
      expect(arraysEqual(array, array, { nan: true })).toBe(true);
    }
    expect(arraysEqual(zeros([1], "float16"), { data: Uint16Array.of(0x8000), shape: [1], dtype: "float16" })).toBe(
      true,
    );
  });
});

import {
  bytes,
  dict,
  type Field,
  float,
  fromNested,
  fromStrings,
  list,
  reshape,
  str,
  structuredFrom,
  transpose,
  zeros,
} from "@atdata/core";
import { arrowTensor, dataframe } from "@atdata/core/arrow";
import { safetensors } from "@atdata/core/safetensors";
import { sparse } from "@atdata/core/sparse";
import { describe, expect, test } from "vitest";
import { valueText } from "./value-text.ts";

const shown = (value: unknown, field?: Field, width = 60): string => valueText(value, field, width);

describe("valueText", () => {
  test("shows what is absent as a dash", () => {
    expect([shown(undefined, str()), shown(null)]).toEqual(["–", "–"]);
  });

  test("cuts long text and bytes, and tells how long they are", () => {
    expect(shown("x".repeat(300))).toBe(`"${"x".repeat(36)}…" (300 characters)`);
    expect(shown(new Uint8Array(2000), bytes())).toMatch(/^2\.00 kB {2}00 00 .* …$/);
  });

  test("shows the first elements of an array in C order, as precise as its dtype, and no line is too long", () => {
    expect(shown(fromNested([0.1, -2.5], "float32"))).toBe("float32 2  [0.1, -2.5]");
    const matrix = reshape(fromNested([1n, 2n, 3n, 4n], "int64"), [2, 2]);
    expect(shown(transpose(matrix))).toBe("int64 2×2  [1, 3, 2, 4]");
    expect(shown(fromNested([[1, -2]], "complex64"))).toBe("complex64 1  [1-2i]");
    expect(shown(fromStrings(["ab", "c"]))).toBe('str 2  ["ab", "c"]');
    expect(shown({ data: BigInt64Array.of(5n, -(2n ** 63n)), shape: [2], dtype: "datetime64[ns]" })).toBe(
      "datetime64[ns] 2  [5, NaT]",
    );
    expect(shown(zeros([], "bool"))).toBe("bool scalar  false");
    expect(shown(zeros([0, 3]))).toBe("float64 0×3  []");
    const long = shown(zeros([3, 224, 224], "uint8"));
    expect(long).toMatch(/^uint8 3×224×224 {2}\[0, .*, …\]$/);
    expect(long.length).toBeLessThanOrEqual(60);
  });

  test("shows lists and dicts with as many items as fit, and their number", () => {
    expect(shown(["a", "b"], list(str()))).toBe('["a", "b"]');
    expect(shown(Array(1000).fill(1.5), list(float()))).toMatch(/^\[1\.5, .*, …\] \(1000\)$/);
    expect(shown({ a: 1, b: { c: [] } }, dict())).toBe("{a: 1, b: {c: []}}");
    expect(shown({})).toBe("{}");
    expect(shown([[[[[[[1]]]]]]])).toBe("[[[[[…]]]]]");
  });

  test("sums up what is a file in itself", () => {
    const edges = { format: "coo", shape: [2, 3], data: fromNested([1.5], "float32"), coords: [], isArray: true };
    expect(shown(edges, sparse())).toBe("sparse coo float32 2×3, 1 value stored");
    expect(shown({ columns: { t: fromNested([0.5, 1], "float64"), name: ["a", null] } }, dataframe())).toBe(
      "2 rows  [t float64, name str]",
    );
    expect(shown({ tensors: { w: zeros([2, 3], "float32") } }, safetensors())).toBe("1 tensor  [w float32 2×3]");
    expect(shown({ ...zeros([1, 2], "uint8"), dimensionNames: ["y", ""] }, arrowTensor())).toBe(
      "(y, ·)  uint8 1×2  [0, 0]",
    );
    const records = structuredFrom({ x: fromNested([1], "float32"), n: fromNested([2], "int8") });
    expect(shown(records)).toBe("records 1  {x float32, n int8}");
  });
});

import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { dict, list, optional } from "../schema/container-fields.ts";
import { ndarray } from "../schema/ndarray-field.ts";
import { opaque } from "../schema/opaque-field.ts";
import { sample } from "../schema/sample.ts";
import { bool, bytes, float, int, int64, str } from "../schema/scalar-fields.ts";
import { checkLens } from "./check-lens.ts";
import { deepEqual } from "./deep-equal.ts";
import { generateSamples } from "./generate.ts";
import { identity, lens } from "./lens.ts";
import { structuralLens } from "./structural-lens.ts";

const Full = sample("Full", {
  s: str(),
  i: int(),
  n: int64(),
  x: float(),
  b: bool(),
  raw: bytes(),
  tags: list(str()),
  nested: list(list(int())),
  extra: dict(float()),
  any: dict(),
  note: optional(str()),
  a: ndarray("float32", [2, null]),
  u: ndarray("str", [2]),
  t: ndarray("datetime64[ms]", []),
  h: ndarray("float16"),
  c: ndarray("complex128"),
  open: ndarray(),
});

describe("generateSamples", () => {
  const samples = generateSamples(Full, 200, 7);

  it("makes samples that the type takes, and that survive encoding", () => {
    for (const made of samples) {
      expect(Full.is(made)).toBe(true);
      expect(deepEqual(Full.decode(Full.encode(made)), made)).toBe(true);
    }
  });

  it("makes the same ones from the same seed, others from another", () => {
    expect(generateSamples(Full, 200, 7)).toEqual(samples);
    expect(generateSamples(Full, 200, 8)).not.toEqual(samples);
  });

  it("mixes in absent fields, NaN and wide integers", () => {
    expect(samples.some(({ note }) => note === undefined)).toBe(true);
    expect(samples.some(({ x }) => Number.isNaN(x))).toBe(true);
    expect(samples.some(({ n }) => n > 2n ** 63n)).toBe(true);
    expect(new Set(samples.map(({ open }) => open.dtype)).size).toBeGreaterThan(4);
  });

  it("names a kind that it cannot make", () => {
    try {
      generateSamples(sample("S", { m: opaque("sparse", "@atdata/core/sparse") }), 1);
      expect.unreachable();
    } catch (e) {
      expect(isAtdataError(e, "SCHEMA_INVALID") && e.fields).toEqual({ field: "m", kind: "opaque" });
    }
  });
});

describe("checkLens", () => {
  const A = sample("A", { a: int(), b: int() });
  const V = sample("V", { a: int() });
  const samples = [1, 2, 3].map((a) => ({ a, b: 10 * a }));

  it("finds nothing against lawful lenses", () => {
    expect(checkLens(structuralLens(A, V), samples)).toEqual({
      ok: true,
      types: { holds: true, tried: 6 },
      getPut: { holds: true, tried: 3 },
      putGet: { holds: true, tried: 3 },
      putPut: { holds: true, tried: 3 },
    });
    expect(checkLens(identity(Full), { generate: 100, seed: 3 }).ok).toBe(true);
  });

  it("shows where GetPut fails", () => {
    const counting = lens(A, V, { get: ({ a }) => ({ a }), put: ({ a }, s) => ({ a, b: s.b + 1 }) });
    const { ok, getPut, putGet, putPut } = checkLens(counting, samples);
    expect(ok).toBe(false);
    expect(getPut).toEqual({
      holds: false,
      tried: 3,
      counterExample: { sample: { a: 1, b: 10 }, want: { a: 1, b: 10 }, got: { a: 1, b: 11 } },
    });
    expect(putGet.holds).toBe(true);
    expect(putPut.holds).toBe(false);
  });

  it("shows where PutGet fails, as with Python's default putter", () => {
    const trivial = lens(A, V, { get: ({ a }) => ({ a }), put: (_view, s) => s });
    const { getPut, putGet, putPut } = checkLens(trivial, samples);
    expect([getPut.holds, putGet.holds, putPut.holds]).toEqual([true, false, true]);
    expect(putGet.counterExample).toEqual({ sample: { a: 1, b: 10 }, view: { a: 2 }, want: { a: 2 }, got: { a: 1 } });
  });

  it("takes an error and a value of another type as counter-examples", () => {
    const failing = lens(A, V, {
      get: ({ a }) => ({ a: a / 2 }),
      put: () => {
        throw new Error("no");
      },
    });
    const { types, getPut } = checkLens(failing, samples);
    expect(types.counterExample).toEqual({ sample: { a: 1, b: 10 }, got: { a: 0.5 } });
    expect(getPut.counterExample?.error).toEqual(new Error("no"));
  });

  it("says that nothing was tried of the laws of a one-way lens", () => {
    const oneWay = lens(A, V, { get: ({ a }) => ({ a }) });
    expect(checkLens(oneWay, { generate: 5 })).toMatchObject({ ok: true, putGet: { holds: undefined, tried: 0 } });
  });

  it("wants at least one sample", () => {
    expect(() => checkLens(structuralLens(A, V), [])).toThrow(RangeError);
  });
});

describe("deepEqual", () => {
  const array = (data: Float64Array, shape: number[], strides?: number[]) => ({
    data,
    shape,
    dtype: "float64" as const,
    ...(strides && { strides }),
  });
  it.each<[unknown, unknown, boolean]>([
    [Number.NaN, Number.NaN, true],
    [0, -0, true],
    [1, 1n, false],
    [null, undefined, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ toString: 1 }, {}, false],
    [[1, [2]], [1, [2]], true],
    [[1], { 0: 1 }, false],
    [Uint8Array.of(1), Uint8Array.of(1), true],
    [Uint8Array.of(1), Uint8Array.of(2), false],
    [Uint8Array.of(1), [1], false],
    [array(Float64Array.of(1, Number.NaN), [2]), array(Float64Array.of(1, Number.NaN), [2]), true],
    [array(Float64Array.of(1, 2, 3, 4), [2, 2]), array(Float64Array.of(1, 3, 2, 4), [2, 2], [1, 2]), true],
    [array(Float64Array.of(1, 2), [2]), array(Float64Array.of(1, 2), [1, 2]), false],
  ])("of %o and %o is %s", (a, b, want) => {
    expect(deepEqual(a, b)).toBe(want);
    expect(deepEqual(b, a)).toBe(want);
  });
});

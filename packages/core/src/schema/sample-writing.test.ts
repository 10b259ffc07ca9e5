import { describe, expect, it } from "vitest";
import { toHex } from "../../tests/arrays.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { encodeDynamic } from "../codec/dynamic.ts";
import { dict, list, optional } from "./container-fields.ts";
import { ndarray } from "./ndarray-field.ts";
import { sample } from "./sample.ts";
import { float, int, int64, str } from "./scalar-fields.ts";

describe("writing", () => {
  const type = sample("A", { n: int(), f: float(), o: optional(str()), l: list(str()) });
  const value = { n: 1, f: 2, o: "x", l: ["a"] };

  it.each<[object, string]>([
    [{ n: "1" }, "n (want int, got str)"],
    [{ n: 1.5 }, "n (want int, got float)"],
    [{ n: Number.NaN }, "n (want int, got float)"],
    [{ n: 1n }, "n (want int, got bigint)"],
    [{ n: null }, "missing=n"],
    [{ f: 1n }, "f (want float, got bigint)"],
    [{ f: true }, "f (want float, got bool)"],
    [{ o: 5 }, "o (want str, got int)"],
    [{ o: "\udc00" }, "o (want str without lone surrogates, got str)"],
    [{ l: "a" }, "l (want list, got str)"],
    [{ l: ["a", 5] }, "l[1] (want str, got int)"],
    [{ l: ["a", undefined] }, "l[1] (want str, got nil)"],
    [{ more: 1 }, 'extra=more; try: extra: "ignore" drops extra fields'],
  ])("refuses %o", (wrong, message) => {
    const out = new ByteWriter();
    const whole = { ...value, ...wrong } as typeof value;
    expect(() => type.codec.write(out, whole)).toThrow(expect.objectContaining({ code: "SCHEMA_MISMATCH" }));
    expect(() => type.codec.write(out, whole)).toThrow(message);
    expect(out.length).toBe(0);
    expect(type.is(whole)).toBe(false);
  });

  it("lists all that is wrong together", () => {
    const wrong = { f: "2", l: [1], more: 0 } as unknown as typeof value;
    expect(() => type.encode(wrong)).toThrow(
      "sample does not fit its type; type=A; missing=n; extra=more; mistyped=f (want float, got str), l[0] (want str, got int)",
    );
  });

  it("refuses what is no sample at all", () => {
    for (const wrong of [null, undefined, 5, "x"]) {
      expect(() => type.encode(wrong as never)).toThrow(expect.objectContaining({ code: "SCHEMA_MISMATCH" }));
      expect(type.is(wrong)).toBe(false);
    }
  });

  it("refuses integers that do not fit, with the field", () => {
    expect(() => type.encode({ ...value, n: 2 ** 53 })).toThrow(
      "integer is beyond ±2^53; value=9007199254740992; field=n; try: declare the field as int64()",
    );
    const wide = sample("A", { x: int64(), y: dict() });
    for (const x of [2n ** 64n, -(2n ** 63n) - 1n]) {
      expect(() => wide.encode({ x, y: {} })).toThrow(expect.objectContaining({ code: "INTEGER_TOO_LARGE" }));
      expect(() => wide.encode({ x: 0n, y: { x } })).toThrow(expect.objectContaining({ code: "INTEGER_TOO_LARGE" }));
      expect(wide.is({ x, y: {} })).toBe(false);
      expect(wide.is({ x: 0n, y: { x } })).toBe(false);
    }
  });

  it("writes nil for an optional field that is undefined, null or not there", () => {
    const nil = type.encode({ ...value, o: undefined });
    const { o: _, ...without } = value;
    expect(type.encode(without)).toEqual(nil);
    expect(type.encode({ ...value, o: null as never })).toEqual(nil);
    expect(toHex(nil)).toBe("84a16e01a166cb4000000000000000a16fc0a16c91a161");
  });

  it("takes nothing for a value that every object inherits", () => {
    const odd = sample("A", { constructor: optional(str()), toString: int() });
    expect(odd.decode(odd.encode({ toString: 1 } as never))).toEqual({ constructor: undefined, toString: 1 });
    expect(() => odd.encode({} as never)).toThrow("missing=toString");
    expect(odd.is({ toString: 1 })).toBe(true);
    expect(odd.is({})).toBe(false);
  });

  it("drops extra fields when asked to, and undefined ones anyway", () => {
    const more = { ...value, more: 1, none: undefined };
    expect(type.encode(more, { extra: "ignore" })).toEqual(type.encode(value));
    const loose = { ...value, none: undefined };
    expect(type.encode(loose)).toEqual(type.encode(value));
    expect(type.is(loose)).toBe(true);
  });

  it("takes samples with a prototype and with none", () => {
    class Shot {
      readonly n = 1;
      readonly f = 2;
      readonly l = ["a"];
      get o(): string {
        return "x";
      }
    }
    expect(type.encode(new Shot())).toEqual(type.encode(value));
    expect(type.encode(Object.assign(Object.create(null), value))).toEqual(type.encode(value));
  });

  it.each<[string, unknown]>([
    ["a date", new Date()],
    ["a map", new Map()],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["floats", new Float32Array(1)],
    ["an array", { data: new Uint8Array(1), shape: [1], dtype: "uint8" }],
    ["a lone surrogate", "\ud800"],
  ])("refuses %s in a dict of anything, however deep", (_, wrong) => {
    const any = sample("A", { x: dict() });
    for (const x of [{ y: wrong }, { y: [[{ z: wrong }]] }]) {
      expect(() => any.encode({ x })).toThrow("x (want dict, got dict)");
      expect(any.is({ x })).toBe(false);
    }
    expect(() => any.encode({ x: { "\ud800": 1 } })).toThrow("x (want dict, got dict)");
  });

  it("refuses a dict that holds itself", () => {
    const x: Record<string, unknown> = {};
    x.x = x;
    expect(() => sample("A", { x: dict() }).encode({ x })).toThrow(
      expect.objectContaining({ code: "SCHEMA_MISMATCH" }),
    );
    expect(() => encodeDynamic(x)).toThrow(TypeError);
  });

  it("refuses arrays of another dtype, shape or data", () => {
    const arrays = sample("A", { x: ndarray("uint8", [null, 2]) });
    const good = { data: new Uint8Array(4), shape: [2, 2], dtype: "uint8" as const };
    expect(arrays.decode(arrays.encode({ x: good })).x).toEqual(good);
    for (const wrong of [
      { ...good, shape: [2, 3] },
      { ...good, shape: [4] },
      { ...good, shape: [1, 2] },
      { ...good, data: new Int8Array(4) },
      { ...good, dtype: "int8" },
      { ...good, data: undefined },
      new Uint8Array(4),
      5,
    ]) {
      expect(() => arrays.encode({ x: wrong as typeof good })).toThrow("x (want ndarray uint8 any×2, got");
      expect(arrays.is({ x: wrong })).toBe(false);
    }
  });
});

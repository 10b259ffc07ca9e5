import { encode as reference } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../tests/arrays.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { Cursor } from "../codec/cursor.ts";
import { decodeDynamic, encodeDynamic } from "../codec/dynamic.ts";
import { dict, list, optional } from "./container-fields.ts";
import type { Field } from "./field.ts";
import { ndarray } from "./ndarray-field.ts";
import { sample } from "./sample.ts";
import type { SampleType } from "./sample-type.ts";
import { bool, bytes, float, int, int64, str } from "./scalar-fields.ts";

/** The bytes of a field's value: those behind the head of a map of one and the key `x`. */
function valueHex(field: Field, x: unknown): string {
  const type: SampleType = sample("A", { x: field });
  const payload = type.encode({ x });
  expect(type.decode(payload)).toEqual({ x });
  expect(toHex(payload.subarray(0, 3))).toBe("81a178");
  return toHex(payload.subarray(3));
}

describe("the bytes of scalars", () => {
  it.each([
    [0, "00"],
    [127, "7f"],
    [128, "cc80"],
    [255, "ccff"],
    [256, "cd0100"],
    [65535, "cdffff"],
    [65536, "ce00010000"],
    [2 ** 32 - 1, "ceffffffff"],
    [2 ** 32, "cf0000000100000000"],
    [Number.MAX_SAFE_INTEGER, "cf001fffffffffffff"],
    [-1, "ff"],
    [-32, "e0"],
    [-33, "d0df"],
    [-128, "d080"],
    [-129, "d1ff7f"],
    [-32768, "d18000"],
    [-32769, "d2ffff7fff"],
    [-(2 ** 31), "d280000000"],
    [-(2 ** 31) - 1, "d3ffffffff7fffffff"],
    [Number.MIN_SAFE_INTEGER, "d3ffe0000000000001"],
  ])("write the integer %d in its shortest form", (value, hex) => {
    expect(valueHex(int(), value)).toBe(hex);
    expect(valueHex(int64(), BigInt(value))).toBe(hex);
  });

  it.each([
    [2n ** 53n, "cf0020000000000000"],
    [2n ** 63n - 1n, "cf7fffffffffffffff"],
    [2n ** 64n - 1n, "cfffffffffffffffff"],
    [-(2n ** 53n), "d3ffe0000000000000"],
    [-(2n ** 63n), "d38000000000000000"],
  ])("write the bigint %s", (value, hex) => {
    expect(valueHex(int64(), value)).toBe(hex);
  });

  it.each([
    [0, "cb0000000000000000"],
    [-0, "cb8000000000000000"],
    [1, "cb3ff0000000000000"],
    [0.1, "cb3fb999999999999a"],
    [Number.NaN, "cb7ff8000000000000"],
    [Number.POSITIVE_INFINITY, "cb7ff0000000000000"],
    [Number.NEGATIVE_INFINITY, "cbfff0000000000000"],
    [Number.MIN_VALUE, "cb0000000000000001"],
  ])("write the float %d with 64 bits, whole or not", (value, hex) => {
    expect(valueHex(float(), value)).toBe(hex);
  });

  it.each([
    [0, "a0"],
    [31, "bf"],
    [32, "d920"],
    [255, "d9ff"],
    [256, "da0100"],
    [65535, "daffff"],
    [65536, "db00010000"],
  ])("write a text of %d bytes with the shortest head", (length, head) => {
    const ascii = "x".repeat(length);
    expect(valueHex(str(), ascii)).toBe(head + "78".repeat(length));
    const wide = "é".repeat(length >> 1) + "y".repeat(length & 1);
    expect(valueHex(str(), wide).slice(0, head.length)).toBe(head);
  });

  it.each([
    [0, "c400"],
    [255, "c4ff"],
    [256, "c50100"],
    [65535, "c5ffff"],
    [65536, "c600010000"],
  ])("write %d bytes with the shortest head", (length, head) => {
    expect(valueHex(bytes(), new Uint8Array(length))).toBe(head + "00".repeat(length));
  });

  it.each([
    [0, "90", "80"],
    [15, "9f", "8f"],
    [16, "dc0010", "de0010"],
    [65536, "dd00010000", "df00010000"],
  ])("write %d items and entries with the shortest head", (length, listHead, dictHead) => {
    const items = Array.from({ length }, () => true);
    expect(valueHex(list(bool()), items)).toBe(listHead + "c3".repeat(length));
    const entries = Object.fromEntries(items.map((item, i) => [`k${i}`, item]));
    expect(valueHex(dict(bool()), entries).slice(0, dictHead.length)).toBe(dictHead);
  });

  it("write more than fifteen fields with a wider head", () => {
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    const type = sample("A", Object.fromEntries(names.map((name) => [name, bool()])));
    const value = Object.fromEntries(names.map((name) => [name, true]));
    const payload = type.encode(value);
    expect(toHex(payload.subarray(0, 3))).toBe("de0014");
    expect(type.decode(payload)).toEqual(value);
  });
});

describe("reading", () => {
  const type = sample("A", { n: int(), f: float(), o: optional(str()), l: list(int64()) });
  const value = { n: 1, f: 2, o: "x", l: [3n] };
  const error = (payload: Uint8Array): unknown => {
    try {
      return type.decode(payload);
    } catch (thrown) {
      return thrown;
    }
  };

  it("takes fields in any order, and integers for floats", () => {
    expect(type.decode(reference({ l: [3], o: "x", f: 2, n: 1 }))).toEqual(value);
    expect(type.decode(reference({ n: 1, f: 2, o: "x", l: [3] }))).toEqual(value);
  });

  it("widens 32-bit floats", () => {
    expect(sample("F", { x: float() }).decode(fromHex("81a178ca3fc00000"))).toEqual({ x: 1.5 });
  });

  it("takes every width of an integer, also a wider one than needed", () => {
    const one = sample("I", { x: int() });
    for (const hex of ["05", "cc05", "cd0005", "ce00000005", "cf0000000000000005", "d005", "d10005", "d200000005"]) {
      expect(one.decode(fromHex(`81a178${hex}`))).toEqual({ x: 5 });
      expect(sample("I", { x: int64() }).decode(fromHex(`81a178${hex}`))).toEqual({ x: 5n });
    }
  });

  it("gives an absent optional field as an own undefined", () => {
    const read = type.decode(type.encode({ n: 1, f: 2, l: [] }));
    expect(Object.keys(read)).toEqual(["n", "f", "o", "l"]);
    expect(read.o).toBeUndefined();
    expect(type.decode(reference({ n: 1, f: 2, l: [] })).o).toBeUndefined();
  });

  it("lists all that is missing, extra and mistyped together", () => {
    expect(error(reference({ n: "1", more: 1, o: 5, l: { a: 1 } }))).toMatchObject({
      code: "SCHEMA_MISMATCH",
      message:
        "sample does not fit its type; type=A; missing=f; extra=more; " +
        "mistyped=n (want int, got str), o (want str?, got int), l (want list of int64, got dict)",
    });
  });

  it.each([
    ["n", 1.5, "n (want int, got float)"],
    ["n", null, "n (want int, got nil)"],
    ["n", true, "n (want int, got bool)"],
    ["f", "x", "f (want float, got str)"],
    ["o", new Uint8Array(1), "o (want str?, got bytes)"],
    ["l", ["x"], "l (want list of int64, got list)"],
    ["l", null, "l (want list of int64, got nil)"],
  ])("says what is wrong with %s = %j", (name, wrong, message) => {
    expect(error(reference({ n: 1, f: 2, o: "x", l: [3], [name]: wrong }))).toMatchObject({
      code: "SCHEMA_MISMATCH",
      message: expect.stringContaining(message),
    });
  });

  it("says what an array is that does not fit, and what bytes are that are none", () => {
    const arrays = sample("A", { x: ndarray("uint8", [2]) });
    const other = sample("A", { x: ndarray() });
    const wrong = other.encode({ x: { data: new Float32Array(3), shape: [3], dtype: "float32" } });
    expect(() => arrays.decode(wrong)).toThrow("x (want ndarray uint8 2, got ndarray float32 3)");
    expect(() => arrays.decode(reference({ x: new Uint8Array(3) }))).toThrow(
      expect.objectContaining({ code: "NDARRAY_INVALID", fields: expect.objectContaining({ field: "x" }) }),
    );
    expect(() => arrays.decode(reference({ x: 1 }))).toThrow("x (want ndarray uint8 2, got int)");
  });

  it("drops extra fields when asked to", () => {
    const payload = reference({ more: { deep: [1] }, n: 1, f: 2, o: "x", l: [3] });
    expect(() => type.decode(payload)).toThrow('extra=more; try: extra: "ignore" drops extra fields');
    expect(type.decode(payload, { extra: "ignore" })).toEqual(value);
  });

  it("names the field of an integer that is too large", () => {
    for (const wide of [2n ** 53n, 2n ** 64n - 1n, -(2n ** 63n)]) {
      const payload = reference({ n: wide, f: 2, o: "x", l: [3] }, { useBigInt64: true });
      expect(error(payload)).toMatchObject({
        code: "INTEGER_TOO_LARGE",
        fields: { field: "n", value: String(wide) },
        hint: "declare the field as int64()",
      });
    }
  });

  it.each([
    ["a field twice", "82a16e01a16e02", "a field is there twice; field=n; offset=6"],
    ["bytes behind the sample", "80c0", "bytes follow the sample; offset=1"],
    ["no bytes", "", "payload is not a map of fields but nothing; offset=0; try: is this a shard of A samples?"],
    ["a list", "90", "payload is not a map of fields but list"],
    ["a text", "a178", "payload is not a map of fields but str"],
    ["a map that is cut off", "81a16ecd01", "payload ends in the middle of a value; offset=3"],
    ["an extension type", "81a16ed40100", "extension types are not allowed"],
    ["the byte that is never used", "81a16ec1", "byte c1 is never used"],
    ["a list longer than the payload", "81a16cddffffffff", "a container is longer than the payload"],
    ["a map longer than the payload", "dfffffffff", "a container is longer than the payload"],
    ["text that is not UTF-8 for a name", "81a1ff01", "text is not UTF-8"],
  ])("refuses %s", (_, hex, message) => {
    expect(error(fromHex(hex))).toMatchObject({ code: "MSGPACK_INVALID", message: expect.stringContaining(message) });
  });

  it("names fields whose name is no text", () => {
    expect(error(fromHex("820101c000"))).toMatchObject({ code: "SCHEMA_MISMATCH", fields: { extra: ["1", "nil"] } });
  });

  it("refuses text that is not UTF-8, with the field", () => {
    expect(() => sample("A", { x: str() }).decode(fromHex("81a178a2c328"))).toThrow("x (want str, got str)");
  });

  it("refuses values that nest without end", () => {
    const any = sample("A", { x: dict() });
    const bomb = fromHex(`81a178${"81a161".repeat(5000)}c0`);
    expect(() => any.decode(bomb)).toThrow(
      expect.objectContaining({ code: "MSGPACK_INVALID", message: expect.stringContaining("nest deeper than 1024") }),
    );
    expect(() => decodeDynamic(fromHex(`${"91".repeat(100_000)}c0`))).toThrow("values nest deeper than 1024");
  });

  it("makes __proto__ an own property of a dict and never a prototype", () => {
    const payload = fromHex("81a17881a95f5f70726f746f5f5f81a16101");
    for (const x of [dict(), dict(dict(int()))]) {
      const read = sample("A", { x }).decode(payload).x;
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      expect(Object.entries(read)).toEqual([["__proto__", { a: 1 }]]);
    }
    const extra = fromHex("82a95f5f70726f746f5f5f81a16101a17880");
    expect(sample("A", { x: dict() }).decode(extra, { extra: "ignore" })).toEqual({ x: {} });
  });

  it("reads from the middle of memory without looking past the end", () => {
    const payload = type.encode(value);
    const memory = new Uint8Array(payload.length * 3).fill(0x01);
    memory.set(payload, 5);
    const cursor = new Cursor("copy");
    cursor.attach(memory);
    for (let end = 5; end <= 5 + payload.length; end++) {
      cursor.pos = 5;
      cursor.end = end;
      const read = (): unknown => type.codec.read(cursor);
      if (end === 5 + payload.length) expect(read()).toEqual(value);
      else expect(read).toThrow(expect.objectContaining({ code: "MSGPACK_INVALID" }));
    }
  });
});

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
    expect(type.encode({ ...value, none: undefined } as typeof value)).toEqual(type.encode(value));
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

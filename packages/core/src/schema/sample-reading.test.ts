import { encode as reference } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../tests/arrays.ts";
import { Cursor } from "../codec/cursor.ts";
import { decodeDynamic } from "../codec/dynamic.ts";
import { dict, list, optional } from "./container-fields.ts";
import { ndarray } from "./ndarray-field.ts";
import { sample } from "./sample.ts";
import { bytes, float, int, int64, str } from "./scalar-fields.ts";

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

  it.each([100, 20_000])("copies %i bytes out of a subclass of Uint8Array whose methods do not copy", (length) => {
    class Sharing extends Uint8Array {
      override slice(from?: number, to?: number): Uint8Array<ArrayBuffer> {
        return this.subarray(from, to) as Uint8Array<ArrayBuffer>;
      }
    }
    const Both = sample("Both", { array: ndarray("uint8"), raw: bytes() });
    const data = new Uint8Array(length).fill(7);
    const payload = new Sharing(Both.encode({ array: { data, shape: [length], dtype: "uint8" }, raw: data }));
    const { array, raw } = Both.decode(payload);
    payload.fill(0);
    expect([array.data, raw]).toEqual([data, data]);
    expect([array.data.constructor, raw.constructor]).toEqual([Uint8Array, Uint8Array]);
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

import {
  AtdataError,
  bool,
  bytes,
  dict,
  encodeDynamic,
  encodeNpy,
  encodeStructured,
  float,
  int,
  int64,
  isAtdataError,
  list,
  type Member,
  ndarray,
  optional,
  sample,
  str,
  structured,
  structuredFrom,
} from "@atdata/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../tests/archive.ts";
import { decodeMembers } from "./decode-members.ts";

const array = { data: Float32Array.of(1, 2, 3), shape: [3], dtype: "float32" } as const;

function files(contents: Readonly<Record<string, string | Uint8Array>>): Member[] {
  return Object.entries(contents).map(([extension, content]) => ({ extension, bytes: bytesOf(content) }));
}

const untyped = (contents: Readonly<Record<string, string | Uint8Array>>) =>
  decodeMembers(files(contents), undefined, {});

describe("without a type", () => {
  test.each([
    ["txt", "grüße\n", "grüße\n"],
    ["text", "\ufeffa", "\ufeffa"],
    ["transcript", "", ""],
    ["cls", " 7\n", 7],
    ["cls2", "-1", -1],
    ["class", "+3", 3],
    ["count", "-0", 0],
    ["index", "9007199254740993", 9007199254740993n],
    ["inx", "0012", 12],
    ["id", "0", 0],
    ["json", '{"a":[1,2.5,null,"é"]}', { a: [1, 2.5, null, "é"] }],
    ["jsn", "\ufeff[]", []],
    ["seg.json", "1", 1],
    ["npy", encodeNpy(array), array],
    ["mp", encodeDynamic({ a: [1] }), { a: [1] }],
    ["msg", encodeDynamic("x"), "x"],
    ["b.msgpack", encodeDynamic(null), null],
  ])("%s is decoded by its last part", (extension, content, want) => {
    expect(untyped({ [extension]: content })).toEqual({ [extension]: want });
  });

  test.each(["jpg", "png", "seg.png", "json.gz", "pyd", "pickle", "pth", "npz", "", "unknown"])(
    "%j stays bytes",
    (extension) => {
      const content = Uint8Array.of(0x80, 1, 2);
      expect(untyped({ [extension]: content })).toEqual({ [extension]: content });
    },
  );

  test("an .npy file of records is a structured array", () => {
    const records = structuredFrom({ x: array });
    expect(untyped({ npy: encodeStructured(records) })).toEqual({ npy: records });
  });

  test("files are renamed by the map, others keep their extension", () => {
    expect(
      decodeMembers(files({ cls: "1", jpg: "x", "seg.png": "y" }), undefined, { label: "CLS", mask: "seg.png" }),
    ).toEqual({
      label: 1,
      jpg: bytesOf("x"),
      mask: bytesOf("y"),
    });
  });

  test("nothing sets a prototype", () => {
    const got = untyped(JSON.parse('{"__proto__":"x","json":"{\\"__proto__\\":{\\"polluted\\":1}}"}'));
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    expect(Object.keys(got)).toEqual(["__proto__", "json"]);
    expect(Object.getPrototypeOf(got.json)).toBe(Object.prototype);
    expect("polluted" in (got.json as object)).toBe(false);
  });

  test.each([
    ["txt", Uint8Array.of(0xff), /.*/],
    ["cls", "seven", /"seven" is no whole number/],
    ["cls", "1.5", /"1.5" is no whole number/],
    ["cls", "", /"" is no whole number/],
    ["cls", "9".repeat(100), /"9{40}…" is no whole number/],
    ["json", "{", /JSON/],
    ["json", "NaN", /JSON/],
    ["json", "[".repeat(100_000) + "]".repeat(100_000), /nest/],
    ["json", '"\\ud800"', /surrogate/],
    ["npy", "\x93NUMPY", /.*/],
    ["mp", Uint8Array.of(0xc1), /.*/],
    ["mp", Uint8Array.of(0x91), /.*/],
  ])("%s of bad content is MEMBER_INVALID and names the file: %#", (extension, content, message) => {
    const error = caught(() => untyped({ [extension]: content }));
    expect(isAtdataError(error, "MEMBER_INVALID") && error.fields).toEqual({ member: extension });
    expect((error as Error).message).toMatch(message);
    expect(error).toHaveProperty("cause");
  });

  test("any bytes give a value or MEMBER_INVALID", () => {
    const extension = fc.constantFrom("txt", "cls", "json", "npy", "mp", "a.msg", "jpg");
    const magic = fc.constantFrom("", "\x93NUMPY\x01\x00", "{", "[[", "-");
    fc.assert(
      fc.property(extension, magic, fc.uint8Array(), (extension, magic, rest) => {
        try {
          untyped({ [extension]: Buffer.concat([Buffer.from(magic, "latin1"), rest]) });
        } catch (error) {
          if (!isAtdataError(error, "MEMBER_INVALID")) throw error;
        }
      }),
      { numRuns: Number(process.env.ATDATA_FUZZ ?? 2000) },
    );
  });
});

describe("with a type", () => {
  test("a field is the file whose extension is its name, and the type says how it is decoded", () => {
    const type = sample("All", {
      jpg: bytes(),
      json: str(),
      cls: int(),
      index: int64(),
      score: float(),
      npy: ndarray("float32", [3]),
      txt: str(),
      mp: dict(),
      jsn: list(int()),
    });
    const contents = {
      ...{ jpg: "j", json: '{"a":1}', cls: "7", index: "7", score: "-1.5e3", npy: encodeNpy(array), txt: "t" },
      ...{ mp: encodeDynamic({ a: 1 }), jsn: "[1,2]" },
    };
    expect(decodeMembers(files(contents), type, {})).toEqual({
      ...{ jpg: bytesOf("j"), json: '{"a":1}', cls: 7, index: 7n, score: -1500, npy: array, txt: "t" },
      ...{ mp: { a: 1 }, jsn: [1, 2] },
    });
  });

  test("a field may be any file that the map names", () => {
    const type = sample("Pair", { image: bytes(), mask: bytes(), label: int() });
    const map = { image: "jpg", mask: "Seg.PNG", label: "cls" };
    expect(decodeMembers(files({ jpg: "1", "seg.png": "2", cls: "3" }), type, map)).toEqual({
      image: bytesOf("1"),
      mask: bytesOf("2"),
      label: 3,
    });
  });

  test("the type decides over the extension", () => {
    const json = '{"a":1}';
    expect(decodeMembers(files({ json }), sample("B", { json: bytes() }), {})).toEqual({ json: bytesOf(json) });
    expect(decodeMembers(files({ npy: encodeNpy(array) }), sample("B", { npy: bytes() }), {})).toEqual({
      npy: encodeNpy(array),
    });
    expect(decodeMembers(files({ cls: "7" }), sample("S", { cls: str() }), {})).toEqual({ cls: "7" });
    expect(decodeMembers(files({ cls: "7" }), sample("F", { cls: float() }), {})).toEqual({ cls: 7 });
    expect(decodeMembers(files({ raw: encodeNpy(array) }), sample("A", { raw: ndarray() }), {})).toEqual({
      raw: array,
    });
    expect(decodeMembers(files({ json: "5" }), sample("I", { json: int64() }), {})).toEqual({ json: 5n });
    expect(decodeMembers(files({ json: "true" }), sample("L", { json: bool() }), {})).toEqual({ json: true });
    expect(decodeMembers(files({ mp: encodeDynamic("s") }), sample("M", { mp: str() }), {})).toEqual({ mp: "s" });
  });

  test.each([
    ["nan", Number.NaN],
    ["-inf", -Infinity],
    ["Infinity", Infinity],
    [" .5 ", 0.5],
    ["5.", 5],
  ])("a float field reads %j", (content, want) => {
    expect(decodeMembers(files({ x: content }), sample("F", { x: float() }), {})).toEqual({ x: want });
  });

  test("arrays of records go to structured fields", () => {
    const records = structuredFrom({ x: array });
    const type = sample("R", { npy: structured() });
    expect(decodeMembers(files({ npy: encodeStructured(records) }), type, {})).toEqual({ npy: records });
  });

  test("optional fields may have no file, and files may have no field", () => {
    const type = sample("O", { cls: int(), txt: optional(str()) });
    const got = decodeMembers(files({ cls: "1", json: "not json" }), type, {});
    expect(type.is(got)).toBe(true);
    expect(got).toEqual({ cls: 1 });
  });

  test("a field without a file is SCHEMA_MISMATCH; the hint names the files that there are", () => {
    const type = sample("Pair", { image: bytes(), cls: int() });
    const error = caught(() => decodeMembers(files({ jpg: "1", cls: "3" }), type, {}));
    expect(isAtdataError(error, "SCHEMA_MISMATCH") && error.fields.missing).toEqual(["image"]);
    expect(error).toHaveProperty(
      "hint",
      'the sample has the files jpg, cls; wds({ members: { image: "…" } }) says which one a field is',
    );
  });

  test.each([
    [sample("A", { npy: ndarray("int8") }), { npy: encodeNpy(array) }, "SCHEMA_MISMATCH"],
    [sample("A", { json: list(str()) }), { json: "[1]" }, "SCHEMA_MISMATCH"],
    [sample("A", { jpg: list(str()) }), { jpg: "[1]" }, "SCHEMA_MISMATCH"],
    [sample("A", { cls: int() }), { cls: "x" }, "MEMBER_INVALID"],
    [sample("A", { cls: float() }), { cls: "0x10" }, "MEMBER_INVALID"],
    [sample("A", { cls: int() }), { cls: "9007199254740993" }, "INTEGER_TOO_LARGE"],
    [sample("A", { cls: int64() }), { cls: "9".repeat(30) }, "INTEGER_TOO_LARGE"],
  ])("a file that does not fit its field is an error of the sample: %#", (type, contents, code) => {
    expect(caught(() => decodeMembers(files(contents as Record<string, string>), type, {}))).toHaveProperty(
      "code",
      code,
    );
  });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new AtdataError("UNSUPPORTED", "nothing was thrown", { operation: "test" });
}

import { describe, expect, it } from "vitest";
import { ByteWriter } from "../codec/byte-writer.ts";
import { Cursor } from "../codec/cursor.ts";
import { encodeDynamic } from "../codec/dynamic.ts";
import { rawCodec } from "./raw.ts";
import type { RawSample } from "./sample-type.ts";

describe("rawCodec", () => {
  it("reads what it wrote", () => {
    const value = { a: 1, b: -2.5, c: "ü", d: Uint8Array.of(1, 2), e: [1, null, { f: true }], g: 2n ** 63n, h: null };
    expect(read(write(value))).toEqual(value);
  });

  it("writes n-d arrays as their bytes and undefined as nil", () => {
    const payload = write({ x: { data: Int8Array.of(7), shape: [1], dtype: "int8" }, y: undefined });
    const x = Uint8Array.of(3, 0x7c, 0x69, 0x31, 1, 1, 0, 0, 0, 0, 0, 0, 0, 7);
    expect(read(payload)).toEqual({ x, y: null });
  });

  it("says what a payload is when it is no map", () => {
    expect(() => read(encodeDynamic([1]))).toThrow("payload is not a map of fields but list; offset=0");
    expect(() => read(new Uint8Array(0))).toThrow("payload is not a map of fields but nothing");
    expect(() => read(Uint8Array.of(0x80, 0xc0))).toThrow("bytes follow the sample; offset=1");
    expect(() => read(Uint8Array.of(0x81))).toThrow(expect.objectContaining({ code: "MSGPACK_INVALID" }));
  });

  it("names the field that cannot be written and leaves nothing behind", () => {
    const out = new ByteWriter();
    expect(() => rawCodec.write(out, { a: 1, when: new Date() })).toThrow(
      "when (want a value that msgpack has, got Date)",
    );
    expect(out.length).toBe(0);
    expect(() => write({ n: 2n ** 64n })).toThrow(expect.objectContaining({ code: "INTEGER_TOO_LARGE" }));
    expect(() => write({ n: "\ud800" })).toThrow(expect.objectContaining({ code: "SCHEMA_MISMATCH" }));
    expect(() => write([] as never)).toThrow("sample (want a sample, got list (0))");
  });
});

function write(value: RawSample): Uint8Array {
  const out = new ByteWriter();
  rawCodec.write(out, value);
  return out.toBytes();
}

function read(payload: Uint8Array): RawSample {
  const cursor = new Cursor("copy");
  cursor.attach(payload);
  cursor.end = payload.length;
  return rawCodec.read(cursor);
}

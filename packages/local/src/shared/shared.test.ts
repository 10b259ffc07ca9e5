import { encodeDynamic } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { packEntry, unpackEntry } from "./packed-entry.ts";
import { bareError, serverName } from "./server-name.ts";

const place = { index: "test", key: "k" };
const entry = { name: "n", schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a/b.tar"] };

describe("packEntry", () => {
  it("keeps what metadata can hold: bytes, numbers of both kinds, text", () => {
    const metadata = {
      nan: Number.NaN,
      big: 2 ** 53 - 1,
      small: -(2 ** 53 - 1),
      bytes: Uint8Array.of(0, 255),
      π: ["é", null, -0, 0.5],
    };
    const packed = packEntry({ ...entry, metadata });
    expect(unpackEntry(packed, undefined, place)).toEqual({ ...entry, id: packed.id, metadata, createdAt: undefined });
  });

  it("writes urls as a msgpack array of strings", () => {
    expect(Buffer.from(packEntry(entry).dataUrls).toString("hex")).toBe("91a82f612f622e746172");
  });
});

describe("unpackEntry", () => {
  const packed = packEntry(entry);

  it("takes nil for no metadata", () => {
    expect(unpackEntry({ ...packed, metadata: Uint8Array.of(0xc0) }, undefined, place).metadata).toBeUndefined();
  });

  it.each([
    ["data_urls is no list of strings", { dataUrls: encodeDynamic("/a.tar") }],
    ["data_urls is no list of strings", { dataUrls: encodeDynamic([1]) }],
    ["data_urls is not msgpack", { dataUrls: Uint8Array.of(0xc1) }],
    ["metadata is no map", { metadata: encodeDynamic([1]) }],
    ["metadata is no map", { metadata: encodeDynamic(Uint8Array.of(1)) }],
    ["metadata is not msgpack", { metadata: Uint8Array.of(0x81) }],
  ])("says that %s, and where", (clause, wrong) => {
    expect(() => unpackEntry({ ...packed, ...wrong }, undefined, place)).toThrow(`${clause}; index=test; key=k`);
  });
});

describe("toJsonText", () => {
  it("writes ASCII alone, which reads back the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = toJsonText(value);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect(fromJsonText(text, place)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(toJsonText({ name: "é🙂" })).toBe('{"name":"\\u00e9\\ud83d\\ude42"}');
  });

  it("refuses what has no JSON form", () => {
    expect(() => toJsonText(undefined)).toThrow(TypeError);
  });
});

describe("serverName", () => {
  it.each([
    ["redis://user:secret@db.example:6380/1", "redis://db.example:6380"],
    ["postgres://user:sec/ret@db.example/x", "postgres"],
    ["postgres://user:12/secret@db.example/x", "postgres"],
    ["postgres://user:12/secret%40db.example/x", "postgres"],
    ["not a url, secret", "postgres"],
    ["postgres://db.example/x?password=secret", "postgres://db.example"],
  ])("never shows the secret of %s", (url, name) => {
    expect(serverName("postgres", url)).toBe(name);
  });

  it("drops what clients hang onto their errors", () => {
    const error = Object.assign(new Error("WRONGPASS"), { command: { name: "auth", args: ["secret"] } });
    expect(JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(bareError(error))))).not.toContain("secret");
    expect(bareError(error).message).toBe("WRONGPASS");
  });
});

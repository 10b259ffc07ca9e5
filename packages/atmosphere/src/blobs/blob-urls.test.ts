import { isValidRecordKey } from "@atproto/syntax";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileKey, fileName, fileUrl, parseBlobUrl } from "./blob-urls.ts";

const did = "did:plc:abcdefghijklmnopqrstuvwx";

describe("names of files in a repository", () => {
  it("make legal keys of records, from which they come back", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(name, (text) => {
        fc.pre(!/^\.{1,2}$/.test(text));
        const key = fileKey(text);
        expect(isValidRecordKey(key)).toBe(true);
        expect(fileName(key)).toBe(text);
      }),
      { examples: [["a~b.tar"], ["~7e"], ["ü ö/%41.tar"], ["100%"]] },
    );
    expect(fileKey("d-000000.manifest.json")).toBe("d-000000.manifest.json");
    expect(fileKey("a b~.tar")).toBe("a~20b~7e.tar");
  });

  it("are told apart from keys that no name has", () => {
    for (const key of ["~41", "a~2", "~zz", "~ff", "a~7E"]) expect(fileName(key)).toBeUndefined();
  });

  it("must have a length that a key may have", () => {
    for (const name of ["", "x".repeat(513), "ü".repeat(100)]) expect(() => fileKey(name)).toThrow(TypeError);
  });
});

describe("urls of files and blobs", () => {
  it("are taken apart", () => {
    expect(parseBlobUrl(fileUrl(did, "a b.tar"))).toEqual({ authority: did, kind: "file", name: "a b.tar" });
    expect(parseBlobUrl(`at://${did}/science.alt.dataset.file`)).toMatchObject({ kind: "file", name: "" });
    expect(parseBlobUrl(`at://${did}/science.alt.dataset.file/`)).toMatchObject({ kind: "file", name: "" });
    expect(parseBlobUrl("at://alice.test/blob/x.manifest.json")).toEqual({
      authority: "alice.test",
      kind: "blob",
      name: "x.manifest.json",
    });
  });

  it("are refused where they are of records, or not urls at all", () => {
    const others = [`at://${did}`, `at://${did}/blob`, `at://${did}/science.alt.dataset.entry/3k`, "at:///blob/x", "x"];
    for (const url of [...others, `at://${did}/blob/x/y`, `https://x/blob/y`]) {
      expect(() => parseBlobUrl(url)).toThrow(expect.objectContaining({ code: "REF_INVALID" }));
    }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { formatRef, parseRef, type Ref } from "./ref.ts";

const CID = "bafkreifo4ccqom4fdklmsq56lkcjbsjxwirl7lqqlii5q432pnel4kxhxe";
const named = (repo: string, name: string, rest: object = {}): Ref => ({ kind: "named", repo, name, ...rest });
const schema = (repo: string, name: string, version?: string): Ref =>
  named(repo, name, { type: "schema", ...(version !== undefined && { version }) });

describe("parseRef", () => {
  it.each<[string, Ref]>([
    ["@local/mnist", named("local", "mnist")],
    ["@local/mnist@1.0.2", named("local", "mnist", { version: "1.0.2" })],
    ["@local/mnist@1.0", named("local", "mnist", { version: "1.0" })],
    ["@team/vision/mnist/train@2.0.0", named("team", "vision/mnist/train", { version: "2.0.0" })],
    ["@local/a@b@1.0.0", named("local", "a@b", { version: "1.0.0" })],
    ["@local/50%41 & more", named("local", "50%41 & more")],
    ["@alice.example.org/mnist", named("alice.example.org", "mnist")],
    ["@did:plc:abc123/Digit@1.0.0", named("did:plc:abc123", "Digit", { version: "1.0.0" })],
    ["@did:web:localhost%3A3000/d", named("did:web:localhost%3A3000", "d")],
    ["atdata://local/schema/Digit@1.0.0", schema("local", "Digit", "1.0.0")],
    ["atdata://local/sampleSchema/Digit@1.2", schema("local", "Digit", "1.2")],
    ["atdata://did:plc:abc123/schema/Digit", schema("did:plc:abc123", "Digit")],
    ["atdata://local/schema/my.module.Digit@1.0.0", schema("local", "Digit", "1.0.0")],
    ["atdata://local/schema/Größe@1.0.0", schema("local", "Größe", "1.0.0")],
    ["atdata://local/lens/to.thumb@1.0.0", named("local", "to.thumb", { type: "lens", version: "1.0.0" })],
    ["atdata://local/dataset/a/b@1.0.0", named("local", "a/b", { type: "dataset", version: "1.0.0" })],
    ["atdata://local/dataset/a%40b%3F", named("local", "a@b?", { type: "dataset" })],
    ["ATDATA://local/dataset/a", named("local", "a", { type: "dataset" })],
    ["local://schemas/my.module.Digit@1.0.0", schema("local", "Digit", "1.0.0")],
    ["local://schemas/Digit@1.0.0", schema("local", "Digit", "1.0.0")],
    [
      "at://did:plc:abc123/science.alt.dataset.entry/3k2a",
      { kind: "record", authority: "did:plc:abc123", collection: "science.alt.dataset.entry", rkey: "3k2a" },
    ],
    [
      "at://Alice.Example.org/science.alt.dataset.schema/Digit:1.0.0",
      { kind: "record", authority: "alice.example.org", collection: "science.alt.dataset.schema", rkey: "Digit:1.0.0" },
    ],
    [
      "at://did:plc:abc123/science.alt.dataset.schema/digit@1.0.0",
      { kind: "record", authority: "did:plc:abc123", collection: "science.alt.dataset.schema", rkey: "digit@1.0.0" },
    ],
    [`at://did:plc:abc123/blob/${CID}`, { kind: "files", files: `at://did:plc:abc123/blob/${CID}` }],
    ["data/mnist-*.tar", { kind: "files", files: "data/mnist-*.tar" }],
    ["C:\\data\\@x.tar", { kind: "files", files: "C:\\data\\@x.tar" }],
    ["./@local/x", { kind: "files", files: "./@local/x" }],
    ["https://example.org/@a/b.tar?c=d#e", { kind: "files", files: "https://example.org/@a/b.tar?c=d#e" }],
    ["s3://bucket/key", { kind: "files", files: "s3://bucket/key" }],
    ["{train,test}-{00..03}.tar", { kind: "files", files: "{train,test}-{00..03}.tar" }],
  ])("reads %s", (text, want) => {
    expect(parseRef(text)).toEqual(want);
    const canonical = formatRef(want);
    expect(parseRef(canonical)).toEqual(want);
    expect(formatRef(parseRef(canonical))).toBe(canonical);
  });

  it.each<[string, string]>([
    ["", "a reference is empty"],
    ["@", "no name behind the repository"],
    ["@local", "no name behind the repository"],
    ["@/name", "the repository is empty"],
    ["@local/", "the name, or a part of it, is empty"],
    ["@local/@1.0.0", "the name, or a part of it, is empty"],
    ["@local/a//b", "the name, or a part of it, is empty"],
    ["@local/a@", "what follows the last @ is no version"],
    ["@local/a@1", "what follows the last @ is no version"],
    ["@local/a@1.0.0-rc1", "what follows the last @ is no version"],
    ["@local/a@01.0.0", "what follows the last @ is no version"],
    ["@local/a@latest", "what follows the last @ is no version"],
    ["@lo cal/a", "the repository is no name, handle or DID"],
    ["@local/a\nb", "the name has a control character"],
    ["atdata://local/schema/a%0Ab", "the name has a control character"],
    ["atdata://", "the type is none of schema, lens and dataset"],
    ["atdata://local/schema", "the type is none of schema, lens and dataset"],
    ["atdata://local/table/x@1.0.0", "the type is none of schema, lens and dataset"],
    ["atdata://local/schema/@1.0.0", "the name, or a part of it, is empty"],
    ["atdata://local/schema/module.@1.0.0", "the name, or a part of it, is empty"],
    ["atdata://me:secret@local/schema/X@1.0.0", "the repository is no name, handle or DID"],
    ["atdata://local/dataset/a?b=c", "a query or fragment has no meaning here"],
    ["atdata://local/dataset/a%4", "the name has a % that escapes nothing"],
    ["local://other/X@1.0.0", "not of the form local://schemas/module.Class@version"],
    ["at://did:plc:abc123", "not of the form at://authority/collection/rkey"],
    ["at://did:plc:abc123/a.b.c/d/e", "not of the form at://authority/collection/rkey"],
    ["at://did:plc:abc123/a.b.c/..", "the record key is not valid"],
    ["at://did:plc:abc123/a.b.c/", "the record key is not valid"],
    ["at://did:plc:abc123/entry/x", "the collection is no NSID such as a.b.c"],
    ["at://localhost/a.b.c/x", "the authority is no DID and no handle"],
    [`at://alice.example.org/blob/${CID}`, "a blob is named by the DID of its account and its CID"],
    ["at://did:plc:abc123/blob/../x", "not of the form at://authority/collection/rkey"],
  ])("refuses %j: %s", (text, clause) => {
    let error: unknown;
    try {
      parseRef(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(isAtdataError(error, "REF_INVALID") && error.clause).toBe(clause);
    expect(String(error)).not.toContain("secret");
  });

  it("reads what it writes, and throws nothing but its own errors, for any text", () => {
    const pieces = [
      "@",
      "/",
      "://",
      "atdata",
      "at",
      "local",
      "schema",
      "dataset",
      "lens",
      "1.0.0",
      "%40",
      ".",
      "did:plc:a1",
    ];
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 3 })))
        .map((all) => all.join("")),
      fc
        .tuple(fc.constantFrom("@l/", "atdata://l/schema/", "atdata://l/lens/", "at://a.bc/a.b.c/"), fc.string())
        .map((all) => all.join("")),
    );
    let read = 0;
    fc.assert(
      fc.property(text, (given) => {
        let ref: Ref;
        try {
          ref = parseRef(given);
        } catch (error) {
          expect(isAtdataError(error, "REF_INVALID")).toBe(true);
          return;
        }
        if (ref.kind !== "files") read++;
        expect(parseRef(formatRef(ref))).toEqual(ref);
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});

describe("formatRef", () => {
  it("escapes only what would be misread", () => {
    expect(formatRef(named("local", "a@b %?#.c/d", { type: "dataset" }))).toBe(
      "atdata://local/dataset/a%40b%20%25%3F%23.c/d",
    );
    expect(formatRef(schema("local", "a.B", "1.0.0"))).toBe("atdata://local/schema/a%2EB@1.0.0");
    expect(formatRef(parseRef("local://schemas/m.Digit@1.0.0"))).toBe("atdata://local/schema/Digit@1.0.0");
  });

  it.each<[Ref]>([
    [named("local", "a@1.0.0")],
    [named("local", "")],
    [named("local", "a", { version: "1" })],
    [named("lo/cal", "a")],
    [{ kind: "files", files: "@x/y" }],
    [{ kind: "files", files: "" }],
    [{ kind: "record", authority: "did:plc:a", collection: "blob", rkey: CID }],
  ])("refuses %j, for which no text stands", (ref) => {
    expect(() => formatRef(ref)).toThrow(expect.objectContaining({ code: "REF_INVALID" }));
  });
});

import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { memorySource } from "../sources/memory-source.ts";
import { joinRef, listShards, ownPath, sharedParts } from "./list-shards.ts";

describe("ownPath", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["x.tar", ["/srv/dev/x.tar"], ["x.tar"]],
    ["./x.tar", ["/srv/dev/x.tar"], ["x.tar"]],
    [".", ["/srv/dev/x.tar"], ["x.tar"]],
    ["data", ["/srv/dev/data/x.tar"], ["data/x.tar"]],
    ["data/", ["/srv/dev/data/x.tar"], ["data/x.tar"]],
    ["data/*.tar", ["/srv/dev/data/x.tar"], ["data/x.tar"]],
    ["*/x-*.tar", ["/srv/dev/data/x-1.tar"], ["data/x-1.tar"]],
    ["../test/*.tar", ["/srv/dev/test/x.tar"], ["test/x.tar"]],
    ["..", ["/srv/dev/x.tar"], ["x.tar"]],
    ["data\\x.tar", ["C:\\dev\\data\\x.tar"], ["data/x.tar"]],
    ["**/*.tar", ["/srv/dev/train/a.tar", "/srv/dev/test/b/a.tar"], ["train/a.tar", "test/b/a.tar"]],
    ["data/**/*.tar", ["/dev/data/a.tar", "/dev/data/b/test/a.tar"], ["data/a.tar", "b/test/a.tar"]],
    ["**/test/*.tar", ["/srv/dev/a/test/x.tar"], ["test/x.tar"]],
    ["/srv/dev/*.tar", ["/srv/dev/x.tar"], ["/srv/dev/x.tar"]],
    ["file:///srv/dev/x.tar", ["/srv/dev/x.tar"], ["/srv/dev/x.tar"]],
    ["https://example.org/x.tar?a=/test/", ["https://example.org/x.tar?a=/test/"], ["https://example.org/x.tar"]],
  ])("of %s, found as %j, looks at %j", (ref, urls, paths) => {
    expect(urls.map((url) => ownPath(ref, url, sharedParts(urls)))).toEqual(paths);
  });
});

describe("listShards", () => {
  const source = memorySource({ "a-0.tar": new Uint8Array(), "a-1.tar": new Uint8Array(), "b.tar": new Uint8Array() });

  it("expands braces and globs, and names each file once", async () => {
    const refs = ["memory:{b,a-1}.tar", "memory:*.tar"];
    const urls = (await listShards([source], refs, undefined)).map(({ shard }) => shard.url);
    expect(urls).toEqual(["memory:b.tar", "memory:a-1.tar", "memory:a-0.tar"]);
  });

  it.each<[string[], string]>([
    [[], "NO_SHARDS"],
    [["memory:none-*"], "NO_SHARDS"],
    [["pipe:cat x"], "SCHEME_NOT_ALLOWED"],
    [["memory:{a"], "REF_INVALID"],
  ])("refuses %j with %s", async (refs, code) => {
    const error = await listShards([source], refs, undefined).catch((thrown: unknown) => thrown);
    expect(isAtdataError(error) && error.code).toBe(code);
  });
});

describe("joinRef", () => {
  it.each<[string, string, string]>([
    ["data", "a.tar", "data/a.tar"],
    ["data/", "a-*.tar", "data/a-*.tar"],
    [".", "a.tar", "a.tar"],
    ["https://example.org/data/", "a.tar", "https://example.org/data/a.tar"],
    ["data", "/a.tar", "/a.tar"],
    ["data", "C:\\a.tar", "C:\\a.tar"],
    ["data", "s3://bucket/a.tar", "s3://bucket/a.tar"],
    ["data", "@local/a", "@local/a"],
  ])("in %s takes %s for %s", (base, name, want) => {
    expect(joinRef(base, name)).toBe(want);
  });
});

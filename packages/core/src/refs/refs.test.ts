import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { memorySource } from "../sources/memory-source.ts";
import { expandBraces, joinBraces } from "./braces.ts";
import { globMatcher } from "./glob.ts";
import { redactUrl, schemeOf, sourceFor } from "./schemes.ts";

function code(run: () => unknown): string {
  try {
    run();
    return "no error";
  } catch (error) {
    return isAtdataError(error) ? error.code : String(error);
  }
}

describe("expandBraces", () => {
  it.each<[string, string[]]>([
    ["plain.tar", ["plain.tar"]],
    ["C:\\data\\a.tar", ["C:\\data\\a.tar"]],
    ["{a,b}", ["a", "b"]],
    ["x{0..3}y", ["x0y", "x1y", "x2y", "x3y"]],
    ["{08..10}", ["08", "09", "10"]],
    ["{1..010..3}", ["001", "004", "007", "010"]],
    ["{3..1}", ["3", "2", "1"]],
    ["{-1..1}", ["-1", "0", "1"]],
    ["{0..9..4}", ["0", "4", "8"]],
    ["{9..0..-4}", ["9", "5", "1"]],
    ["{a..e}", ["a", "b", "c", "d", "e"]],
    ["{e..a..2}", ["e", "c", "a"]],
    ["{Y..b}", ["Y", "Z", "a", "b"]],
    ["{a,b}{1,2}", ["a1", "a2", "b1", "b2"]],
    ["{a,b{1,2},c}", ["a", "b1", "b2", "c"]],
    ["{,x}", ["", "x"]],
    ["{x}", ["{x}"]],
    ["{}", ["{}"]],
    ["{a{b,c}}", ["{ab}", "{ac}"]],
    ["\\{a,b\\}", ["{a,b}"]],
    ["{a\\,b,c}", ["a,b", "c"]],
    ["{a..bc}", ["{a..bc}"]],
  ])("%s gives %j", (pattern, want) => {
    expect(expandBraces(pattern)).toEqual(want);
  });

  it("refuses braces that do not balance, and results or nesting beyond the limits, at once", () => {
    for (const bad of ["{a", "a}", "{a,{b}", "}{", `${"{".repeat(60)}a,b${"}".repeat(60)}`]) {
      expect(code(() => expandBraces(bad))).toBe("REF_INVALID");
    }
    expect(code(() => expandBraces("{0..999999999}"))).toBe("REF_INVALID");
    expect(code(() => expandBraces("{a,b}".repeat(40)))).toBe("REF_INVALID");
    expect(code(() => expandBraces("{0..10}", 10))).toBe("REF_INVALID");
    expect(expandBraces("{0..9}", 10)).toHaveLength(10);
  });
});

describe("joinBraces", () => {
  it.each<[string[], string]>([
    [["a.tar"], "a.tar"],
    [["d-000000.tar", "d-000001.tar"], "d-{000000..000001}.tar"],
    [["d-9.tar", "d-10.tar"], "d-{9..10}.tar"],
    [["d-1.tar", "d-10.tar"], "d-{1,10}.tar"],
    [["train.tar", "test.tar"], "t{rain,est}.tar"],
    [["a", "a"], "a{,}"],
    [["x", "y"], "{x,y}"],
  ])("%j gives %s", (urls, want) => {
    expect(joinBraces(urls)).toBe(want);
    expect(expandBraces(want)).toEqual(urls);
  });

  it("is undone by expandBraces, for any names", () => {
    const name = fc.oneof(fc.string({ unit: "grapheme" }), fc.stringMatching(/^[ab{},\\.0-2]{0,8}$/));
    fc.assert(
      fc.property(fc.array(name, { minLength: 2, maxLength: 5 }), (urls) => {
        expect(expandBraces(joinBraces(urls))).toEqual(urls);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("globMatcher", () => {
  it.each<[string, string, boolean]>([
    ["*.tar", "a.tar", true],
    ["*.tar", "x/a.tar", false],
    ["*.tar", ".a.tar", false],
    [".*", ".a", true],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["a?c", "a😀c", true],
    ["[a-c]1", "b1", true],
    ["[!a-c]1", "b1", false],
    ["[]]", "]", true],
    ["[", "[", true],
    ["a[*]b", "a*b", true],
    ["**/*.tar", "a.tar", true],
    ["**/*.tar", "x/y/a.tar", true],
    ["**/*.tar", ".x/a.tar", false],
    ["x/**", "x/y/z", true],
    ["x/**/z", "x/z", true],
    ["*a*b*c", "xxaxxbxxc", true],
    ["*a*b*c", "xxaxxbxx", false],
    ["a.b", "axb", false],
  ])("%s on %s is %s", (pattern, path, want) => {
    expect(globMatcher(pattern)(path)).toBe(want);
  });

  it("takes no exponential time on patterns with many stars", () => {
    expect(globMatcher(`${"*a".repeat(60)}b`)("a".repeat(2000))).toBe(false);
  });
});

describe("schemes", () => {
  it.each<[string, string]>([
    ["a/b.tar", "file"],
    ["C:\\a.tar", "file"],
    ["c:/a.tar", "file"],
    ["FILE:///a.tar", "file"],
    ["https://x/a", "https"],
    ["at://did/x", "at"],
  ])("%s is %s", (url, want) => {
    expect(schemeOf(url)).toBe(want);
  });

  it("picks the source of a scheme, or names those that are allowed without showing secrets", () => {
    const memory = memorySource({});
    expect(sourceFor([memory], "memory:a")).toBe(memory);
    expect(() => sourceFor([memory], "gs://u:secret@x/a?token=secret")).toThrow(
      "no source reads urls of this scheme; url=gs://x/a?token=…; scheme=gs; try: one of memory",
    );
  });

  it("shows no secret of a url whose braces are wrong", () => {
    expect(() => expandBraces("https://u:secret@h/{a?sig=secret")).toThrow("ref=https://h/{a?sig=…; try");
  });

  it("takes secrets out of urls and leaves paths alone", () => {
    expect(redactUrl("https://u:p@h:1/a?X-Sig=1&b=2&c#frag")).toBe("https://h:1/a?X-Sig=…&b=…&c");
    expect(redactUrl("https://h/a@b?")).toBe("https://h/a@b?");
    for (const plain of ["https://h:80/a@b", "http://[::1]:80/a@b", "atdata://did:plc:x/dataset/d@1.0.0"]) {
      expect(redactUrl(plain)).toBe(plain);
    }
    // Keys of S3 often have a slash, and people write them where a password goes.
    expect(redactUrl("s3://AKIA:ab/c:d/e@bucket/key")).toBe("s3://bucket/key");
    expect(redactUrl("/data/a?b=c@d")).toBe("/data/a?b=c@d");
  });
});

import { describe, expect, it } from "vitest";
import { baseName, resolveBeside } from "./relative-url.ts";

describe("resolveBeside", () => {
  it.each([
    ["/data/digits.dataset.json", "a.tar", "/data/a.tar"],
    ["digits.dataset.json", "a.tar", "a.tar"],
    ["out/digits.dataset.json", "sub/a.tar", "out/sub/a.tar"],
    ["C:\\data\\digits.dataset.json", "a.tar", "C:\\data\\a.tar"],
    ["https://example.org/d/digits.dataset.json", "a b.tar", "https://example.org/d/a%20b.tar"],
    ["https://example.org/d/x.dataset.json?sig=1/2", "a.tar", "https://example.org/d/a.tar?sig=1/2"],
    ["https://example.org/d/x.dataset.json", "https://other.example/a.tar", "https://other.example/a.tar"],
    ["memory:/x.dataset.json", "a.tar", "memory:/a.tar"],
  ])("finds what %s calls %s", (base, name, url) => {
    expect(resolveBeside(base, name)).toBe(url);
  });

  it.each([
    ["/data/x.dataset.json", "../secret.tar"],
    ["/data/x.dataset.json", "/etc/passwd"],
    ["/data/x.dataset.json", "a/../../b"],
    ["/data/x.dataset.json", "..\\b"],
    ["/data/x.dataset.json", "file:///etc/passwd"],
    ["/data/x.dataset.json", "C:/b"],
    ["/data/x.dataset.json", ""],
    ["https://example.org/x.dataset.json", "file:///etc/passwd"],
    ["https://example.org/x.dataset.json", "pipe:cat"],
    ["https://example.org/x.dataset.json", "//other.example/a.tar"],
  ])("refuses that %s names %s", (base, name) => {
    expect(() => resolveBeside(base, name)).toThrow(expect.objectContaining({ code: "REF_INVALID" }));
  });
});

describe("baseName", () => {
  it.each([
    ["/data/a.tar", "a.tar"],
    ["C:\\data\\a.tar", "a.tar"],
    ["https://example.org/a%20b.tar?x=/y", "a b.tar"],
    ["https://example.org/%ff.tar", "%ff.tar"],
    ["/data/what?.tar", "what?.tar"],
  ])("of %s is %s", (url, name) => {
    expect(baseName(url)).toBe(name);
  });
});

import { expect, it } from "vitest";
import { byVersion, compareVersions, isVersionOf, nextVersion, parseVersion } from "./versions.ts";

it("reads three whole numbers and nothing else", () => {
  expect(parseVersion("1.20.3")).toEqual([1, 20, 3]);
  for (const text of ["1.0", "1.0.0-rc1", "01.0.0", "1.0.0.0", "", "1.0.99999999999999999"]) {
    expect(parseVersion(text), text).toBeUndefined();
  }
});

it("orders versions by number and not by text", () => {
  const versions = ["1.9.0", "1.10.0", "draft", "0.99.99", "1.10.0-rc1", "1.9.10"].map((version) => ({ version }));
  expect(byVersion(versions).map(({ version }) => version)).toEqual(["1.10.0", "1.9.10", "1.9.0", "0.99.99"]);
});

it("compares versions as sort wants it", () => {
  expect(["2.0.0", "1.10.0", "0.0.1", "1.9.10", "1.9.9"].sort(compareVersions)).toEqual([
    "0.0.1",
    "1.9.9",
    "1.9.10",
    "1.10.0",
    "2.0.0",
  ]);
  expect(compareVersions("1.2.3", "1.2.3")).toBe(0);
});

it("takes a.b for its patches, and nothing for all", () => {
  expect(["1.2.0", "1.20.0", "1.2"].map((version) => isVersionOf(version, "1.2"))).toEqual([true, false, true]);
  expect(isVersionOf("1.2.30", "1.2.3")).toBe(false);
  expect(isVersionOf("1.2.30", undefined)).toBe(true);
});

it("steps to the next version as the change asks for", () => {
  expect((["major", "minor", "patch", "same"] as const).map((step) => nextVersion("1.2.3", step))).toEqual([
    "2.0.0",
    "1.3.0",
    "1.2.4",
    "1.2.4",
  ]);
});

import { bool, bytes, dict, float, int, int64, list, ndarray, optional, sample, str } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { manifestFields } from "./manifest-fields.ts";

describe("the fields of manifests", () => {
  it("follow from the kinds of the fields", () => {
    const type = sample("All", {
      name: str(),
      ok: bool(),
      n: int(),
      id: optional(int64()),
      ink: float(),
      tags: list(str()),
      sizes: list(int64()),
      raw: bytes(),
      image: ndarray(),
      scores: dict(float()),
      blobs: list(bytes()),
    });
    expect(manifestFields(type).map(({ name, kind, type: column }) => `${name} ${kind} ${column}`)).toEqual([
      "name categorical string",
      "ok categorical boolean",
      "n numeric int64",
      "id numeric int64",
      "ink numeric double",
      "tags set string",
      "sizes set int64",
    ]);
  });

  it("are those that their options choose", () => {
    const type = sample("Some", {
      label: int({ manifest: { kind: "categorical" } }),
      at: str({ manifest: { kind: "time" } }),
      secret: str({ manifest: { exclude: true } }),
    });
    expect(manifestFields(type)).toEqual([
      { name: "label", kind: "categorical", type: "int64" },
      { name: "at", kind: "time", type: "string" },
    ]);
  });

  it("cannot be of a kind that their values do not allow", () => {
    for (const field of [
      str({ manifest: { kind: "numeric" } }),
      list(str(), { manifest: { kind: "time" } }),
      int({ manifest: { kind: "set" } }),
      bytes({ manifest: { kind: "numeric" } }),
    ]) {
      expect(() => manifestFields(sample("Bad", { field }))).toThrow(/cannot be summed up as .*; field=field/);
    }
  });

  it("are no more than a header has room for", () => {
    const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, int()]));
    const chosen = manifestFields(sample("Wide", fields));
    expect(chosen.length).toBeGreaterThan(1000);
    expect(chosen.length).toBeLessThan(2500);
  });
});

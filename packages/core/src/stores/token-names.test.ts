import { describe, expect, it } from "vitest";
import { tokenNames } from "../index.ts";

describe("names with a token", () => {
  it("have one token behind the stem, and keep it when they are placed again", () => {
    const names = tokenNames("d");
    const shard = names.place("d-000000.tar");
    const [, token] = /^d-([0-9a-f]{16})-000000\.tar$/.exec(shard) ?? [];
    expect(token).toBeDefined();
    expect(names.place("d.rollup.parquet")).toBe(`d-${token}.rollup.parquet`);
    expect(names.place("other.json")).toBe(`${token}-other.json`);
    const sidecar = shard.replace(".tar", ".manifest.json");
    expect(names.place(sidecar)).toBe(sidecar);
  });

  it("differ from write to write", () => {
    const names = Array.from({ length: 100 }, () => tokenNames("d").place("d.tar"));
    expect(new Set(names).size).toBe(100);
  });
});

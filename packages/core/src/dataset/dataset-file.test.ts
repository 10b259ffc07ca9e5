import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatDatasetFile, parseDatasetFile } from "./dataset-file.ts";

const formats = readFileSync(new URL("../../../../docs/formats.md", import.meta.url), "utf8");
const section = formats.slice(formats.indexOf("## Dataset file"), formats.indexOf("## Predicate"));
const example: Record<string, unknown> = JSON.parse(/```json\n([\s\S]*?)```/.exec(section)?.[1] ?? "null");

function bytesOf(json: unknown): Uint8Array {
  return new TextEncoder().encode(typeof json === "string" ? json : JSON.stringify(json));
}

function codeOf(json: unknown): string {
  try {
    parseDatasetFile(bytesOf(json), "x.dataset.json");
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "none";
}

describe("a dataset file", () => {
  it("is read as the document describes it", () => {
    const file = parseDatasetFile(bytesOf(example), "digits.dataset.json");
    expect(file.name).toBe("digits");
    expect(file.type.fields.label?.kind).toBe("int");
    expect(file.shards).toEqual((example as { shards: unknown[] }).shards);
    expect(file.metadata).toEqual({ source: "scanner 3" });
  });

  it("is written as the document describes it", () => {
    const { format, ...rest } = example as unknown as Parameters<typeof formatDatasetFile>[0] & { format: string };
    const text = new TextDecoder().decode(formatDatasetFile(rest));
    expect(JSON.parse(text)).toEqual(example);
    expect(Object.keys(JSON.parse(text))[0]).toBe("format");
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("is refused when it is of a newer version", () => {
    expect(codeOf({ ...example, format: "atdata.dataset/2" })).toBe("FORMAT_TOO_NEW");
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["null", "null"],
    ["another format", { ...example, format: "atdata.lens/1" }],
    ["no name", { ...example, name: 3 }],
    ["no shards", { ...example, shards: [] }],
    ["a shard that is no object", { ...example, shards: [null] }],
    ["a shard without url", { ...example, shards: [{ samples: 1, bytes: 1, sha256: "0".repeat(64) }] }],
    [
      "a shard with half a sample",
      { ...example, shards: [{ url: "a", samples: 0.5, bytes: 1, sha256: "0".repeat(64) }] },
    ],
    ["a shard with a short sha256", { ...example, shards: [{ url: "a", samples: 1, bytes: 1, sha256: "00" }] }],
  ])("is refused with a code: %s", (_, json) => {
    expect(codeOf(json)).toBe("FORMAT_INVALID");
  });

  it("is refused when its schema cannot be rebuilt", () => {
    expect(codeOf({ ...example, schema: { name: "X", fields: [] } })).toBe("SCHEMA_INVALID");
  });
});

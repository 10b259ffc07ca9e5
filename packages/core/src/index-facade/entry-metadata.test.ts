import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IndexEntry } from "../index.ts";
import { type EntryDetails, entryDetails, entryMetadata } from "./entry-metadata.ts";

function entry(metadata: Record<string, unknown> | undefined, dataUrls: readonly string[] = ["/a.tar"]): IndexEntry {
  return { id: "b", name: "n", schemaRef: "atdata://local/schema/S@1.0.0", dataUrls, metadata };
}

describe("the metadata of an entry", () => {
  it("is what docs/formats.md says", () => {
    const text = readFileSync(new URL("../../../../docs/formats.md", import.meta.url), "utf8");
    const section = text.split("\n## ").find((part) => part.startsWith("Index entry metadata")) ?? "";
    const json = JSON.parse(/```json\n(.*?)```/s.exec(section)?.[1] ?? "") as Record<string, unknown>;
    const urls = Object.keys(json.checksums as object);
    const details = entryDetails(entry(json, urls));
    expect(details).toMatchObject({ samples: 12500, license: "MIT", content: { source: "scanner 3" } });
    expect(details.shards[1]).toEqual({
      url: urls[1],
      samples: 2500,
      bytes: 3850240,
      sha256: "37fd26aff7b461b30785b2626abad0c6c4b4dca8cb57804eed0e375027cc9a34",
    });
    expect(JSON.stringify(entryMetadata(details))).toBe(JSON.stringify(json));
    for (const key of Object.keys(json.atdata as object)) expect(section).toContain(`\`atdata.${key}\``);
  });

  it("comes back as it went, without a key that nobody gave", () => {
    const given = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined });
    const shard = fc.record({
      url: fc.stringMatching(/^\/[a-z{},]{1,8}\.tar$/),
      samples: given(fc.nat()),
      bytes: given(fc.nat()),
      sha256: given(fc.stringMatching(/^[0-9a-f]{64}$/)),
    });
    const details: fc.Arbitrary<EntryDetails> = fc.record({
      shards: fc.uniqueArray(shard, { selector: ({ url }) => url }),
      description: given(fc.string()),
      tags: fc.array(fc.string()),
      license: given(fc.string()),
      samples: given(fc.nat()),
      content: given(fc.dictionary(fc.string(), fc.integer())),
      plugins: given(fc.array(fc.string())),
      provenance: given(
        fc.array(
          fc.record({ operation: fc.constantFrom("copy" as const, "rewrite" as const), name: given(fc.string()) }),
        ),
      ),
    });
    fc.assert(
      fc.property(details, (each) => {
        const metadata = entryMetadata(each);
        const urls = each.shards.map(({ url }) => url);
        expect(entryDetails(entry(metadata, urls))).toEqual(each);
        expect(JSON.parse(JSON.stringify(metadata))).toEqual(metadata);
      }),
    );
  });

  it("takes anything that others may have put for unknown", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("checksums", "tags", "description", "atdata"), fc.jsonValue()),
        (metadata) => {
          const { atdata } = metadata;
          if (typeof atdata === "object" && atdata !== null && "version" in atdata) delete atdata.version;
          expect(entryDetails(entry(metadata)).shards.map(({ url }) => url)).toEqual(["/a.tar"]);
        },
      ),
    );
    expect(entryDetails(entry(undefined))).toEqual({ shards: [{ url: "/a.tar" }], tags: [] });
  });

  it("expands braces of Python's urls, and not of ours", () => {
    const urls = ["/d-{0..1}.tar"];
    expect(entryDetails(entry({ tags: [] }, urls)).shards).toEqual([{ url: "/d-0.tar" }, { url: "/d-1.tar" }]);
    expect(entryDetails(entry({ atdata: { version: 1 } }, urls)).shards).toEqual([{ url: "/d-{0..1}.tar" }]);
  });

  it("is refused when it is newer", () => {
    expect(() => entryDetails(entry({ atdata: { version: 2 } }))).toThrow(
      expect.objectContaining({ code: "FORMAT_TOO_NEW" }),
    );
  });
});

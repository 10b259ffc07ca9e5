import * as dagCbor from "@ipld/dag-cbor";
import fc from "fast-check";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { describe, expect, it } from "vitest";
import { contentId } from "./content-id.ts";

describe("contentId", () => {
  it("gives the CID that Python atdata computes", () => {
    const entry = { schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a/b.tar"] };
    expect(contentId(entry)).toBe("bafyreifo4ccqom4fdklmsq56lkcjbsjxwirl7lqqlii5q432pnel4kxhxe");
  });

  it("gives the CID that the libraries of IPLD compute, for texts and lists of any length", async () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      // Where a length takes another byte.
      fc
        .constantFrom(23, 24, 255, 256, 65_535, 65_536)
        .map((length) => "ü".repeat(length / 2) + "x".repeat(length % 2)),
    );
    const urls = fc.oneof(
      fc.array(text, { maxLength: 5 }),
      fc.constantFrom(23, 24, 255, 256, 65_536).map((length) => Array.from({ length }, (_, i) => `/${i}.tar`)),
    );
    await fc.assert(
      fc.asyncProperty(text, urls, async (schemaRef, dataUrls) => {
        const bytes = dagCbor.encode({ schema_ref: schemaRef, data_urls: dataUrls });
        const cid = CID.createV1(dagCbor.code, await sha256.digest(bytes));
        expect(contentId({ schemaRef, dataUrls })).toBe(cid.toString());
      }),
      { numRuns: 60 },
    );
  });
});

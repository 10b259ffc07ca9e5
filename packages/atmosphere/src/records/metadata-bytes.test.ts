import { decode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metadataFromJson, metadataToBytes } from "./metadata-bytes.ts";

const value = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.maxSafeInteger(),
  fc.uint8Array(),
  fc.constant(null),
  fc.array(fc.boolean()),
);

/** Maps of few and many members, whose first key is short, long, or very long. */
const maps = fc
  .tuple(
    fc.oneof(
      fc.constant(""),
      fc.nat(40).map((length) => "k".repeat(length)),
      fc.constantFrom("k".repeat(255), "k".repeat(256), "ü".repeat(20_000)),
    ),
    value,
    fc.dictionary(fc.stringMatching(/^[a-z]{1,20}$/), value, { maxKeys: 20 }),
  )
  .map(([key, first, rest]) => ({ [key]: first, ...rest }));

describe("metadata as bytes", () => {
  it("has a length that base64 needs no padding for, and is the same map to any reader of msgpack", () => {
    fc.assert(
      fc.property(fc.oneof(maps, fc.constant({})), (metadata) => {
        const { $bytes } = metadataToBytes(metadata);
        const bytes = Uint8Array.from(Buffer.from($bytes, "base64"));
        expect(bytes.length % 3).toBe(0);
        expect($bytes).not.toContain("=");
        expect(decode(bytes)).toEqual(metadata);
        expect(metadataFromJson({ $bytes }, "at://x")).toEqual(metadata);
      }),
    );
  });

  it("is at most two bytes longer than it need be, or three where the first key is long", () => {
    expect(metadataToBytes({}).$bytes).toBe("3gAA");
    for (const key of ["a", "ab", "abc"]) {
      const { $bytes } = metadataToBytes({ [key]: 1 });
      expect(Buffer.from($bytes, "base64").length).toBe(Math.ceil((key.length + 3) / 3) * 3);
    }
  });
});

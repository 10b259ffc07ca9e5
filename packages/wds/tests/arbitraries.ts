import fc from "fast-check";

const part: fc.Arbitrary<string> = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
  .map((text) => text.replace(/[./\p{Cc}]/gu, "-"))
  .filter((text) => !text.startsWith("__"));

/** Keys of every shape that a writer takes: folders, long, not ASCII. */
export const anyKey: fc.Arbitrary<string> = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"));

/** Payloads around the length of a block. */
export const anyPayload: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 16 }),
  fc.uint8Array({ minLength: 505, maxLength: 520 }),
);

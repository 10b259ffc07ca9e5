import fc from "fast-check";
import { expect, it } from "vitest";
import { textCache } from "./text-cache.ts";

it("gives each text as it is, again and again, however many there are", () => {
  const encoder = new TextEncoder();
  const decode = textCache();
  const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 3 }), fc.string({ minLength: 60, maxLength: 70 }));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
      for (const each of [...texts, ...texts]) expect(decode(encoder.encode(each))).toBe(each);
    }),
    { numRuns: 300 },
  );
});

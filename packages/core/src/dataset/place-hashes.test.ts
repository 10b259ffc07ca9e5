import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { PlaceHashes } from "./place-hashes.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

it("finds just the samples that differ, however the bytes are cut", () => {
  const sizes = fc.array(fc.record({ gap: fc.nat(5), size: fc.nat(9), spoilt: fc.boolean() }), { maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (samples, cuts) => {
      const offsets: number[] = [];
      let length = 0;
      for (const { gap, size } of samples) {
        offsets.push(length + gap);
        length += gap + size;
      }
      const bytes = Uint8Array.from({ length: length + 3 }, (_, i) => i);
      const hashes = samples.map(({ size, spoilt }, i) => {
        const from = offsets[i] as number;
        return spoilt ? "0".repeat(64) : sha256(bytes.subarray(from, from + size));
      });
      const keys = samples.map((_, i) => `k${i}`);
      const check = new PlaceHashes({ keys, offsets, sizes: samples.map(({ size }) => size), hashes });
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const cut = cuts[i % cuts.length] as number;
        check.update(bytes.subarray(at, at + cut));
        at += cut;
      }
      expect(check.finish()).toEqual(keys.filter((_, i) => samples[i]?.spoilt));
    }),
  );
});

it("takes places in any order, and those beyond the end for wrong", () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const hashes = [sha256(bytes.subarray(2, 4)), sha256(bytes.subarray(0, 2)), sha256(bytes)];
  const check = new PlaceHashes({ keys: ["b", "a", "c"], offsets: [2, 0, 3], sizes: [2, 2, 4], hashes });
  check.update(bytes);
  expect(check.finish()).toEqual(["c"]);
});

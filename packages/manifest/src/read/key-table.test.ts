import { compareCodePoints } from "@atdata/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyTable } from "./key-table.ts";

it("finds the first row of every key, sorted or not", () => {
  const key = fc.array(fc.constantFrom("a", "b", "\uE000", "\u{1F600}"), { maxLength: 3 }).map((a) => a.join(""));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), key, fc.boolean(), (given, wanted, sorted) => {
      const keys = sorted ? given.sort(compareCodePoints) : given;
      const offsets = Float64Array.from(keys, (_, row) => row * 512);
      const texts = { text: (row: number) => keys[row] as string, at: () => new Uint8Array() };
      const table = new KeyTable({ keys: texts, offsets, sizes: offsets, hashes: undefined }, sorted);
      expect(table.find(wanted)).toBe(keys.indexOf(wanted));
      for (const each of keys) expect(table.find(each)).toBe(keys.indexOf(each));
    }),
  );
});

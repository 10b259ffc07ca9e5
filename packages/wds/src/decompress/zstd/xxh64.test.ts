import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Xxh64 } from "./xxh64.ts";

/** The check sum that libzstd writes behind a frame. */
function sumOf(bytes: Uint8Array): number {
  const packed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  return packed.readUInt32LE(packed.length - 4);
}

test("gives libzstd's check sums, over bytes of any number in parts of any length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 8 }), (bytes, cuts) => {
      const hash = new Xxh64();
      let from = 0;
      for (const end of [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]) {
        hash.update(bytes, from, end);
        from = end;
      }
      expect(hash.low32()).toBe(sumOf(bytes));
    }),
  );
});

test("carries between its halves as libzstd does, over many stripes of large values", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i % 7 === 0 ? 0xff : Math.imul(i, 0x9e3779b1) >>> 24));
  const hash = new Xxh64();
  hash.update(bytes, 0, bytes.length);
  expect(hash.low32()).toBe(sumOf(bytes));
});

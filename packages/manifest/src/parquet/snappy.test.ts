import fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { expect, it } from "vitest";
import { expandSnappy } from "./snappy.ts";

/** Bytes that look like a block: a length, then literals and copies of every kind, most of them sound. */
const block = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 70 }),
      fc.record({ kind: fc.constantFrom(1, 2, 3), distance: fc.integer({ min: 1, max: 80 }), count: fc.nat(63) }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => {
    const bytes: number[] = [];
    let length = 0;
    for (const part of parts) {
      if (part instanceof Uint8Array) {
        if (part.length > 60) bytes.push(60 << 2, part.length - 1);
        else bytes.push((part.length - 1) << 2);
        bytes.push(...part);
        length += part.length;
        continue;
      }
      const { kind, distance } = part;
      const count = kind === 1 ? (part.count % 8) + 4 : part.count + 1;
      if (kind === 1) bytes.push(((count - 4) << 2) | 1, distance);
      else bytes.push(((count - 1) << 2) | kind, distance, 0, ...(kind === 3 ? [0, 0] : []));
      length += count;
    }
    const head = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
    return { bytes: Uint8Array.from([...head, ...bytes]), length };
  });

function oracle(bytes: Uint8Array, length: number): Uint8Array | undefined {
  const out = new Uint8Array(length);
  try {
    snappyUncompress(bytes, out);
    return out;
  } catch {
    return undefined;
  }
}

it("expands what another decoder does, to the same bytes", () => {
  let expanded = 0;
  fc.assert(
    fc.property(block, ({ bytes, length }) => {
      const want = oracle(bytes, length);
      if (want === undefined) expect(() => expandSnappy(bytes, length)).toThrow(RangeError);
      else {
        expanded++;
        expect(expandSnappy(bytes, length)).toEqual(want);
      }
    }),
    { numRuns: 2000 },
  );
  expect(expanded).toBeGreaterThan(200);
});

it("refuses damage, and reads nothing outside its bytes", () => {
  fc.assert(
    fc.property(block, fc.nat(), fc.nat(255), ({ bytes, length }, at, value) => {
      const around = new Uint8Array(bytes.length + 16).fill(0xff);
      around.set(bytes, 8);
      around[8 + (at % bytes.length)] = value;
      const cut = around.subarray(8, 8 + bytes.length);
      try {
        expect(expandSnappy(cut, length)).toEqual(oracle(cut, length));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

import { readFileSync } from "node:fs";

/** The tars of the Python fixtures, and how many samples each has. */
export const pythonTars: Readonly<Record<string, number>> = {
  "single.tar": 3,
  "data--0b299b6f--000000.tar": 3,
  "sharded/data-000000.tar": 2,
  "sharded/data-000001.tar": 2,
  "sharded/data-000002.tar": 1,
};

/** Reads the payloads of a fixture's tar, without the library's own reader. */
export function pythonSamples(tar: string): Uint8Array[] {
  const bytes = new Uint8Array(readFileSync(new URL(`../../../fixtures/python/${tar}`, import.meta.url)));
  const text = (from: number, to: number): string =>
    new TextDecoder().decode(bytes.subarray(from, to)).replace(/\0.*/, "");
  const payloads: Uint8Array[] = [];
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const isFile = bytes[at + 156] === 0x30 && text(at, at + 100).endsWith(".msgpack");
    if (isFile) payloads.push(bytes.slice(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return payloads;
}

import { createHasher } from "../hasher.ts";
import type { NewEntry } from "../protocols/index-provider.ts";

/**
 * Computes what local indexes know an entry by: the CID of its schema and its urls, and of nothing else.
 *
 * The CID is version 1, DAG-CBOR, SHA-256, in lower-case base32: `b` and the digits of `01 71 12 20` and the hash of the map
 * `{ data_urls, schema_ref }`. Renaming a dataset keeps its id, moving its files does not.
 *
 * @example
 * ```ts
 * import { contentId } from "@atdata/core";
 * contentId({ schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a/b.tar"] });
 * // -> "bafyreifo4ccqom4fdklmsq56lkcjbsjxwirl7lqqlii5q432pnel4kxhxe"
 * ```
 */
export function contentId({ schemaRef, dataUrls }: Pick<NewEntry, "schemaRef" | "dataUrls">): string {
  const hasher = createHasher();
  // DAG-CBOR sorts keys by length, then bytes.
  hasher.update(head(5, 2));
  for (const part of [text("data_urls"), head(4, dataUrls.length), ...dataUrls.map(text)]) hasher.update(part);
  for (const part of [text("schema_ref"), text(schemaRef)]) hasher.update(part);
  const digest =
    hasher
      .hex()
      .match(/../g)
      ?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return `b${base32([0x01, 0x71, 0x12, 0x20, ...digest])}`;
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  const start = head(3, bytes.length);
  const whole = new Uint8Array(start.length + bytes.length);
  whole.set(start);
  whole.set(bytes, start.length);
  return whole;
}

/** The first bytes of a CBOR item: its major type, and a length as short as it goes. */
function head(major: number, length: number): Uint8Array {
  const type = major << 5;
  if (length < 24) return Uint8Array.of(type | length);
  if (length < 0x100) return Uint8Array.of(type | 24, length);
  if (length < 0x10000) return Uint8Array.of(type | 25, length >> 8, length & 0xff);
  return Uint8Array.of(type | 26, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

function base32(bytes: readonly number[]): string {
  let digits = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) digits += ALPHABET[(held >> (bits - 5)) & 31];
  }
  return bits === 0 ? digits : digits + ALPHABET[(held << (5 - bits)) & 31];
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

import { createHasher } from "@atdata/core";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
/** Version 1, raw bytes, SHA-256 of 32 bytes. */
const HEAD = "01551220";
/** `b` for base 32, then 36 bytes. */
const LENGTH = 59;

/** Tells the CID of a blob that has these bytes. */
export function blobCid(bytes: Uint8Array): string {
  const hasher = createHasher();
  hasher.update(bytes);
  return cidOfSha256(hasher.hex());
}

/** Writes the SHA-256 of a blob, as hex digits, as its CID. */
export function cidOfSha256(sha256: string): string {
  let digits = "";
  let [bits, held] = [0, 0];
  for (const hex of HEAD + sha256) {
    held = ((held << 4) | Number.parseInt(hex, 16)) & 0xfff;
    bits += 4;
    for (; bits >= 5; bits -= 5) digits += ALPHABET[(held >> (bits - 5)) & 31];
  }
  return `b${digits}${bits === 0 ? "" : ALPHABET[(held << (5 - bits)) & 31]}`;
}

/** Takes the SHA-256, as hex digits, out of a blob's CID; `undefined` for what is not the CID of a blob. */
export function sha256OfCid(cid: string): string | undefined {
  if (cid.length !== LENGTH || !cid.startsWith("b")) return undefined;
  let hex = "";
  let [bits, held] = [0, 0];
  for (const digit of cid.slice(1)) {
    const value = ALPHABET.indexOf(digit);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    for (; bits >= 4; bits -= 4) hex += ((held >> (bits - 4)) & 15).toString(16);
  }
  const sha256 = hex.slice(HEAD.length, HEAD.length + 64);
  // Comparing all of it refuses other heads, and bits that should be 0 at the end.
  return cidOfSha256(sha256) === cid ? sha256 : undefined;
}

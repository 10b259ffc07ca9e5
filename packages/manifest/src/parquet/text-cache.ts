import { decodeText, MAX_SHORT } from "./decode-text.ts";

const SLOTS = 256;

/**
 * Makes a decoder of UTF-8 that remembers texts, because fields of few distinct values are common and decoding a short text costs
 * several times what comparing its bytes does.
 */
export function textCache(): (bytes: Uint8Array, start?: number, end?: number) => string {
  const keys: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined);
  const texts: string[] = new Array(SLOTS).fill("");
  return (bytes, start = 0, end = bytes.length) => {
    const length = end - start;
    if (length > MAX_SHORT) return decodeText(bytes, start, end);
    let hash = length;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const key = keys[slot];
    if (key !== undefined && sameBytes(key, bytes, start, end)) return texts[slot] as string;
    const text = decodeText(bytes, start, end);
    keys[slot] = bytes.subarray(start, end);
    texts[slot] = text;
    return text;
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array, start: number, end: number): boolean {
  if (a.length !== end - start) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[start + i]) return false;
  return true;
}

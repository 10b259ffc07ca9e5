const SLOTS = 256;
const MAX_LENGTH = 64;
const decoder = new TextDecoder();

/**
 * Makes a decoder of UTF-8 that remembers texts, because fields of few distinct values are common and decoding a short text costs
 * several times what comparing its bytes does.
 */
export function textCache(): (bytes: Uint8Array) => string {
  const keys: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined);
  const texts: string[] = new Array(SLOTS).fill("");
  return (bytes) => {
    const { length } = bytes;
    if (length > MAX_LENGTH) return decoder.decode(bytes);
    let hash = length;
    let bits = 0;
    for (let i = 0; i < length; i++) {
      const byte = bytes[i] as number;
      hash = Math.imul(hash ^ byte, 0x01000193);
      bits |= byte;
    }
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const key = keys[slot];
    if (key !== undefined && sameBytes(key, bytes)) return texts[slot] as string;
    const text = bits < 0x80 ? (Reflect.apply(String.fromCharCode, undefined, bytes) as string) : decoder.decode(bytes);
    keys[slot] = bytes;
    texts[slot] = text;
    return text;
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

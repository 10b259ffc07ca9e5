/** Texts of more bytes are not worth a try without a decoder. */
export const MAX_SHORT = 64;
// What begins with a byte order mark keeps it, as in the samples.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes UTF-8, short texts without the cost of a decoder. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const text = end - start > MAX_SHORT ? undefined : asciiText(bytes, start, end);
  return text ?? decoder.decode(bytes.subarray(start, end));
}

/** Makes a text of bytes that are all ASCII; gives `undefined` when one is not. */
function asciiText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const codes: number[] = new Array(end - start);
  for (let i = 0; i < codes.length; i++) {
    const code = bytes[start + i] as number;
    if (code >= 0x80) return undefined;
    codes[i] = code;
  }
  return Reflect.apply(String.fromCharCode, undefined, codes) as string;
}

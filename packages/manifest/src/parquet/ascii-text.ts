/** Makes a text of bytes that are all ASCII, without the cost of a decoder; gives `undefined` when one is not. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const codes: number[] = new Array(end - start);
  for (let i = 0; i < codes.length; i++) {
    const code = bytes[start + i] as number;
    if (code >= 0x80) return undefined;
    codes[i] = code;
  }
  return Reflect.apply(String.fromCharCode, undefined, codes) as string;
}

const digits: readonly number[] = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** Writes a few bytes as lower-case hex. */
export function hex(bytes: Uint8Array): string {
  const codes: number[] = new Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    codes[2 * i] = digits[byte >> 4] as number;
    codes[2 * i + 1] = digits[byte & 15] as number;
  }
  return Reflect.apply(String.fromCharCode, undefined, codes) as string;
}

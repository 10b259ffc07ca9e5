/** Result of a three-valued test; `undefined` is unknown. */
export type Truth = boolean | undefined;

/**
 * Orders two strings by code point, as Python, SQLite and Parquet's UTF-8 statistics do.
 *
 * JavaScript's `<` orders by UTF-16 unit and puts U+1F600 before U+FFFD.
 *
 * @returns A negative number, zero or a positive number.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  // The units before i agree, so when the last of them opens a pair, the pair that differs starts there.
  if (i > 0 && isHigh(a.charCodeAt(i - 1)) && (isLow(a.charCodeAt(i)) || isLow(b.charCodeAt(i)))) i--;
  return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** Tells whether two numbers are equal as numbers, int64 against float exactly. */
export function equalNumbers(a: number | bigint, b: number | bigint): boolean {
  // Mixed relational comparison is exact in JavaScript, and false for NaN.
  return typeof a === typeof b ? a === b : a <= b && a >= b;
}

/** Tells whether two byte strings hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Tells whether a value is a number in either form. */
export function isNumeric(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

import type { PredicateValue } from "@atdata/core";
import { syntaxError } from "./syntax-error.ts";

/** A piece of the text of a predicate. `at` is where it starts, in UTF-16 units. */
export type Token =
  | { readonly kind: "name"; readonly at: number; readonly text: string; readonly quoted: boolean }
  | { readonly kind: "value"; readonly at: number; readonly text: string; readonly value: PredicateValue }
  | { readonly kind: "symbol"; readonly at: number; readonly text: string }
  | { readonly kind: "end"; readonly at: number; readonly text: "" };

/** Most digits of an integer, as in the JSON form of predicates. */
const MAX_DIGITS = 40;

const BLANK = /\s+/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const QUOTED_NAME = /"([^"]*(?:""[^"]*)*)"/y;
const TEXT = /'([^']*(?:''[^']*)*)'/y;
const BYTES = /x'([^']*)'/iy;
const INFINITE = /-\s*infinity\b/iy;
const NUMBER = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy;
const SYMBOL = /!=|<>|<=|>=|==|[=<>(),]/y;

/** Reads the token that starts at `from`, or behind blanks from there. */
export function nextToken(text: string, from: number): Token {
  const at = from + (match(BLANK, text, from)?.[0].length ?? 0);
  if (at >= text.length) return { kind: "end", at, text: "" };
  const bytes = match(BYTES, text, at);
  if (bytes !== undefined) return { kind: "value", at, text: bytes[0], value: byteString(text, at, bytes[1] ?? "") };
  const name = match(NAME, text, at);
  if (name !== undefined) return { kind: "name", at, text: name[0], quoted: false };
  const quotedName = match(QUOTED_NAME, text, at);
  if (quotedName !== undefined) return { kind: "name", at, text: quotedName[0], quoted: true };
  const string = match(TEXT, text, at);
  if (string !== undefined) {
    return { kind: "value", at, text: string[0], value: (string[1] ?? "").replaceAll("''", "'") };
  }
  const infinite = match(INFINITE, text, at);
  if (infinite !== undefined) return { kind: "value", at, text: infinite[0], value: Number.NEGATIVE_INFINITY };
  const number = match(NUMBER, text, at);
  if (number !== undefined) return { kind: "value", at, text: number[0], value: numeral(text, at, number[0]) };
  const symbol = match(SYMBOL, text, at);
  if (symbol !== undefined) return { kind: "symbol", at, text: symbol[0] };
  if (text[at] === "'" || text[at] === '"') throw syntaxError(text, at, "this quote is never closed");
  throw syntaxError(text, at, "this character has no meaning here");
}

/** Tells whether a text can stand for a name without quotes, keywords aside. */
export function isPlainName(name: string): boolean {
  return match(NAME, name, 0)?.[0] === name;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function numeral(text: string, at: number, digits: string): number | bigint {
  if (match(NAME, text, at + digits.length) !== undefined) {
    throw syntaxError(text, at, "a number ends in letters", "a text stands in single quotes");
  }
  const number = Number(digits);
  if (/^-?\d+$/.test(digits)) {
    if (digits.length > MAX_DIGITS) throw syntaxError(text, at, `a number has more than ${MAX_DIGITS} digits`);
    return Number.isSafeInteger(number) ? number : BigInt(digits);
  }
  if (!Number.isFinite(number)) throw syntaxError(text, at, "a number is too large for a double");
  return number;
}

function byteString(text: string, at: number, hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) throw syntaxError(text, at, "expected pairs of hex digits in x'…'");
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

import { AtdataError } from "../errors.ts";

/** Nesting beyond this is refused, so that a hostile pattern cannot exhaust the stack. */
const MAX_DEPTH = 50;
const MAX_RESULTS = 1_000_000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Lists what a brace pattern stands for: `{a,b}`, `{000..107}`, `{0..9..3}`, `{a..e}`, nested, with `\` as escape.
 *
 * `{x}` and `{}` stay as they are. Numbers are padded with zeros to the wider operand when either has a leading zero.
 * A pattern without any brace is given back unchanged, backslashes included, so that plain Windows paths pass.
 *
 * Order: as written; the last brace varies fastest.
 *
 * @param limit - Most results wanted; more is an error before they are built.
 * @throws AtdataError `REF_INVALID` – braces do not balance, nest deeper than 50, or give more than `limit` results.
 * @example
 * ```ts
 * import { expandBraces } from "@atdata/core";
 * expandBraces("d-{08..10}.tar"); // -> ["d-08.tar", "d-09.tar", "d-10.tar"]
 * ```
 */
export function expandBraces(pattern: string, limit: number = MAX_RESULTS): string[] {
  if (!/[{}]/.test(pattern)) return [pattern];
  const parser: Parser = { pattern, limit: Math.max(1, limit) };
  const expanded = expandSequence(parser, pattern, 0);
  return expanded.map((text) => text.replace(/\\(.)/gsu, "$1"));
}

/**
 * Writes several urls as one brace pattern that {@link expandBraces} reads back: common start and end outside the braces.
 *
 * Consecutive numbers of one width become a range. For display only: urls are kept as lists.
 *
 * @throws RangeError – if `urls` is empty.
 * @example
 * ```ts
 * import { joinBraces } from "@atdata/core";
 * joinBraces(["d-000.tar", "d-001.tar", "d-002.tar"]); // -> "d-{000..002}.tar"
 * ```
 */
export function joinBraces(urls: readonly string[]): string {
  const first = urls[0];
  if (first === undefined) throw new RangeError("joinBraces needs at least one url");
  if (urls.length === 1) return escapeBraces(first, /[{}]/.test(first));
  let prefix = first;
  for (const url of urls) prefix = prefix.slice(0, commonLength(prefix, url));
  // A cut inside a number or a surrogate pair would make ranges and letters unreadable.
  prefix = prefix.replace(/(?:[0-9]+|[\ud800-\udbff])$/, "");
  let suffix = first.slice(prefix.length);
  for (const url of urls) suffix = commonSuffix(suffix, url.slice(prefix.length));
  suffix = suffix.replace(/^(?:[0-9]+|[\udc00-\udfff])/, "");
  const middles = urls.map((url) => url.slice(prefix.length, url.length - suffix.length));
  const inside = numberRange(middles) ?? middles.map((middle) => escapeBraces(middle, true)).join(",");
  return `${escapeBraces(prefix, true)}{${inside}}${escapeBraces(suffix, true)}`;
}

interface Parser {
  readonly pattern: string;
  readonly limit: number;
}

function expandSequence(parser: Parser, text: string, depth: number): string[] {
  if (depth > MAX_DEPTH) throw invalid(parser, `braces nest deeper than ${MAX_DEPTH}`);
  let results = [""];
  let literal = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") at++;
    else if (char === "}") throw invalid(parser, "a closing brace has no opening one");
    else if (char === "{") {
      const end = closingBrace(parser, text, at);
      results = product(parser, results, [text.slice(literal, at)]);
      results = product(parser, results, expandGroup(parser, text.slice(at + 1, end), depth + 1));
      at = end;
      literal = end + 1;
    }
  }
  return product(parser, results, [text.slice(literal)]);
}

function expandGroup(parser: Parser, body: string, depth: number): string[] {
  const range = expandRange(parser, body);
  if (range !== undefined) return range;
  const parts = splitCommas(body);
  if (parts.length > 1) {
    const all: string[] = [];
    for (const part of parts) {
      for (const item of expandSequence(parser, part, depth)) all.push(item);
      checkCount(parser, all.length);
    }
    return all;
  }
  return expandSequence(parser, body, depth).map((item) => `{${item}}`);
}

function expandRange(parser: Parser, body: string): string[] | undefined {
  const numbers = /^(-?\d{1,15})\.\.(-?\d{1,15})(?:\.\.(-?\d{1,15}))?$/.exec(body);
  if (numbers) {
    const [, left = "", right = "", step = "1"] = numbers;
    const padded = [left, right].some((side) => /^-?0\d/.test(side));
    const width = padded ? Math.max(left.length, right.length) : 0;
    return steps(parser, Number(left), Number(right), Number(step)).map((value) => pad(value, width));
  }
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d{1,15}))?$/.exec(body);
  if (!letters) return undefined;
  const [, left = "", right = "", step = "1"] = letters;
  const places = steps(parser, LETTERS.indexOf(left), LETTERS.indexOf(right), Number(step));
  return places.map((place) => LETTERS[place] ?? "");
}

function steps(parser: Parser, from: number, to: number, step: number): number[] {
  const stride = Math.abs(step) || 1;
  const count = Math.floor(Math.abs(to - from) / stride) + 1;
  checkCount(parser, count);
  return Array.from({ length: count }, (_, i) => from + (to >= from ? i : -i) * stride);
}

function pad(value: number, width: number): string {
  const sign = value < 0 ? "-" : "";
  return sign + String(Math.abs(value)).padStart(width - sign.length, "0");
}

function product(parser: Parser, left: string[], right: string[]): string[] {
  if (right.length === 1 && right[0] === "") return left;
  checkCount(parser, left.length * right.length);
  return left.flatMap((start) => right.map((end) => start + end));
}

function closingBrace(parser: Parser, text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  throw invalid(parser, "an opening brace is never closed");
}

function splitCommas(body: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < body.length; at++) {
    if (body[at] === "\\") at++;
    else if (body[at] === "{") depth++;
    else if (body[at] === "}") depth--;
    else if (body[at] === "," && depth === 0) {
      parts.push(body.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(body.slice(start));
  return parts;
}

function checkCount(parser: Parser, count: number): void {
  if (count > parser.limit) throw invalid(parser, `the brace pattern gives more than ${parser.limit} names`);
}

function invalid(parser: Parser, clause: string): AtdataError {
  const hint = "write \\{ and \\} for braces that belong to a name";
  return new AtdataError("REF_INVALID", clause, { ref: parser.pattern }, { hint });
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function commonSuffix(a: string, b: string): string {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return a.slice(a.length - length);
}

function escapeBraces(text: string, needed: boolean): string {
  return needed ? text.replace(/[\\{},]/g, "\\$&") : text;
}

function numberRange(middles: readonly string[]): string | undefined {
  const [first = "", second] = middles;
  if (second === undefined || !/^\d{1,15}$/.test(first)) return undefined;
  const from = Number(first);
  const last = middles.length - 1;
  const width = first.length;
  if (String(from + last).length > width && first.startsWith("0")) return undefined;
  const padded = first.length > 1 && first.startsWith("0");
  const same = middles.every((middle, i) => middle === (padded ? pad(from + i, width) : String(from + i)));
  return same ? `${first}..${middles[last]}` : undefined;
}

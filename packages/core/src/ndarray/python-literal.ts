import { AtdataError } from "../errors.ts";

/** A value of a Python literal; tuples and lists are told apart because numpy does. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | PythonTuple
  | ReadonlyMap<string, PythonValue>;

/** A Python tuple. */
export interface PythonTuple {
  /** What it holds, in order. */
  readonly tuple: readonly PythonValue[];
}

const maxDepth = 32;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"' };

/**
 * Reads a Python literal of dicts, lists, tuples, strings, whole numbers, `True`, `False` and `None`; nothing is evaluated.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – anything else, or nesting deeper than 32.
 */
export function parsePythonLiteral(text: string): PythonValue {
  const state = { text, at: 0 };
  const value = readValue(state, 0);
  skipSpace(state);
  if (state.at < text.length) throw bad(state, "end of header");
  return value;
}

/** Tells whether a value is a tuple. */
export function isTuple(value: PythonValue | undefined): value is PythonTuple {
  return typeof value === "object" && value !== null && "tuple" in value;
}

/** Writes a text as Python's `repr` does. */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const char of text) {
    if (char === quote || char === "\\") out += `\\${char}`;
    else if (char === "\n") out += "\\n";
    else if (char === "\r") out += "\\r";
    else if (char === "\t") out += "\\t";
    else out += char !== " " && /[\p{C}\p{Z}]/u.test(char) ? hexEscape(char.codePointAt(0) as number) : char;
  }
  return out + quote;
}

interface State {
  readonly text: string;
  at: number;
}

function readValue(state: State, depth: number): PythonValue {
  if (depth > maxDepth) throw new AtdataError("NDARRAY_INVALID", "array header is nested too deep", {});
  skipSpace(state);
  const char = state.text.charAt(state.at);
  if (char === "{") return readDict(state, depth);
  if (char === "[") return readItems(state, "]", depth).items;
  if (char === "(") {
    const { items, comma } = readItems(state, ")", depth);
    return items.length === 1 && !comma ? (items[0] as PythonValue) : { tuple: items };
  }
  if (char === "'" || char === '"') return readString(state);
  return readWord(state);
}

function readDict(state: State, depth: number): ReadonlyMap<string, PythonValue> {
  const map = new Map<string, PythonValue>();
  state.at++;
  while (!take(state, "}")) {
    const key = readValue(state, depth + 1);
    if (typeof key !== "string" || map.has(key)) throw bad(state, "a key that is text and new");
    if (!take(state, ":")) throw bad(state, "':'");
    map.set(key, readValue(state, depth + 1));
    if (!take(state, ",") && !isNext(state, "}")) throw bad(state, "',' or '}'");
  }
  return map;
}

function readItems(state: State, close: string, depth: number): { items: PythonValue[]; comma: boolean } {
  const items: PythonValue[] = [];
  let comma = false;
  state.at++;
  while (!take(state, close)) {
    items.push(readValue(state, depth + 1));
    comma = take(state, ",");
    if (!comma && !isNext(state, close)) throw bad(state, `',' or '${close}'`);
  }
  return { items, comma };
}

function readString(state: State): string {
  const quote = state.text.charAt(state.at++);
  let out = "";
  for (;;) {
    const char = state.text.charAt(state.at++);
    if (char === "") throw bad(state, "the end of a text");
    if (char === quote) return out;
    out += char === "\\" ? readEscape(state) : char;
  }
}

function readEscape(state: State): string {
  const char = state.text.charAt(state.at++);
  const plain = escapes[char];
  if (plain !== undefined) return plain;
  const digits = char === "x" ? 2 : char === "u" ? 4 : char === "U" ? 8 : 0;
  const hex = state.text.slice(state.at, state.at + digits);
  if (digits === 0 || hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex) || Number.parseInt(hex, 16) > 0x10ffff) {
    throw bad(state, "a known escape");
  }
  state.at += digits;
  return String.fromCodePoint(Number.parseInt(hex, 16));
}

function readWord(state: State): PythonValue {
  const start = state.at;
  while (/[-+0-9A-Za-z_.]/.test(state.text.charAt(state.at))) state.at++;
  const word = state.text.slice(start, state.at);
  if (word === "True") return true;
  if (word === "False") return false;
  if (word === "None") return null;
  // Python 2 wrote long integers with an L behind them.
  if (/^-?[0-9]{1,19}L?$/.test(word)) return Number.parseInt(word, 10);
  throw bad(state, "a literal");
}

function skipSpace(state: State): void {
  while (/[ \t\r\n\f]/.test(state.text.charAt(state.at))) state.at++;
}

function isNext(state: State, char: string): boolean {
  skipSpace(state);
  return state.text.charAt(state.at) === char;
}

function take(state: State, char: string): boolean {
  const found = isNext(state, char);
  if (found) state.at++;
  return found;
}

function hexEscape(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

function bad(state: State, want: string): AtdataError {
  return new AtdataError("NDARRAY_INVALID", `array header is malformed at character ${state.at}: want ${want}`, {});
}

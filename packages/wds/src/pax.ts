/** What a PAX header says that matters to a reader of samples. */
export interface PaxValues {
  /** Replaces the member's name. */
  path?: Uint8Array;
  /** Replaces the member's size. */
  size?: number;
  /** Whether the content is stored sparse. */
  sparse?: boolean;
}

const EQUALS = 0x3d;
const SPACE = 0x20;
const NEWLINE = 0x0a;

/**
 * Reads the records of a PAX header (`"27 path=…\n"`), looking at `path`, `size` and `GNU.sparse.…` only.
 *
 * Gives `undefined` for bytes that are no such records.
 *
 * @see POSIX.1-2017, pax, "pax Extended Header".
 */
export function parsePax(bytes: Uint8Array, from: number, to: number): PaxValues | undefined {
  const values: PaxValues = {};
  let at = from;
  while (at < to) {
    if (bytes[at] === 0) break;
    let length = 0;
    let i = at;
    for (; i < to && bytes[i] !== SPACE; i++) {
      const digit = (bytes[i] as number) - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      length = length * 10 + digit;
    }
    const end = at + length;
    if (i === at || end > to || end <= i + 2 || bytes[end - 1] !== NEWLINE) return undefined;
    const key = i + 1;
    const equals = bytes.indexOf(EQUALS, key);
    if (equals < 0 || equals >= end) return undefined;
    if (isText(bytes, key, equals, "path")) values.path = bytes.slice(equals + 1, end - 1);
    else if (isText(bytes, key, equals, "size")) {
      const size = Number(text(bytes, equals + 1, end - 1));
      if (!Number.isSafeInteger(size) || size < 0) return undefined;
      values.size = size;
    } else if (bytes[key] === 0x47 && text(bytes, key, equals).startsWith("GNU.sparse.")) values.sparse = true;
    at = end;
  }
  return values;
}

function isText(bytes: Uint8Array, from: number, to: number, want: string): boolean {
  if (to - from !== want.length) return false;
  for (let i = 0; i < want.length; i++) if (bytes[from + i] !== want.charCodeAt(i)) return false;
  return true;
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 64)));
}

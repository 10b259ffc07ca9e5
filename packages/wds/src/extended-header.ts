const PAX_NEXT = 0x78;
const PAX_GLOBAL = 0x67;
const GNU_NAME = 0x4c;
const GNU_LINK = 0x4b;

const EQUALS = 0x3d;
const SPACE = 0x20;
const NEWLINE = 0x0a;
const PATH = [0x70, 0x61, 0x74, 0x68];
const SIZE = [0x73, 0x69, 0x7a, 0x65];
const GNU_SPARSE = [...new TextEncoder().encode("GNU.sparse.")];

/** Tells whether a type flag marks a header that only describes what follows. */
export function isExtended(type: number): boolean {
  return type === PAX_NEXT || type === PAX_GLOBAL || type === GNU_NAME || type === GNU_LINK;
}

/**
 * What extended headers say of the member that follows them: PAX records and GNU long names.
 *
 * One object for a whole archive, because Python writes such a header before every member.
 */
export class ExtendedHeader {
  /** The member's size, or −1. */
  size = -1;
  /** Whether the content is stored sparse. */
  sparse = false;
  /** Whether a member must follow. */
  pending = false;
  #path: Uint8Array | undefined;
  #longName: Uint8Array | undefined;

  /** The member's whole name, in memory of its own. */
  get name(): Uint8Array | undefined {
    return this.#path ?? this.#longName;
  }

  /** Forgets what was said, once the member was read. */
  clear(): void {
    this.size = -1;
    this.sparse = false;
    this.pending = false;
    this.#path = undefined;
    this.#longName = undefined;
  }

  /** Reads the content of such a header; false when it is malformed. */
  read(type: number, bytes: Uint8Array, from: number, to: number): boolean {
    // What a global header says of names and sizes cannot be true of more than one member.
    if (type === PAX_GLOBAL) return true;
    this.pending = true;
    if (type === PAX_NEXT) return this.#readPax(bytes, from, to);
    if (type === GNU_NAME) this.#longName = upToZero(bytes, from, to);
    return true;
  }

  /**
   * Reads PAX records (`"27 path=…\n"`), looking at `path`, `size` and `GNU.sparse.…` only.
   *
   * @see POSIX.1-2017, pax, "pax Extended Header".
   */
  #readPax(bytes: Uint8Array, from: number, to: number): boolean {
    let at = from;
    while (at < to && bytes[at] !== 0) {
      const space = digitsEnd(bytes, at, to);
      const end = at + decimal(bytes, at, space);
      if (bytes[space] !== SPACE || !(end > space + 1 && end <= to) || bytes[end - 1] !== NEWLINE) return false;
      const key = space + 1;
      let equals = key;
      while (equals < end && bytes[equals] !== EQUALS) equals += 1;
      if (equals === end) return false;
      if (!this.#readRecord(bytes, key, equals, end - 1)) return false;
      at = end;
    }
    return true;
  }

  #readRecord(bytes: Uint8Array, key: number, equals: number, end: number): boolean {
    const value = equals + 1;
    const length = equals - key;
    // A record without a value takes back what was said before.
    if (length === PATH.length && startsWith(bytes, key, PATH)) {
      this.#path = value === end ? undefined : upToZero(bytes, value, end);
    } else if (length === SIZE.length && startsWith(bytes, key, SIZE)) {
      this.size = value === end ? -1 : decimal(bytes, value, end);
      return value === end || (digitsEnd(bytes, value, end) === end && Number.isSafeInteger(this.size));
    } else if (length > GNU_SPARSE.length && startsWith(bytes, key, GNU_SPARSE)) this.sparse = true;
    return true;
  }
}

function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at += 1;
  return at;
}

/** Reads digits as a number; NaN when there are none. */
function decimal(bytes: Uint8Array, from: number, to: number): number {
  if (from === to) return Number.NaN;
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + ((bytes[i] as number) - 0x30);
  return value;
}

function startsWith(bytes: Uint8Array, at: number, want: readonly number[]): boolean {
  for (let i = 0; i < want.length; i++) if (bytes[at + i] !== want[i]) return false;
  return true;
}

function upToZero(bytes: Uint8Array, from: number, to: number): Uint8Array {
  let end = from;
  while (end < to && bytes[end] !== 0) end += 1;
  return bytes.slice(from, end);
}

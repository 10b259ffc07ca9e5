/** Bytes of a block; headers are one, contents are padded to a multiple. */
export const BLOCK: number = 512;

/** Length of the field that names a member. */
export const NAME: number = 100;
const PREFIX_AT = 345;
const PREFIX = 155;

/** Length of `size` bytes with padding. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** Tells how the sum of a header's bytes compares with the one written in it. */
export type HeaderCheck = typeof HEADER_VALID | typeof HEADER_ZERO | typeof HEADER_WRONG;
/** The sums agree. */
export const HEADER_VALID: 0 = 0;
/** The block is all zero: the end of the archive. */
export const HEADER_ZERO: 1 = 1;
/** The sums differ. */
export const HEADER_WRONG: 2 = 2;

const CHECKSUM_AT = 148;

/**
 * Checks the sum of the header at `at`.
 *
 * Verified always, because it is nearly free: four words a step, two byte lanes an addition, all-zero steps skipped. `words` is a view of
 * the same bytes, used where the header is aligned to it; a lane holds at most 128 × 255, so that 16 bits are enough.
 */
export function checkHeader(bytes: Uint8Array, at: number, words: Uint32Array | undefined): HeaderCheck {
  const start = bytes.byteOffset + at;
  const sum = words !== undefined && start % 4 === 0 ? sumWords(words, start / 4) : sumBytes(bytes, at);
  if (sum === 0) return HEADER_ZERO;
  let own = 0;
  for (let i = CHECKSUM_AT; i < CHECKSUM_AT + 8; i++) own += bytes[at + i] as number;
  const stored = parseOctal(bytes, at + CHECKSUM_AT, 8);
  if (sum - own + 8 * 0x20 === stored) return HEADER_VALID;
  return signedSum(bytes, at) === stored ? HEADER_VALID : HEADER_WRONG;
}

function sumWords(words: Uint32Array, from: number): number {
  let even = 0;
  let odd = 0;
  for (let i = from; i < from + BLOCK / 4; i += 4) {
    const a = words[i] as number;
    const b = words[i + 1] as number;
    const c = words[i + 2] as number;
    const d = words[i + 3] as number;
    if ((a | b | c | d) === 0) continue;
    even += (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff);
    odd += ((a >>> 8) & 0xff00ff) + ((b >>> 8) & 0xff00ff) + ((c >>> 8) & 0xff00ff) + ((d >>> 8) & 0xff00ff);
  }
  return (even & 0xffff) + (even >>> 16) + (odd & 0xffff) + (odd >>> 16);
}

function sumBytes(bytes: Uint8Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + BLOCK; i++) sum += bytes[i] as number;
  return sum;
}

/** Some old writers added signed bytes. */
function signedSum(bytes: Uint8Array, at: number): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) {
    if (i < CHECKSUM_AT || i >= CHECKSUM_AT + 8) sum += ((bytes[at + i] as number) << 24) >> 24;
  }
  return sum;
}

/** Reads an octal number that may be padded with spaces and ends at a space or NUL; NaN when it is none. */
function parseOctal(bytes: Uint8Array, at: number, length: number): number {
  let i = at;
  const end = at + length;
  while (i < end && bytes[i] === 0x20) i += 1;
  let value = 0;
  for (; i < end; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 7) {
      const stop = bytes[i] as number;
      return stop === 0 || stop === 0x20 ? value : Number.NaN;
    }
    value = value * 8 + digit;
  }
  return value;
}

/** Reads the size of a member: octal, or base-256 where the first bit is set. NaN when it is neither or too large. */
export function parseSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 124] as number;
  if (first < 0x80) return parseOctal(bytes, at + 124, 12);
  if (first !== 0x80) return Number.NaN;
  let value = 0;
  for (let i = at + 125; i < at + 136; i++) value = value * 256 + (bytes[i] as number);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** Writes the name of a member, with what stands in its prefix field, into memory; gives its length. */
export function joinName(block: Uint8Array, at: number, memory: Uint8Array): number {
  let length = 0;
  if (hasPrefix(block, at)) {
    const prefix = at + PREFIX_AT;
    while (length < PREFIX && block[prefix + length] !== 0) length += 1;
    memory.set(block.subarray(prefix, prefix + length));
    memory[length++] = 0x2f;
  }
  for (let i = at; i < at + NAME && block[i] !== 0; i++) memory[length++] = block[i] as number;
  return length;
}

/** Tells whether the header has a POSIX prefix field; GNU's old form uses those bytes otherwise. */
export function hasPrefix(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + PREFIX_AT] !== 0 &&
    bytes[at + 257] === 0x75 &&
    bytes[at + 258] === 0x73 &&
    bytes[at + 259] === 0x74 &&
    bytes[at + 260] === 0x61 &&
    bytes[at + 261] === 0x72 &&
    bytes[at + 262] === 0
  );
}

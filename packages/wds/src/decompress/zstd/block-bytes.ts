import { malformed } from "./malformed.ts";

/** What a block holds at the most, compressed or not. */
export const MAX_BLOCK: number = 128 * 1024;

/** Readers of bits look at four bytes at once, and a little past the ends of their stream before they are stopped. */
const MARGIN = 32;

/**
 * The bytes of one compressed block, in memory that serves block after block, and a place in them.
 *
 * Around them are bytes that may be read, but mean nothing.
 */
export class BlockBytes {
  readonly bytes: Uint8Array = new Uint8Array(MARGIN + MAX_BLOCK + MARGIN);
  readonly view: DataView = new DataView(this.bytes.buffer);
  /** Where the next byte is taken. */
  at: number = MARGIN;
  /** Where the block ends. */
  end: number = MARGIN;

  /** Begins a block and gives the place where its bytes belong. */
  start(length: number): number {
    this.at = MARGIN;
    this.end = MARGIN + length;
    return MARGIN;
  }

  /** Passes over bytes and gives where they start. */
  take(length: number): number {
    const from = this.at;
    if (length < 0 || length > this.end - from) malformed("a part of a block is longer than the block");
    this.at += length;
    return from;
  }

  /** Takes a byte. */
  byte(): number {
    return this.bytes[this.take(1)] as number;
  }

  /** Takes a little-endian number of 4 bytes at the most. */
  number(length: number): number {
    let value = 0;
    for (let i = 0; i < length; i++) value += this.byte() * 2 ** (8 * i);
    return value;
  }
}

/** Reads up to 25 bits of a little-endian number, from its bit `at`. */
export function bitsAt(view: DataView, at: number, count: number): number {
  return (view.getInt32(at >> 3, true) >>> (at & 7)) & ((1 << count) - 1);
}

/** Gives the place, in bits, from which a stream is read backwards: its highest bit that is set, which is a mark only. */
export function topBit(bytes: Uint8Array, from: number, end: number): number {
  const last = end > from ? (bytes[end - 1] as number) : 0;
  if (last === 0) malformed("a stream of bits has no end mark");
  return end * 8 - 1 - Math.clz32(last << 24);
}

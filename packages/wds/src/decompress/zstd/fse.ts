import { type BlockBytes, bitsAt } from "./block-bytes.ts";
import { malformed } from "./malformed.ts";

/** A decoding table of finite state entropy. */
export interface FseTable {
  /** Number of bits of the first state; the table has 2^log cells. */
  readonly log: number;
  /** What each state means: `base << 16 | bits << 8 | symbol`. The next state is the base and as many bits of the stream. */
  readonly cells: Int32Array;
}

/** Builds a table that always gives one symbol and takes no bits. */
export function singleTable(symbol: number): FseTable {
  return { log: 0, cells: Int32Array.of(symbol) };
}

/**
 * Reads the counts of a table from a block and builds it.
 *
 * @see RFC 8878, section 4.1.1.
 */
export function readTable(block: BlockBytes, maxLog: number, maxSymbol: number): FseTable {
  let at = block.at * 8;
  const read = (count: number): number => {
    at += count;
    if (at > block.end * 8) malformed("a table of counts has no end");
    return bitsAt(block.view, at - count, count);
  };
  const log = read(4) + 5;
  if (log > maxLog) malformed("a table of counts is too fine");
  const counts: number[] = [];
  for (let left = 1 << log; left > 0; ) {
    // A value from 0 to left + 1, where the smaller ones take a bit less.
    const bits = 32 - Math.clz32(left + 1);
    const half = 1 << (bits - 1);
    const short = 2 * half - 2 - left;
    let value = read(bits - 1);
    if (value >= short && read(1) === 1) value += half - short;
    counts.push(value - 1);
    left -= Math.abs(value - 1);
    for (let zeros = value === 1 ? 3 : 0; zeros === 3 && counts.length <= maxSymbol; ) {
      zeros = read(2);
      for (let i = 0; i < zeros; i++) counts.push(0);
    }
    if (counts.length > maxSymbol + (left > 0 ? 0 : 1)) malformed("a table counts symbols that there are not");
  }
  block.at = Math.ceil(at / 8);
  return tableOf(counts, log);
}

/**
 * Builds a table; a count of −1 is a symbol that is rarer than one cell.
 *
 * @param counts - Adds up to 2^log, −1 as 1.
 */
export function tableOf(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const cells = new Int32Array(size);
  let high = size;
  counts.forEach((count, symbol) => {
    if (count === -1) cells[--high] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      cells[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  });
  const next = counts.map(Math.abs);
  for (let state = 0; state < size; state++) {
    const symbol = cells[state] as number;
    const nth = next[symbol] as number;
    next[symbol] = nth + 1;
    const bits = log - 31 + Math.clz32(nth);
    cells[state] = (((nth << bits) - size) << 16) | (bits << 8) | symbol;
  }
  return { log, cells };
}

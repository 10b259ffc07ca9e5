import { type BlockBytes, bitsAt, topBit } from "./block-bytes.ts";
import { type FseTable, readTable, singleTable } from "./fse.ts";
import { copyBack, copyIn, type History } from "./history.ts";
import type { Literals } from "./literals.ts";
import { malformed } from "./malformed.ts";
import {
  type Codes,
  literalBase,
  literalBits,
  literalCodes,
  matchBase,
  matchBits,
  matchCodes,
  offsetCodes,
} from "./sequence-codes.ts";

/** Bits of the farthest offset within the largest window. */
const MAX_OFFSET_CODE = 27;
const TOO_FAR = "a copy reaches farther back than the window or the first byte";
const TOO_MUCH = "a block holds more than it may";

/** Reads the sequences of block after block of a frame, and does what they say. */
export class SequencesReader {
  #literals: FseTable | undefined;
  #offsets: FseTable | undefined;
  #matches: FseTable | undefined;
  /** The last three offsets. */
  readonly #recent: Int32Array = Int32Array.of(1, 4, 8);

  /** Forgets the tables and offsets of the frame before. */
  reset(): void {
    this.#literals = this.#offsets = this.#matches = undefined;
    this.#recent.set([1, 4, 8]);
  }

  /**
   * Takes the rest of a block and writes literals and copies to the history.
   *
   * @param room - Number of bytes that may be written.
   * @see RFC 8878, section 3.1.1.3.2.
   */
  run(block: BlockBytes, literals: Literals, history: History, room: number): void {
    const head = block.byte();
    let count = head;
    if (head === 255) count = block.number(2) + 0x7f00;
    else if (head > 127) count = ((head - 128) << 8) + block.byte();
    const end = history.at + room;
    let used = 0;
    if (count > 0) {
      const modes = block.byte();
      if ((modes & 3) !== 0) malformed("sequences are of no known form");
      this.#literals = tableFor(block, modes >> 6, literalCodes, this.#literals);
      this.#offsets = tableFor(block, (modes >> 4) & 3, offsetCodes, this.#offsets);
      this.#matches = tableFor(block, (modes >> 2) & 3, matchCodes, this.#matches);
      const tables = { literals: this.#literals, offsets: this.#offsets, matches: this.#matches };
      used = copyAll(block, count, tables, this.#recent, literals, history, end);
    } else if (block.at < block.end) malformed("a block goes on behind its last sequence");
    const rest = literals.length - used;
    if (history.at + rest > end) malformed(TOO_MUCH);
    copyIn(history.bytes, history.at, literals.bytes, literals.from + used, rest);
    history.at += rest;
  }
}

interface Tables {
  readonly literals: FseTable;
  readonly offsets: FseTable;
  readonly matches: FseTable;
}

/** Gives the table that a block's mode asks for. */
function tableFor(block: BlockBytes, mode: number, codes: Codes, last: FseTable | undefined): FseTable {
  if (mode === 0) return codes.usual;
  if (mode === 2) return readTable(block, codes.maxLog, codes.maxCode);
  if (mode === 3) return last ?? malformed("a block repeats a table that there is not");
  const code = block.byte();
  if (code > codes.maxCode) malformed("a sequence has a code that there is not");
  return singleTable(code);
}

/** Runs all sequences; gives the number of literals that they used. */
function copyAll(
  block: BlockBytes,
  count: number,
  tables: Tables,
  recent: Int32Array,
  literals: Literals,
  history: History,
  end: number,
): number {
  const { view } = block;
  const { bytes } = history;
  const { literals: literalTable, offsets: offsetTable, matches: matchTable } = tables;
  const first = block.at * 8;
  let bit = topBit(block.bytes, block.at, block.end) - literalTable.log;
  let literalState = bitsAt(view, bit, literalTable.log);
  bit -= offsetTable.log;
  let offsetState = bitsAt(view, bit, offsetTable.log);
  bit -= matchTable.log;
  let matchState = bitsAt(view, bit, matchTable.log);
  let [offset = 1, second = 4, third = 8] = recent;
  let { at } = history;
  let used = 0;
  for (let left = count; ; ) {
    const literalCell = literalTable.cells[literalState] as number;
    const offsetCell = offsetTable.cells[offsetState] as number;
    const matchCell = matchTable.cells[matchState] as number;

    const offsetCode = offsetCell & 255;
    if (offsetCode > MAX_OFFSET_CODE) malformed(TOO_FAR);
    // What is more than can be read at once comes first.
    const lower = Math.min(offsetCode, 24);
    bit -= offsetCode;
    const value =
      (1 << offsetCode) | (bitsAt(view, bit + lower, offsetCode - lower) << lower) | bitsAt(view, bit, lower);
    const matchCode = matchCell & 255;
    const matchExtra = matchBits[matchCode] as number;
    bit -= matchExtra;
    const length = (matchBase[matchCode] as number) + bitsAt(view, bit, matchExtra);
    const literalCode = literalCell & 255;
    const literalExtra = literalBits[literalCode] as number;
    bit -= literalExtra;
    const literal = (literalBase[literalCode] as number) + bitsAt(view, bit, literalExtra);

    // The first three values stand for recent offsets, which move up; without literals the first one would be of no use.
    const nth = value > 3 ? 4 : literal > 0 ? value : value + 1;
    if (nth > 1) {
      const found = value > 3 ? value - 3 : nth === 2 ? second : nth === 3 ? third : offset - 1;
      if (nth > 2) third = second;
      second = offset;
      offset = found;
    }

    used += literal;
    if (bit < first) malformed("a stream of sequences is too short");
    if (used > literals.length) malformed("a block has too few literals");
    if (at + literal + length > end) malformed(TOO_MUCH);
    copyIn(bytes, at, literals.bytes, literals.from + used - literal, literal);
    at += literal;
    if (offset < 1 || offset > Math.min(at, history.window)) malformed(TOO_FAR);
    copyBack(bytes, at, offset, length);
    at += length;

    if (--left === 0) break;
    const literalMore = (literalCell >> 8) & 255;
    bit -= literalMore;
    literalState = (literalCell >> 16) + bitsAt(view, bit, literalMore);
    const matchMore = (matchCell >> 8) & 255;
    bit -= matchMore;
    matchState = (matchCell >> 16) + bitsAt(view, bit, matchMore);
    const offsetMore = (offsetCell >> 8) & 255;
    bit -= offsetMore;
    offsetState = (offsetCell >> 16) + bitsAt(view, bit, offsetMore);
  }
  if (bit !== first) malformed("a stream of sequences does not end with its last one");
  recent.set([offset, second, third]);
  history.at = at;
  return used;
}

import { type BlockBytes, bitsAt, topBit } from "./block-bytes.ts";
import { readTable } from "./fse.ts";
import { malformed } from "./malformed.ts";

/** A decoding table of Huffman codes. */
export interface HuffmanTable {
  /** Length of the longest code in bits. */
  readonly log: number;
  /** What the next bits mean: `length of the code << 8 | symbol`. */
  readonly cells: Uint16Array;
}

const MAX_LOG = 11;
const MAX_WEIGHTS = 255;
const MAX_WEIGHTS_LOG = 6;

/**
 * Reads a Huffman tree from a block.
 *
 * @see RFC 8878, section 4.2.1.
 */
export function readHuffman(block: BlockBytes): HuffmanTable {
  const head = block.byte();
  const weights = head < 128 ? packedWeights(block, head) : plainWeights(block, head - 127);
  let sum = 0;
  for (const weight of weights) {
    if (weight > MAX_LOG) malformed("a Huffman code is too long");
    sum += (1 << weight) >> 1;
  }
  if (sum === 0) malformed("a Huffman tree is empty");
  // The last weight is not written: it is what is missing to a power of two.
  const log = 32 - Math.clz32(sum);
  const missing = (1 << log) - sum;
  if (log > MAX_LOG) malformed("a Huffman code is too long");
  if ((missing & (missing - 1)) !== 0) malformed("a Huffman tree is not complete");
  weights.push(32 - Math.clz32(missing));
  if (!weights.includes(1)) malformed("a Huffman tree is not complete");
  return tableOf(weights, log);
}

/** Weights of four bits each. */
function plainWeights(block: BlockBytes, count: number): number[] {
  const from = block.take((count + 1) >> 1);
  return Array.from({ length: count }, (_, i) => {
    const byte = block.bytes[from + (i >> 1)] as number;
    return i % 2 === 0 ? byte >> 4 : byte & 15;
  });
}

/** Weights that two states give in turn, until bits are missing. */
function packedWeights(block: BlockBytes, length: number): number[] {
  const end = block.take(length) + length;
  const outer = block.end;
  block.at = end - length;
  block.end = end;
  const { log, cells } = readTable(block, MAX_WEIGHTS_LOG, MAX_WEIGHTS);
  const from = block.at * 8;
  let at = topBit(block.bytes, block.at, end) - log;
  let state = bitsAt(block.view, at, log);
  at -= log;
  let other = bitsAt(block.view, at, log);
  if (at < from) malformed("a stream of weights is too short");
  const weights: number[] = [];
  // A table of one symbol takes no bits, so that nothing but this count ends the loop.
  while (weights.length < MAX_WEIGHTS) {
    const cell = cells[state] as number;
    const bits = (cell >> 8) & 255;
    weights.push(cell & 255);
    at -= bits;
    if (at < from) {
      weights.push((cells[other] as number) & 255);
      break;
    }
    state = other;
    other = (cell >> 16) + bitsAt(block.view, at, bits);
  }
  if (at >= from || weights.length > MAX_WEIGHTS) malformed("a Huffman tree has too many weights");
  block.at = end;
  block.end = outer;
  return weights;
}

function tableOf(weights: readonly number[], log: number): HuffmanTable {
  const cells = new Uint16Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    const span = 1 << (weight - 1);
    const length = (log + 1 - weight) << 8;
    weights.forEach((each, symbol) => {
      if (each !== weight) return;
      cells.fill(length | symbol, at, at + span);
      at += span;
    });
  }
  return { log, cells };
}

/**
 * Decodes a stream of Huffman codes, which is read backwards and must end where its symbols do.
 *
 * @param target - Gets the symbols from `at` to `end`.
 */
export function decodeHuffman(
  block: BlockBytes,
  length: number,
  { log, cells }: HuffmanTable,
  target: Uint8Array,
  at: number,
  end: number,
): void {
  const { view, bytes } = block;
  const from = block.take(length);
  const first = from * 8;
  const shift = 32 - log;
  let bit = topBit(bytes, from, from + length);
  let to = at;
  while (to < end) {
    if (bit < first) malformed("a stream of literals is too short");
    // At least 25 of these bits belong to the stream, and two codes have 22 at the most.
    let word = view.getInt32(((bit + 7) >> 3) - 4, true) << (-bit & 7);
    let cell = cells[word >>> shift] as number;
    target[to++] = cell;
    bit -= cell >> 8;
    if (to === end) break;
    word <<= cell >> 8;
    cell = cells[word >>> shift] as number;
    target[to++] = cell;
    bit -= cell >> 8;
  }
  if (bit !== first) malformed("a stream of literals does not end with its last one");
}

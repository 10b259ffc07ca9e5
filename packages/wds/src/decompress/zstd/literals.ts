import { type BlockBytes, MAX_BLOCK } from "./block-bytes.ts";
import { decodeHuffman, type HuffmanTable, readHuffman } from "./huffman.ts";
import { malformed } from "./malformed.ts";

/** The bytes of a block that are no copies of earlier ones. */
export interface Literals {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly length: number;
}

const RAW = 0;
const SAME = 1;
const WITH_TREE = 2;
/** Fewer literals are never packed as four streams. */
const MIN_OF_FOUR = 6;

/** Reads the literals of block after block of a frame. */
export class LiteralsReader {
  readonly #bytes: Uint8Array = new Uint8Array(MAX_BLOCK);
  #table: HuffmanTable | undefined;

  /** Forgets the tree, which a frame may not take from the one before it. */
  reset(): void {
    this.#table = undefined;
  }

  /**
   * Takes a block's literals, which are valid until the next call.
   *
   * @see RFC 8878, section 3.1.1.3.1.
   */
  read(block: BlockBytes, most: number): Literals {
    const head = block.bytes[block.at] as number;
    const type = head & 3;
    const form = (head >> 2) & 3;
    if (type === RAW || type === SAME) {
      const size = [1, 2, 1, 3][form] as number;
      const length = block.number(size) >> (size === 1 ? 3 : 4);
      check(length, most);
      if (type === RAW) return { bytes: block.bytes, from: block.take(length), length };
      this.#bytes.fill(block.byte(), 0, length);
      return { bytes: this.#bytes, from: 0, length };
    }
    // Two lengths of 10, 14 or 18 bits behind the four of type and form.
    const bits = [10, 10, 14, 18][form] as number;
    const sizes = Math.floor(block.number((2 * bits + 4) >> 3) / 16);
    const length = sizes % 2 ** bits;
    const packed = Math.floor(sizes / 2 ** bits);
    check(length, most);
    const end = block.at + packed;
    if (type === WITH_TREE) this.#table = readHuffman(block);
    this.#decode(block, end, length, form === 0);
    return { bytes: this.#bytes, from: 0, length };
  }

  #decode(block: BlockBytes, end: number, length: number, isSingle: boolean): void {
    const table = this.#table ?? malformed("a block repeats a Huffman tree that there is not");
    const bytes = this.#bytes;
    if (isSingle) {
      decodeHuffman(block, end - block.at, table, bytes, 0, length);
      return;
    }
    if (length < MIN_OF_FOUR) malformed("four streams have too few literals");
    const quarter = (length + 3) >> 2;
    const sizes = [block.number(2), block.number(2), block.number(2)];
    for (const [i, size] of sizes.entries()) {
      decodeHuffman(block, size, table, bytes, i * quarter, (i + 1) * quarter);
    }
    decodeHuffman(block, end - block.at, table, bytes, 3 * quarter, length);
  }
}

function check(length: number, most: number): void {
  if (length > most) malformed("a block has more literals than a block may hold");
}

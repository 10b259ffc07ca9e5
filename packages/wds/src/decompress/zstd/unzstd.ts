import type { Decompressor } from "../decompressed-reader.ts";
import { BlockBytes, MAX_BLOCK } from "./block-bytes.ts";
import { readHeader } from "./frame-header.ts";
import { History } from "./history.ts";
import { Input } from "./input.ts";
import { LiteralsReader } from "./literals.ts";
import { malformed } from "./malformed.ts";
import { SequencesReader } from "./sequences.ts";
import { Xxh64 } from "./xxh64.ts";

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const RAW = 0;
const SAME = 1;
const PACKED = 2;

/**
 * Decompresses zstd, in frames of any number, and verifies check sums; gives a chunk of 128 KiB at the most for each block.
 *
 * Dictionaries are not supported. Memory grows with what is written, up to one and a half times the window.
 *
 * @throws RangeError – if the bytes are no zstd, or need a dictionary or a window of more than 128 MiB.
 * @throws UnexpectedEnd – if they end too early.
 * @see RFC 8878, "Zstandard Compression and the 'application/zstd' Media Type".
 */
export const unzstd: Decompressor = async function* (bytes) {
  const input = new Input(bytes);
  const frames = new FrameReader(input);
  try {
    while (await input.more()) {
      const mark = await input.number(4);
      if (mark === FRAME) yield* frames.read();
      else if ((mark & 0xfffffff0) === SKIPPABLE) await input.pass(await input.number(4));
      else malformed("what follows a frame is none");
    }
  } finally {
    await input.close();
  }
};

/** Reads frame after frame in the same memory. */
class FrameReader {
  readonly #input: Input;
  readonly #block: BlockBytes = new BlockBytes();
  readonly #literals: LiteralsReader = new LiteralsReader();
  readonly #sequences: SequencesReader = new SequencesReader();
  readonly #history: History = new History();

  constructor(input: Input) {
    this.#input = input;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    const input = this.#input;
    const history = this.#history;
    const { window, size, hasSum } = await readHeader(input);
    const most = Math.min(window, MAX_BLOCK);
    const sum = hasSum ? new Xxh64() : undefined;
    let left = size ?? Number.POSITIVE_INFINITY;
    history.start(window, left, most);
    this.#literals.reset();
    this.#sequences.reset();
    for (let isLast = false; !isLast; ) {
      const head = await input.number(3);
      isLast = (head & 1) === 1;
      await this.#readBlock((head >> 1) & 3, head >> 3, most, Math.min(most, left));
      const { bytes, at, from } = history;
      left -= at - from;
      sum?.update(bytes, from, at);
      if (at > from) yield bytes.slice(from, at);
    }
    if (size !== undefined && left > 0) malformed("a frame holds less than it says");
    if (sum !== undefined && (await input.number(4)) !== sum.low32()) malformed("its check sum is another one");
  }

  /** Writes a block of at most `room` bytes to the history. */
  async #readBlock(type: number, length: number, most: number, room: number): Promise<void> {
    const history = this.#history;
    if (type > PACKED) malformed("a block is of no known form");
    if (length > (type === PACKED ? most : room)) malformed("a block holds more than it may");
    history.reserve(room);
    history.from = history.at;
    if (type === PACKED) {
      const block = this.#block;
      await this.#input.read(block.bytes, block.start(length), length);
      this.#sequences.run(block, this.#literals.read(block, room), history, room);
    } else {
      if (type === RAW) await this.#input.read(history.bytes, history.at, length);
      else if (type === SAME) history.bytes.fill(await this.#input.number(1), history.at, history.at + length);
      history.at += length;
    }
  }
}

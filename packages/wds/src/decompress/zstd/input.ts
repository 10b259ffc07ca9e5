import { UnexpectedEnd } from "../decompressed-reader.ts";

/** Takes as many bytes as are asked for out of chunks of any length. */
export class Input {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** Tells whether a byte is left. */
  async more(): Promise<boolean> {
    while (this.#at === this.#chunk.length) {
      const step = await this.#chunks.next();
      if (step.done) return false;
      this.#chunk = step.value;
      this.#at = 0;
    }
    return true;
  }

  /** Copies the next bytes to where they are wanted. */
  async read(target: Uint8Array, at: number, length: number): Promise<void> {
    const end = at + length;
    for (let to = at; to < end; ) {
      const part = await this.#some(end - to);
      target.set(part, to);
      to += part.length;
    }
  }

  /** Gives a little-endian number of 8 bytes at the most, rounded where it is larger than a double can tell. */
  async number(length: number): Promise<number> {
    const bytes = new Uint8Array(8);
    await this.read(bytes, 0, length);
    return Number(new DataView(bytes.buffer).getBigUint64(0, true));
  }

  /** Passes over bytes. */
  async pass(length: number): Promise<void> {
    for (let left = length; left > 0; ) left -= (await this.#some(left)).length;
  }

  /** Ends the source. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Gives between one byte and `length` bytes. */
  async #some(length: number): Promise<Uint8Array> {
    if (!(await this.more())) throw new UnexpectedEnd("zstd data ends too early");
    const part = this.#chunk.subarray(this.#at, this.#at + length);
    this.#at += part.length;
    return part;
  }
}

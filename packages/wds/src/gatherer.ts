const nothing = new Uint8Array(0);

/** What spans chunks grows by what arrives, so that a header cannot make us allocate what it merely claims. */
const FIRST_GATHER = 4 * 1024 * 1024;

/**
 * Cuts a stream of chunks into pieces of asked-for length.
 *
 * A piece within one chunk is given in place; one that spans chunks in new memory that is never used again.
 */
export class Gatherer {
  /** The memory that the piece taken last is in. */
  bytes: Uint8Array = nothing;
  /** Where it starts. */
  start = 0;
  /** `bytes` as words, indexed from the start of its buffer; absent on big-endian machines and for pieces that spanned chunks. */
  words: Uint32Array | undefined;
  /** Bytes to pass over before the next piece. */
  skip = 0;
  /** Whether no more chunks come. */
  finished = false;
  /** Offset of the very first byte. */
  origin = 0;

  #started = false;
  #chunk: Uint8Array = nothing;
  #chunkWords: Uint32Array | undefined;
  #at = 0;
  #base = 0;
  #partial: Uint8Array = nothing;
  #partialLength = 0;

  /** Offset of the byte that is wanted next. */
  get position(): number {
    return this.#base + this.#at + this.skip;
  }

  /** Number of bytes collected of a piece that is not complete. */
  get pending(): number {
    return this.#partialLength;
  }

  /** Offset behind the last byte that was used. */
  get endOffset(): number {
    return this.#base + this.#at;
  }

  /** Gives the next chunk; the one before must be used up. `offset` says where it stands: at a jump within `skip`, or at the start. */
  push(chunk: Uint8Array, offset?: number): void {
    if (offset === undefined) this.#base += this.#chunk.length;
    else if (this.#started) {
      const skip = this.position - offset;
      if (skip < 0) throw new RangeError(`chunk at ${offset} lies behind the byte wanted next, ${this.position}`);
      this.skip = skip;
      this.#base = offset;
    } else {
      this.origin = offset;
      this.#base = offset;
    }
    this.#started = true;
    // Buffers and plain arrays mixed would make every access polymorphic.
    this.#chunk =
      chunk.constructor === Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#at = 0;
    const words = Math.floor((chunk.byteOffset + chunk.length) / 4);
    this.#chunkWords = littleEndian ? new Uint32Array(chunk.buffer, 0, words) : undefined;
  }

  /** Brings the next `length` bytes into reach; false when chunks must be pushed before. */
  take(length: number): boolean {
    const chunk = this.#chunk;
    if (this.skip > 0) {
      const step = Math.min(this.skip, chunk.length - this.#at);
      this.#at += step;
      this.skip -= step;
      if (this.skip > 0) return false;
    }
    if (this.#partialLength > 0 || chunk.length - this.#at < length) return this.#collect(length);
    this.bytes = chunk;
    this.start = this.#at;
    this.words = this.#chunkWords;
    this.#at += length;
    return true;
  }

  #collect(length: number): boolean {
    const have = this.#partialLength;
    const step = Math.min(length - have, this.#chunk.length - this.#at);
    const need = have + step;
    if (have === 0 || need > this.#partial.length) {
      const grown = new Uint8Array(Math.min(length, Math.max(need * 2, FIRST_GATHER)));
      grown.set(this.#partial.subarray(0, have));
      this.#partial = grown;
    }
    this.#partial.set(this.#chunk.subarray(this.#at, this.#at + step), have);
    this.#at += step;
    this.#partialLength = need;
    if (need < length) return false;
    this.bytes = this.#partial;
    this.start = 0;
    this.words = undefined;
    this.#partial = nothing;
    this.#partialLength = 0;
    return true;
  }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

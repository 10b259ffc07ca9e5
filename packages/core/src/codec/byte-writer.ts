/**
 * A growing buffer that encoders append to.
 *
 * `bytes` and `view` change when `reserve` grows the buffer: read them again after each call.
 */
export class ByteWriter {
  /** The memory; valid up to `length`. */
  bytes: Uint8Array;
  /** A view of the same memory. */
  view: DataView;
  /** Number of bytes written. */
  length = 0;

  /** Starts with room for `capacity` bytes. */
  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const need = this.length + count;
    if (need > this.bytes.length) this.#grow(need);
  }

  /** Appends bytes. */
  append(chunk: Uint8Array): void {
    this.reserve(chunk.length);
    this.bytes.set(chunk, this.length);
    this.length += chunk.length;
  }

  /** Gives a copy of what was written. */
  toBytes(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  #grow(need: number): void {
    const grown = new Uint8Array(Math.max(need, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** The shortest copy that is worth a call. */
const WORTH_A_CALL = 48;

/** The decompressed bytes that later ones may copy, at least as many as the window has. */
export class History {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the next byte is written. */
  at: number = 0;
  /** Where the block starts that is being written. */
  from: number = 0;
  /** How far back a copy may reach. */
  window: number = 0;
  #most = 0;

  /**
   * Begins a frame.
   *
   * @param most - Number of bytes that the frame has, as far as that is known. Memory is taken when bytes are written, whatever it says.
   */
  start(window: number, most: number, block: number): void {
    this.at = 0;
    this.window = window;
    // Half a window more, so that the window is not moved for each block.
    this.#most = Math.min(most, window + Math.max(window >> 1, 4 * block));
    if (this.bytes.length > this.#most) this.bytes = new Uint8Array(0);
  }

  /** Makes room for bytes at `at`, which may move. */
  reserve(length: number): void {
    const { at, bytes } = this;
    if (at + length <= bytes.length) return;
    if (bytes.length < this.#most) {
      this.bytes = new Uint8Array(Math.min(this.#most, Math.max(at + length, 2 * bytes.length)));
      this.bytes.set(bytes.subarray(0, at));
    } else {
      bytes.copyWithin(0, at - this.window, at);
      this.at = this.window;
    }
  }
}

/** Copies bytes that may be the ones that it writes. */
export function copyBack(bytes: Uint8Array, at: number, offset: number, length: number): void {
  const from = at - offset;
  if (length < WORTH_A_CALL) {
    for (let i = 0; i < length; i++) bytes[at + i] = bytes[from + i] as number;
    return;
  }
  // What is written is copied too, so that the copies grow.
  for (let done = 0; done < length; ) {
    const part = Math.min(offset + done, length - done);
    bytes.copyWithin(at + done, from, from + part);
    done += part;
  }
}

/** Copies bytes of another array. */
export function copyIn(bytes: Uint8Array, at: number, source: Uint8Array, from: number, length: number): void {
  if (length < WORTH_A_CALL) for (let i = 0; i < length; i++) bytes[at + i] = source[from + i] as number;
  else bytes.set(source.subarray(from, from + length), at);
}

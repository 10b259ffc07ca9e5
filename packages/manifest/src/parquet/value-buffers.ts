import { ByteSlices } from "./byte-slices.ts";

function cut(): RangeError {
  return new RangeError("values are cut off");
}

/** Integers and doubles of 8 bytes. */
export class FixedBuffer {
  readonly #count: number;
  readonly #isDouble: boolean;
  #bytes: Uint8Array | undefined;

  /** Has room for `count` values. */
  constructor(count: number, isDouble: boolean) {
    this.#count = count;
    this.#isDouble = isDouble;
  }

  /** Adds the first values of a page as those from `at` on, and gives what is left of the page. */
  add(data: Uint8Array, count: number, at: number): Uint8Array {
    if (data.length < count * 8) throw cut();
    const values = data.subarray(0, count * 8);
    // The only page is taken as it is, where it lies as numbers must.
    if (count === this.#count && data.byteOffset % 8 === 0) this.#bytes = values;
    else {
      this.#bytes ??= new Uint8Array(this.#count * 8);
      this.#bytes.set(values, at * 8);
    }
    return data.subarray(count * 8);
  }

  /** Gives the first values. Copies: no. */
  take(count: number): BigInt64Array | Float64Array {
    const { buffer, byteOffset } = this.#bytes ?? new Uint8Array(count * 8);
    return this.#isDouble ? new Float64Array(buffer, byteOffset, count) : new BigInt64Array(buffer, byteOffset, count);
  }
}

/** Truths, the first in the lowest bit. A page's are added in runs, which may start within a byte. */
export class BitBuffer {
  readonly #bytes: Uint8Array;
  #data: Uint8Array | undefined;
  #bit = 0;

  /** Has room for `count` values. */
  constructor(count: number) {
    this.#bytes = new Uint8Array(count);
  }

  /** Adds the first values of a page as those from `at` on, and gives what is left of the page. */
  add(data: Uint8Array, count: number, at: number): Uint8Array {
    if (data !== this.#data) this.#bit = 0;
    this.#data = data;
    if (this.#bit + count > data.length * 8) throw cut();
    for (let i = 0; i < count; i++, this.#bit++) {
      this.#bytes[at + i] = ((data[this.#bit >> 3] as number) >> (this.#bit & 7)) & 1;
    }
    return data;
  }

  /** Gives the first values. Copies: no. */
  take(count: number): Uint8Array {
    return this.#bytes.subarray(0, count);
  }
}

/** Bytes and texts, each behind its length. */
export class SliceBuffer {
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Has room for `count` values. */
  constructor(count: number) {
    this.#starts = new Uint32Array(count);
    this.#ends = new Uint32Array(count);
  }

  /** Adds the first values of a page as those from `at` on, and gives what is left of the page. */
  add(data: Uint8Array, count: number, at: number): Uint8Array {
    const base = this.#length;
    let from = 0;
    for (let i = at; i < at + count; i++) {
      if (from + 4 > data.length) throw cut();
      const length =
        ((data[from] as number) |
          ((data[from + 1] as number) << 8) |
          ((data[from + 2] as number) << 16) |
          ((data[from + 3] as number) << 24)) >>>
        0;
      from += 4 + length;
      if (from > data.length) throw cut();
      this.#starts[i] = base + from - length;
      this.#ends[i] = base + from;
    }
    this.#parts.push(data.subarray(0, from));
    this.#length += from;
    if (this.#length >= 2 ** 32) throw new RangeError("column is longer than 4 GiB");
    return data.subarray(from);
  }

  /** Gives the first values. Copies: no. */
  take(count: number): ByteSlices {
    const [only = new Uint8Array(0), ...others] = this.#parts;
    let bytes = only;
    if (others.length > 0) {
      bytes = new Uint8Array(this.#length);
      let at = 0;
      for (const part of this.#parts) {
        bytes.set(part, at);
        at += part.length;
      }
    }
    return new ByteSlices(bytes, this.#starts.subarray(0, count), this.#ends.subarray(0, count));
  }
}

import { AtdataError, type PredicateValue } from "@atdata/core";
import { columnValue } from "./column-value.ts";
import type { ColumnType, ValueFilter } from "./shard-summary.ts";

const probes = 4;
const minBits = 256;
const maxBits = 2 ** 24;
const words = new Uint32Array(2);
const float = new Float64Array(words.buffer);
const integer = new BigInt64Array(words.buffer);

/**
 * A Bloom filter over the values of one column type.
 *
 * It has a power of two of bits, so that it can be folded to half its length. docs/formats.md says how values are hashed.
 */
export class BloomFilter implements ValueFilter {
  /** What it holds. */
  readonly type: ColumnType;
  #bytes: Uint8Array;
  #mask: number;

  /** Starts an empty filter of `bits`, a power of two from 256 to 2^24. */
  constructor(type: ColumnType, bits: number) {
    this.type = type;
    this.#bytes = new Uint8Array(bits / 8);
    this.#mask = bits - 1;
  }

  /**
   * Takes bytes that `toBytes` gave. Copies: no.
   *
   * @throws AtdataError `FORMAT_INVALID` – no power of two of bytes from 32 to 2 MiB.
   */
  static fromBytes(type: ColumnType, bytes: Uint8Array): BloomFilter {
    const bits = bytes.length * 8;
    if (bits < minBits || bits > maxBits || (bits & (bits - 1)) !== 0) {
      throw new AtdataError("FORMAT_INVALID", `a Bloom filter cannot have ${bytes.length} bytes`, {
        format: "atdata.bloom/1",
      });
    }
    const filter = new BloomFilter(type, minBits);
    filter.#bytes = bytes;
    filter.#mask = bits - 1;
    return filter;
  }

  /** Gives its bits, the lowest of each byte first. Copies: no. */
  toBytes(): Uint8Array {
    return this.#bytes;
  }

  /** Adds a value that the column may hold; NaN is ignored. */
  add(value: PredicateValue): void {
    const stored = columnValue(this.type, value);
    if (stored === undefined) return;
    let at = hash(this.type, stored);
    const step = mix(at) | 1;
    for (let i = 0; i < probes; i++) {
      const bit = at & this.#mask;
      this.#bytes[bit >>> 3] = (this.#bytes[bit >>> 3] as number) | (1 << (bit & 7));
      at = (at + step) | 0;
    }
  }

  mayHave(value: PredicateValue): boolean {
    const stored = columnValue(this.type, value);
    if (stored === undefined) return false;
    let at = hash(this.type, stored);
    const step = mix(at) | 1;
    for (let i = 0; i < probes; i++) {
      const bit = at & this.#mask;
      if (((this.#bytes[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
      at = (at + step) | 0;
    }
    return true;
  }

  /** Whether more than half of the bits are set, so that most values seem to be there. */
  get full(): boolean {
    return isFull(this.#bytes);
  }

  /**
   * Gives the shortest filter with the same values that still tells most others apart: at most half of its bits set, and no longer
   * than `maxBytes`. `undefined` when there is none. Copies: yes.
   */
  shrink(maxBytes: number): BloomFilter | undefined {
    let best: Uint8Array | undefined;
    let bytes = this.#bytes;
    for (;;) {
      if (bytes.length <= maxBytes) {
        if (isFull(bytes)) break;
        best = bytes;
      }
      if (bytes.length * 8 === minBits) break;
      const half = bytes.length / 2;
      const folded = bytes.slice(0, half);
      for (let i = 0; i < half; i++) folded[i] = (folded[i] as number) | (bytes[half + i] as number);
      bytes = folded;
    }
    return best === undefined ? undefined : BloomFilter.fromBytes(this.type, best.slice());
  }
}

const seed = 0x9e3779b9;

function hash(type: ColumnType, value: PredicateValue): number {
  if (typeof value === "string") {
    let state = seed;
    for (let i = 0; i < value.length; i++) state = mix(state ^ value.charCodeAt(i));
    return mix(state ^ value.length);
  }
  if (type === "double") float[0] = value as number;
  else integer[0] = BigInt(value as number | bigint | boolean);
  return mix(mix(seed ^ (words[0] as number)) ^ (words[1] as number));
}

/** The mixing function of docs/formats.md, "Shuffled order". */
function mix(word: number): number {
  let t = word ^ (word >>> 16);
  t = Math.imul(t, 0x21f0aaad);
  t ^= t >>> 15;
  t = Math.imul(t, 0x735a2d97);
  return t ^ (t >>> 15);
}

function isFull(bytes: Uint8Array): boolean {
  let count = 0;
  for (const byte of bytes) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count > bytes.length * 4;
}

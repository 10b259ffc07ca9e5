import { compareCodePoints, type ShardPlaces } from "@atdata/core";
import { hex } from "../summary/hex.ts";

/** The keys of a shard's samples, and where they lie. */
export class KeyTable {
  /** Key of each row. */
  readonly keys: readonly string[];
  /** Where each payload starts. */
  readonly offsets: Float64Array;
  /** Length of each payload. */
  readonly sizes: Float64Array;
  readonly #hashes: ArrayLike<Uint8Array> | undefined;
  readonly #sorted: boolean;
  #rows: Map<string, number> | undefined;

  /** `sorted` says that keys ascend by code point. */
  constructor(
    columns: {
      readonly keys: readonly string[];
      readonly offsets: Float64Array;
      readonly sizes: Float64Array;
      readonly hashes: ArrayLike<Uint8Array> | undefined;
    },
    sorted: boolean,
  ) {
    this.keys = columns.keys;
    this.offsets = columns.offsets;
    this.sizes = columns.sizes;
    this.#hashes = columns.hashes;
    this.#sorted = sorted;
  }

  /** Gives the sha256 of a row's payload in hex, when known. */
  sha256(row: number): string | undefined {
    const hash = this.#hashes?.[row];
    return hash && hex(hash);
  }

  /** Gives everything. */
  places(): ShardPlaces {
    const { keys, offsets, sizes } = this;
    return { keys, offsets, sizes, hashes: this.#hashes && Array.from(this.#hashes, hex) };
  }

  /** Finds the first row of a key, or gives -1. */
  find(key: string): number {
    if (this.#sorted) return this.#search(key);
    if (this.#rows === undefined) {
      this.#rows = new Map();
      for (let row = this.keys.length - 1; row >= 0; row--) this.#rows.set(this.keys[row] as string, row);
    }
    return this.#rows.get(key) ?? -1;
  }

  #search(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareCodePoints(this.keys[middle] as string, key) < 0) low = middle + 1;
      else high = middle;
    }
    return this.keys[low] === key ? low : -1;
  }
}

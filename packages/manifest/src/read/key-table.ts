import { compareCodePoints, type ShardPlaces } from "@atdata/core";
import { hex } from "../summary/hex.ts";
import type { Slices } from "./file-columns.ts";

/** The keys of a shard's samples, and where they lie. */
export class KeyTable {
  readonly #keys: Slices;
  /** Where each payload starts. */
  readonly offsets: Float64Array;
  /** Length of each payload. */
  readonly sizes: Float64Array;
  readonly #hashes: Slices | undefined;
  readonly #sorted: boolean;
  #rows: Map<string, number> | undefined;

  /** `sorted` says that keys ascend by code point. */
  constructor(
    columns: {
      readonly keys: Slices;
      readonly offsets: Float64Array;
      readonly sizes: Float64Array;
      readonly hashes: Slices | undefined;
    },
    sorted: boolean,
  ) {
    this.#keys = columns.keys;
    this.offsets = columns.offsets;
    this.sizes = columns.sizes;
    this.#hashes = columns.hashes;
    this.#sorted = sorted;
  }

  /** Gives the key of a row. */
  key(row: number): string {
    return this.#keys.text(row);
  }

  /** Gives the sha256 of a row's payload in hex, when known. */
  sha256(row: number): string | undefined {
    return this.#hashes && hex(this.#hashes.at(row));
  }

  /** Gives everything. */
  places(): ShardPlaces {
    const { offsets, sizes } = this;
    const hashes = this.#hashes && Array.from(offsets, (_, row) => this.sha256(row) as string);
    return { keys: Array.from(offsets, (_, row) => this.key(row)), offsets, sizes, hashes };
  }

  /** Finds the first row of a key, or gives -1. */
  find(key: string): number {
    if (this.#sorted) return this.#search(key);
    if (this.#rows === undefined) {
      this.#rows = new Map();
      for (let row = this.offsets.length - 1; row >= 0; row--) this.#rows.set(this.key(row), row);
    }
    return this.#rows.get(key) ?? -1;
  }

  #search(key: string): number {
    let low = 0;
    let high = this.offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareCodePoints(this.key(middle), key) < 0) low = middle + 1;
      else high = middle;
    }
    return low < this.offsets.length && this.key(low) === key ? low : -1;
  }
}

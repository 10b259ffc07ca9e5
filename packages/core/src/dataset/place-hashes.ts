import { createHasher as createCoreHasher, type Hasher } from "../hasher.ts";
import type { ShardPlaces } from "../protocols/shard-plugin.ts";

/**
 * Hashes the samples of a shard while its bytes go by, and notes those that differ from what a manifest recorded.
 *
 * Memory: a number for each sample.
 */
export class PlaceHashes {
  readonly #places: ShardPlaces;
  readonly #createHasher: () => Hasher;
  /** Numbers of the samples by place. */
  readonly #order: readonly number[];
  readonly #differ: string[] = [];
  #next = 0;
  #at = 0;
  #hasher: Hasher;

  /**
   * Takes places with hashes.
   *
   * @param createHasher - Starts a SHA-256; the default works everywhere, Node's own is faster.
   */
  constructor(places: ShardPlaces, createHasher: () => Hasher = createCoreHasher) {
    this.#places = places;
    this.#createHasher = createHasher;
    this.#hasher = createHasher();
    this.#order = places.keys.map((_, i) => i).sort((a, b) => (places.offsets[a] ?? 0) - (places.offsets[b] ?? 0));
  }

  /** Takes the next bytes of the shard. */
  update(chunk: Uint8Array): void {
    const end = this.#at + chunk.length;
    for (;;) {
      const sample = this.#order[this.#next];
      if (sample === undefined) break;
      const from = this.#places.offsets[sample] as number;
      const to = from + (this.#places.sizes[sample] as number);
      if (from >= end && to > from) break;
      this.#hasher.update(chunk.subarray(Math.max(0, from - this.#at), Math.max(0, to - this.#at)));
      if (to > end) break;
      this.#close(sample);
    }
    this.#at = end;
  }

  /** Gives the keys of samples that differ, or that the shard was too short for. */
  finish(): readonly string[] {
    const missing = this.#order.slice(this.#next).map((sample) => this.#places.keys[sample] as string);
    return [...this.#differ, ...missing];
  }

  #close(sample: number): void {
    if (this.#hasher.hex() !== this.#places.hashes?.[sample]) this.#differ.push(this.#places.keys[sample] as string);
    this.#hasher = this.#createHasher();
    this.#next += 1;
  }
}

import type { ShardPlaces } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";

/**
 * Hashes the samples of a shard while its bytes go by, and notes those that differ from what a manifest recorded.
 *
 * Memory: a number for each sample.
 */
export class PlaceHashes {
  readonly #places: ShardPlaces;
  /** Numbers of the samples by place. */
  readonly #order: readonly number[];
  readonly #differ: string[] = [];
  #next = 0;
  #at = 0;
  #hasher = createNodeHasher();

  /** Takes places with hashes. */
  constructor(places: ShardPlaces) {
    this.#places = places;
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
    this.#hasher = createNodeHasher();
    this.#next += 1;
  }
}

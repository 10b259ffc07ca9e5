import { compareCodePoints } from "@atdata/core";
import { BloomFilter } from "./bloom.ts";
import type { KeySummary } from "./shard-summary.ts";

const filterBits = 2 ** 18;
// More than these set over half of the bits.
const maxKeys = 45_000;

/**
 * Sums up the keys of one shard: bounds, whether they ascend, and a filter of at most 32 KiB where they do not.
 *
 * Memory is bounded: a shard of more than 45,000 keys has no filter.
 */
export class KeyAccumulator {
  #min: string | undefined;
  #max: string | undefined;
  #last: string | undefined;
  #sorted = true;
  // Hashed at the end, because keys mostly ascend and then need no filter.
  #keys: string[] | undefined = [];

  /** Adds the next key. */
  add(key: string): void {
    if (this.#keys !== undefined && this.#keys.push(key) > maxKeys) this.#keys = undefined;
    if (this.#sorted && (this.#last === undefined || compareCodePoints(this.#last, key) < 0)) {
      this.#min ??= key;
      this.#max = key;
      this.#last = key;
      return;
    }
    this.#sorted = false;
    if (compareCodePoints(key, this.#min as string) < 0) this.#min = key;
    if (compareCodePoints(key, this.#max as string) > 0) this.#max = key;
  }

  /** Gives the sums, or `undefined` when there was no key. */
  finish(): KeySummary | undefined {
    const min = this.#min;
    const max = this.#max;
    if (min === undefined || max === undefined) return undefined;
    const filter = this.#sorted || this.#keys === undefined ? undefined : filterOf(this.#keys);
    return { min, max, sorted: this.#sorted, ...(filter !== undefined && { filter }) };
  }
}

function filterOf(keys: readonly string[]): BloomFilter | undefined {
  const filter = new BloomFilter("string", filterBits);
  for (const key of keys) filter.add(key);
  return filter.shrink(filterBits / 8);
}

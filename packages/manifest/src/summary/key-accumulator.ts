import { compareCodePoints } from "@atdata/core";
import { BloomFilter } from "./bloom.ts";
import type { KeySummary } from "./shard-summary.ts";

const filterBits = 2 ** 18;

/** Sums up the keys of one shard: bounds, whether they ascend, and a filter of at most 32 KiB where they do not. */
export class KeyAccumulator {
  #min: string | undefined;
  #max: string | undefined;
  #last: string | undefined;
  #sorted = true;
  readonly #filter = new BloomFilter("string", filterBits);

  /** Adds the next key. */
  add(key: string): void {
    this.#filter.add(key);
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
    const filter = this.#sorted ? undefined : this.#filter.shrink(filterBits / 8);
    return { min, max, sorted: this.#sorted, ...(filter !== undefined && { filter }) };
  }
}

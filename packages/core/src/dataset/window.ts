import { Random, type ShuffleSeed } from "./random.ts";

const SHARDS = 0;
const OFFSET = 1;
const WINDOW = 2;

/** Gives the order in which a shuffle visits shards. */
export function shuffledShards({ seed, epoch }: ShuffleSeed, shards: readonly number[]): number[] {
  const order = new Random(seed, epoch, SHARDS).permutation(shards.length);
  return Array.from(order, (place) => shards[place] as number);
}

/**
 * The windows of a shuffle: stretches of `size` consecutive samples, each permuted in itself.
 *
 * Borders lie elsewhere in each epoch, so that neighbours do not stay together.
 */
export class Windows {
  readonly #seed: ShuffleSeed;
  readonly #size: number;
  readonly #total: number;
  readonly #offset: number;

  /** Divides `total` samples. */
  constructor(seed: ShuffleSeed, size: number, total: number) {
    this.#seed = seed;
    this.#size = size;
    this.#total = total;
    this.#offset = new Random(seed.seed, seed.epoch, OFFSET).below(size);
  }

  /** Number of the window that holds a position. */
  at(position: number): number {
    return position < this.#offset ? 0 : Math.floor((position - this.#offset) / this.#size) + 1;
  }

  /** First position of a window. */
  start(window: number): number {
    return window === 0 ? 0 : Math.min(this.#total, this.#offset + (window - 1) * this.#size);
  }

  /** First position behind a window. */
  end(window: number): number {
    return Math.min(this.#total, this.#offset + window * this.#size);
  }

  /** Element j says which of the window's samples, in shard order, comes at its j-th position; the last may have fewer than it has room for. */
  permutation(window: number, length: number = this.end(window) - this.start(window)): Uint32Array {
    return new Random(this.#seed.seed, this.#seed.epoch, WINDOW, window).permutation(length);
  }
}

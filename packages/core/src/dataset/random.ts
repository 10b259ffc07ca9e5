/** What makes a shuffled order. */
export interface ShuffleSeed {
  /** The run's seed. */
  readonly seed: number;
  /** The pass over the data. */
  readonly epoch: number;
}

/** Third word of the seed of a full permutation's keys; shards, offset and windows have 0, 1 and 2. */
const ALL = 3;

/**
 * A seeded generator of 32-bit numbers: splitmix32, one word of state. Orders must be the same in every release and
 * runtime, so it is spelt out here and in docs/formats.md rather than taken from a library.
 */
export class Random {
  #state: number;

  /** Mixes any number of words into a seed. */
  constructor(...words: readonly number[]) {
    let state = 0x9e3779b9;
    for (const word of words) {
      const low = (word % 0x1_0000_0000) | 0;
      const high = Math.floor(word / 0x1_0000_0000) | 0;
      state = mix(mix(state ^ low) ^ high);
    }
    this.#state = state;
  }

  /** Gives the next word. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mix(this.#state) >>> 0;
  }

  /** Gives a whole number from 0 to `bound` − 1, all equally likely; `bound` up to 2^32. */
  below(bound: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const word = this.next();
      if (word < limit) return word % bound;
    }
  }

  /** Gives a permutation of 0 … n − 1. */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const value = order[i] as number;
      order[i] = order[j] as number;
      order[j] = value;
    }
    return order;
  }
}

function mix(word: number): number {
  let t = word ^ (word >>> 16);
  t = Math.imul(t, 0x21f0aaad);
  t ^= t >>> 15;
  t = Math.imul(t, 0x735a2d97);
  return t ^ (t >>> 15);
}

/**
 * Gives element `index` of a pseudo-random permutation of 0 … n − 1, in constant time and memory: a four-round
 * Feistel network over the next power of four, walked until it lands inside.
 */
export function permuteIndex(index: number, n: number, { seed, epoch }: ShuffleSeed): number {
  let half = 1;
  while (4 ** half < n) half += 1;
  const side = 2 ** half;
  const keys = [0, 1, 2, 3].map((round) => new Random(seed, epoch, ALL, round).next());
  let value = index;
  do {
    let left = Math.floor(value / side);
    let right = value % side;
    for (const key of keys) {
      const swapped = (left ^ ((mix(right ^ key) >>> 0) & (side - 1))) >>> 0;
      left = right;
      right = swapped;
    }
    value = left * side + right;
  } while (value >= n);
  return value;
}

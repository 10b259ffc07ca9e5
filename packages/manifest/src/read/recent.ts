/** A cache that keeps what was used last, up to a total weight; what is not done yet weighs nothing. */
export class Recent<K, V> {
  readonly #limit: number;
  readonly #weigh: (value: V) => number;
  readonly #entries: Map<K, { readonly value: Promise<V>; weight: number }> = new Map();
  #weight = 0;

  /** `limit` is in the unit that `weigh` counts in; one entry may be heavier. */
  constructor(limit: number, weigh: (value: V) => number) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  /** Gives what is there, without making it. */
  peek(key: K): Promise<V> | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Gives what is there or makes it, once however many ask; what fails is not kept. */
  get(key: K, make: () => Promise<V>): Promise<V> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value;
    }
    const entry = { value: make(), weight: 0 };
    this.#entries.set(key, entry);
    entry.value.then(
      (value) => {
        entry.weight = this.#weigh(value);
        this.#weight += entry.weight;
        this.#evict(key);
      },
      () => this.#entries.delete(key),
    );
    return entry.value;
  }

  #evict(newest: K): void {
    for (const [key, { weight }] of this.#entries) {
      if (this.#weight <= this.#limit) return;
      if (weight === 0 || key === newest) continue;
      this.#entries.delete(key);
      this.#weight -= weight;
    }
  }
}

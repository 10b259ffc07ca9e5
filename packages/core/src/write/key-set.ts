import { AtdataError } from "../errors.ts";

const WORDS = 3;
const FIRST_CAPACITY = 1 << 12;

/**
 * Remembers keys to find a repeated one: 96 bits of hash each, so that a hundred million keys cost a few gigabytes less than the strings would. Two keys out of a billion share one with
 * a chance below 10^-10.
 */
export class KeySet {
  #slots: Uint32Array = new Uint32Array(FIRST_CAPACITY * WORDS);
  #capacity = FIRST_CAPACITY;
  #size = 0;

  /**
   * Adds a key.
   *
   * @throws AtdataError `DUPLICATE_KEY` when it was there.
   */
  add(key: string): void {
    if (this.#size * 2 >= this.#capacity) this.#grow();
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    let c = key.length;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code ^ (b >>> 15), 0x85ebca6b);
      c = Math.imul(c ^ (code + i), 0xc2b2ae35) ^ (c >>> 13);
    }
    // An all-zero slot is a free one.
    if (!this.#insert(finish(a), finish(b ^ a), finish(c ^ b) | 1)) {
      throw new AtdataError("DUPLICATE_KEY", "a sample with this key was written before", { key });
    }
    this.#size += 1;
  }

  #insert(a: number, b: number, c: number): boolean {
    const slots = this.#slots;
    for (let slot = (a >>> 0) & (this.#capacity - 1); ; slot = (slot + 1) & (this.#capacity - 1)) {
      const at = slot * WORDS;
      if (slots[at + 2] === 0) {
        slots[at] = a;
        slots[at + 1] = b;
        slots[at + 2] = c;
        return true;
      }
      if (slots[at] === a >>> 0 && slots[at + 1] === b >>> 0 && slots[at + 2] === c >>> 0) return false;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Uint32Array(this.#capacity * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 2] !== 0) this.#insert(old[at] as number, old[at + 1] as number, old[at + 2] as number);
    }
  }
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return h ^ (h >>> 16);
}

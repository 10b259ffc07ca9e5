import { AtdataError } from "../errors.ts";
import { KeySet } from "./key-set.ts";

const DIGITS = 9;

/** Numbers the samples that come without a key, and refuses a key that was used before. */
export class KeyBook {
  readonly #prefix: string;
  readonly #first: number;
  #next: number;
  #keys: KeySet | undefined;

  /** Starts at running number `first`. */
  constructor(prefix: string, first: number) {
    this.#prefix = prefix;
    this.#first = first;
    this.#next = first;
  }

  /** The key of the next sample that comes without one. */
  get next(): string {
    return this.#key(this.#next);
  }

  /**
   * Takes note of a key that is written now. Running numbers are remembered only once somebody gives keys of their own.
   *
   * @throws AtdataError `DUPLICATE_KEY`.
   */
  use(key: string, given: boolean): void {
    if (given) {
      this.#keys ??= new KeySet();
      const n = key.startsWith(this.#prefix) ? Number(key.slice(this.#prefix.length)) : Number.NaN;
      if (n >= this.#first && n < this.#next && this.#key(n) === key) {
        throw new AtdataError("DUPLICATE_KEY", "a sample with this key was written before", { key });
      }
    }
    this.#keys?.add(key);
    if (!given) this.#next += 1;
  }

  #key(n: number): string {
    return this.#prefix + String(n).padStart(DIGITS, "0");
  }
}

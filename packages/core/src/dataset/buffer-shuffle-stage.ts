import type { ShuffleSeed } from "./random.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";
import { Windows } from "./window.ts";

/** Samples in a window when the user does not say how many. */
const DEFAULT_SIZE = 10_000;

/** Where the upstream has put the values of a window, in the order in which they came; it gives anything instead. */
export interface WindowStore<T> {
  /** Forgets the window before. */
  reset(): void;
  /** Gives a value by its number; `undefined` when it turns out to be damaged and is skipped. */
  take(slot: number): T | undefined;
}

/**
 * Shuffles a sequence of unknown length by windows: keeps a window's values, gives them permuted, then turns to the
 * next. The order is that of {@link Windows} without an end.
 *
 * Its state is that of the upstream where the window starts, and the number of values given: resuming reads the window
 * again.
 */
export class BufferShuffleStage<T> implements Stage<T> {
  readonly #upstream: Stage<unknown>;
  readonly #windows: Windows;
  readonly #store: WindowStore<T> | undefined;
  #window: number;
  /** The state of the upstream where the window starts. */
  #origin: StageState;
  /** The window's values, unless they are in a store. */
  #values: (T | undefined)[] = [];
  #count = 0;
  /** The order of the values, once all are there. */
  #order: Uint32Array | undefined;
  /** Values given, in this window and those before it. */
  #given: number;
  #ended = false;

  /** `upstream` stands where the window starts that holds the value number `given`, which is given next. */
  constructor(
    upstream: Stage<unknown>,
    seed: ShuffleSeed,
    size: number | undefined,
    given: number,
    store?: WindowStore<T>,
  ) {
    this.#upstream = upstream;
    this.#windows = new Windows(seed, size ?? DEFAULT_SIZE, Number.POSITIVE_INFINITY);
    this.#window = this.#windows.at(given);
    this.#origin = upstream.state();
    this.#given = given;
    this.#store = store;
  }

  pull(): T | typeof MORE | typeof END {
    for (;;) {
      if (this.#order === undefined && !this.#fill()) return MORE;
      const order = this.#order as Uint32Array;
      const place = this.#given - this.#windows.start(this.#window);
      if (place >= order.length) {
        if (this.#ended) return END;
        this.#turn();
        continue;
      }
      this.#given += 1;
      const slot = order[place] as number;
      const store = this.#store;
      const value = store === undefined ? this.#values[slot] : store.take(slot);
      if (store === undefined) this.#values[slot] = undefined;
      if (place === order.length - 1) this.#turn();
      if (value !== undefined || store === undefined) return value as T;
    }
  }

  wait(): Promise<void> {
    return this.#upstream.wait();
  }

  state(): StageState {
    return [this.#origin, this.#given];
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  /** Takes the window's values; false when some are still to come. */
  #fill(): boolean {
    const size = this.#windows.end(this.#window) - this.#windows.start(this.#window);
    while (!this.#ended && this.#count < size) {
      const value = this.#upstream.pull();
      if (value === MORE) return false;
      if (value === END) {
        this.#ended = true;
        break;
      }
      if (this.#store === undefined) this.#values.push(value as T);
      this.#count += 1;
    }
    this.#order = this.#windows.permutation(this.#window, this.#count);
    return true;
  }

  /** Turns to the next window, unless there is none. */
  #turn(): void {
    this.#origin = this.#upstream.state();
    if (this.#ended) return;
    this.#window += 1;
    this.#values = [];
    this.#count = 0;
    this.#order = undefined;
    this.#store?.reset();
  }
}

import { Random, type ShuffleSeed } from "./random.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";

/** Samples in the buffer when the user does not say how many. */
const DEFAULT_SIZE = 10_000;

/**
 * Shuffles a sequence of unknown length through a buffer: each value given is a random one of the buffer, and the next
 * of the sequence takes its place.
 *
 * What the buffer holds follows from the seed and the number of values given, so that number is the state: resuming
 * reads the sequence again from where the buffer began, and makes the same draws.
 */
export class BufferShuffleStage<T> implements Stage<T> {
  readonly #upstream: Stage<T>;
  readonly #origin: StageState;
  readonly #random: Random;
  readonly #size: number;
  readonly #buffer: T[] = [];
  #given: number;
  /** Draws to make again without giving their values. */
  #repeat: number;
  #ended = false;

  /** `upstream` stands where the sequence starts; `given` values were given before. */
  constructor(upstream: Stage<T>, seed: ShuffleSeed, size: number | undefined, given: number) {
    this.#upstream = upstream;
    this.#origin = upstream.state();
    this.#random = new Random(seed.seed, seed.epoch);
    this.#size = size ?? DEFAULT_SIZE;
    this.#given = given;
    this.#repeat = given;
  }

  pull(): T | typeof MORE | typeof END {
    const buffer = this.#buffer;
    for (;;) {
      while (!this.#ended && buffer.length < this.#size) {
        const value = this.#upstream.pull();
        if (value === MORE) return MORE;
        if (value === END) this.#ended = true;
        else buffer.push(value);
      }
      if (buffer.length === 0) return END;
      const slot = this.#random.below(buffer.length);
      const value = buffer[slot] as T;
      const last = buffer.pop() as T;
      if (slot < buffer.length) buffer[slot] = last;
      if (this.#repeat > 0) this.#repeat -= 1;
      else {
        this.#given += 1;
        return value;
      }
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
}

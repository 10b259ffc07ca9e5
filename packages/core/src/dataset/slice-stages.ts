import type { Stride } from "./sequential-stage.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";

/** Gives at most `limit` values, and pulls no more than those. */
export class TakeStage<T> implements Stage<T> {
  readonly #upstream: Stage<T>;
  readonly #limit: number;
  #taken: number;

  /** `taken` were given before. */
  constructor(upstream: Stage<T>, limit: number, taken: number) {
    this.#upstream = upstream;
    this.#limit = limit;
    this.#taken = taken;
  }

  pull(): T | typeof MORE | typeof END {
    if (this.#taken >= this.#limit) return END;
    const value = this.#upstream.pull();
    if (value !== MORE && value !== END) this.#taken += 1;
    return value;
  }

  wait(): Promise<void> {
    return this.#upstream.wait();
  }

  state(): StageState {
    return [this.#upstream.state(), this.#taken];
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }
}

/** Passes over the first `left` values. */
export class SkipStage<T> implements Stage<T> {
  readonly #upstream: Stage<T>;
  #left: number;

  /** `left` are still to be passed over. */
  constructor(upstream: Stage<T>, left: number) {
    this.#upstream = upstream;
    this.#left = left;
  }

  pull(): T | typeof MORE | typeof END {
    for (;;) {
      const value = this.#upstream.pull();
      if (value === MORE || value === END || this.#left === 0) return value;
      this.#left -= 1;
    }
  }

  wait(): Promise<void> {
    return this.#upstream.wait();
  }

  state(): StageState {
    return [this.#upstream.state(), this.#left];
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }
}

/** Gives every `count`-th value, from the `index`-th on. */
export class StrideStage<T> implements Stage<T> {
  readonly #upstream: Stage<T>;
  readonly #stride: Stride;
  /** Values to pass over before the next one of this part. */
  #ahead: number;

  /** `behind` values lie between the upstream's state and the point from which all parts count. */
  constructor(upstream: Stage<T>, stride: Stride, behind: number) {
    this.#upstream = upstream;
    this.#stride = stride;
    this.#ahead = behind + stride.index;
  }

  pull(): T | typeof MORE | typeof END {
    for (;;) {
      const value = this.#upstream.pull();
      if (value === MORE || value === END) return value;
      if (this.#ahead === 0) {
        this.#ahead = this.#stride.count - 1;
        return value;
      }
      this.#ahead -= 1;
    }
  }

  wait(): Promise<void> {
    return this.#upstream.wait();
  }

  state(): StageState {
    // The other parts of this round come behind what this part gave: whoever resumes passes over them.
    return [this.#upstream.state(), Math.max(0, this.#ahead - this.#stride.index)];
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }
}

import { END, MORE, type Stage, type StageState } from "./stage.ts";

/** Makes the upstream of one epoch, at its start or at a state. */
export type BuildEpoch<T> = (epoch: number, state: StageState | undefined) => Stage<T>;

/** Runs an upstream again and again, each time with the next epoch. */
export class RepeatStage<T> implements Stage<T> {
  readonly #build: BuildEpoch<T>;
  readonly #epochs: number;
  #epoch: number;
  #current: Stage<T>;
  #turning = false;
  /** An upstream that gives nothing would be run forever. */
  #gave: boolean;

  /** Starts at `epoch`, at `state` when it is given. */
  constructor(build: BuildEpoch<T>, epochs: number, epoch: number, state: StageState | undefined) {
    this.#build = build;
    this.#epochs = epochs;
    this.#epoch = epoch;
    this.#gave = state !== undefined;
    this.#current = build(epoch, state);
  }

  pull(): T | typeof MORE | typeof END {
    const value = this.#current.pull();
    if (value === MORE) return MORE;
    if (value !== END) {
      this.#gave = true;
      return value;
    }
    if (this.#epoch + 1 >= this.#epochs || !this.#gave) return END;
    this.#turning = true;
    return MORE;
  }

  async wait(): Promise<void> {
    if (!this.#turning) return this.#current.wait();
    this.#turning = false;
    this.#gave = false;
    await this.#current.close();
    this.#epoch += 1;
    this.#current = this.#build(this.#epoch, undefined);
  }

  state(): StageState {
    return [this.#current.state(), this.#epoch];
  }

  close(): Promise<void> {
    return this.#current.close();
  }
}

import { END, isThenable, MORE, type Stage, type StageState } from "./stage.ts";

/** Says that a step drops the value. */
export const DROP: unique symbol = Symbol("atdata.drop");

/** One filter or map: gives a value, `DROP`, or a promise of either. */
export type Step = (value: unknown) => unknown;

/**
 * Applies filters and maps to each value, in order, one value at a time.
 *
 * A step that gives a promise makes the stage wait for it; nothing else is pulled meanwhile.
 */
export class TransformStage<T> implements Stage<T> {
  readonly #upstream: Stage<unknown>;
  readonly #steps: readonly Step[];
  #pending: PromiseLike<unknown> | undefined;
  #pendingStep = 0;
  #settled: { readonly value: unknown } | undefined;

  /** `steps` run from first to last. */
  constructor(upstream: Stage<unknown>, steps: readonly Step[]) {
    this.#upstream = upstream;
    this.#steps = steps;
  }

  pull(): T | typeof MORE | typeof END {
    if (this.#pending !== undefined) return MORE;
    if (this.#settled !== undefined) {
      const { value } = this.#settled;
      this.#settled = undefined;
      const result = value === DROP ? DROP : this.#run(value, this.#pendingStep + 1);
      if (result !== DROP) return result as T;
    }
    for (;;) {
      const value = this.#upstream.pull();
      if (value === MORE || value === END) return value;
      const result = this.#run(value, 0);
      if (result !== DROP) return result as T;
    }
  }

  async wait(): Promise<void> {
    if (this.#pending === undefined) return this.#upstream.wait();
    const value = await this.#pending;
    this.#pending = undefined;
    this.#settled = { value };
  }

  state(): StageState {
    return this.#upstream.state();
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  #run(input: unknown, from: number): unknown {
    let value = input;
    const steps = this.#steps;
    for (let i = from; i < steps.length; i++) {
      const result = (steps[i] as Step)(value);
      if (result === DROP) return DROP;
      if (isThenable(result)) {
        this.#pending = result;
        this.#pendingStep = i;
        return MORE;
      }
      value = result;
    }
    return value;
  }
}

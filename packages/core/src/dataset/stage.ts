/** Says that the stage must wait before it can give more. */
export const MORE: unique symbol = Symbol("atdata.more");
/** Says that there is no more. */
export const END: unique symbol = Symbol("atdata.end");

/** A resumable position, as JSON: a number, or the position of what comes before with a number beside it. */
export type StageState = number | readonly [StageState, number];

/**
 * One step of a reading pipeline.
 *
 * `pull` is synchronous, so that a chain of stages costs function calls and not promises; only when it answers `MORE`
 * does somebody await `wait`. That keeps the price of a filter or map at a few nanoseconds, and laziness at one sample.
 *
 * `pull` and `state` are not called while a `wait` is pending; `close` may be.
 */
export interface Stage<T> {
  /** Gives the next value, `MORE` or `END`; once more `MORE` or `END` when it is called again at once. */
  pull(): T | typeof MORE | typeof END;
  /** Settles when `pull` can go on; called only after `MORE`. */
  wait(): Promise<void>;
  /** Gives the position behind the value that was pulled last; exact only until the next `pull`. */
  state(): StageState;
  /** Frees everything; idempotent. */
  close(): Promise<void>;
}

/** Tells whether a value must be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as PromiseLike<unknown>).then === "function";
}

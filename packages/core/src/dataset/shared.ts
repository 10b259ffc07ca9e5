import { abortable } from "../abortable.ts";

/** Work that is done once for all who ask, each with a signal of its own. */
export class Shared<T> {
  readonly #work: (signal: AbortSignal | undefined) => Promise<T>;
  #running: { readonly result: Promise<T>; readonly signal: AbortSignal | undefined } | undefined;

  /** Starts nothing before somebody asks. */
  constructor(work: (signal: AbortSignal | undefined) => Promise<T>) {
    this.#work = work;
  }

  /**
   * Gives the result. The signal of whoever asked first ends the work; the others then start it again, as they do after
   * a failure.
   */
  async get(signal: AbortSignal | undefined): Promise<T> {
    for (;;) {
      const running = this.#running ?? this.#start(signal);
      try {
        return await abortable(running.result, signal);
      } catch (error) {
        if (this.#running === running) this.#running = undefined;
        signal?.throwIfAborted();
        if (running.signal?.aborted !== true) throw error;
      }
    }
  }

  #start(signal: AbortSignal | undefined): { result: Promise<T>; signal: AbortSignal | undefined } {
    this.#running = { result: this.#work(signal), signal };
    return this.#running;
  }
}

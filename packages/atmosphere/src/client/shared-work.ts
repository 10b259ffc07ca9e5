import { abortable } from "@atdata/core";

/** Work that several callers wait for: done once at a time for each key, and ended when nobody waits for it any longer. */
export class SharedWork<T> {
  readonly #underWay = new Map<
    string,
    { readonly promise: Promise<T>; readonly stop: AbortController; waiting: number }
  >();

  /** Waits for the work of this key, beginning it where it is not under way. */
  async run(key: string, signal: AbortSignal | undefined, begin: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    let work = this.#underWay.get(key);
    if (work === undefined) {
      const stop = new AbortController();
      work = { promise: begin(stop.signal), stop, waiting: 0 };
      this.#underWay.set(key, work);
    }
    work.waiting++;
    try {
      return await abortable(work.promise, signal);
    } finally {
      work.waiting--;
      if (work.waiting === 0) {
        if (this.#underWay.get(key) === work) this.#underWay.delete(key);
        work.stop.abort();
      }
    }
  }
}

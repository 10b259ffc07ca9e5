import { END, MORE, type Stage, type StageState } from "./stage.ts";

interface Running {
  /** Position behind the value that it works on. */
  readonly state: StageState;
  /** Settles, never rejects, when there is an outcome. */
  readonly settled: Promise<void>;
  outcome: Outcome | undefined;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Runs an async function on several values at once and gives the results in order. */
export class ConcurrentStage<T> implements Stage<T> {
  readonly #upstream: Stage<unknown>;
  readonly #fn: (value: unknown) => unknown;
  readonly #limit: number;
  readonly #running: Running[] = [];
  /** Set while the upstream is waited for; it may not be pulled then. */
  #waiting: Promise<void> | undefined;
  /** Why nothing more will be started; an error is given after the values before it. */
  #end: typeof END | { readonly error: unknown } | undefined;
  #state: StageState;

  /** At most `limit` calls run at a time. */
  constructor(upstream: Stage<unknown>, fn: (value: unknown) => unknown, limit: number) {
    this.#upstream = upstream;
    this.#fn = fn;
    this.#limit = limit;
    this.#state = upstream.state();
  }

  pull(): T | typeof MORE | typeof END {
    this.#fill();
    const first = this.#running[0];
    if (first === undefined) {
      if (this.#end === undefined || this.#end === END) return this.#end ?? MORE;
      throw this.#end.error;
    }
    if (first.outcome === undefined) return MORE;
    this.#running.shift();
    this.#state = first.state;
    if ("error" in first.outcome) throw first.outcome.error;
    return first.outcome.value as T;
  }

  async wait(): Promise<void> {
    const first = this.#running[0]?.settled;
    await Promise.race([first, this.#waiting].filter((promise) => promise !== undefined));
  }

  state(): StageState {
    return this.#state;
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  #fill(): void {
    try {
      while (this.#end === undefined && this.#waiting === undefined && this.#running.length < this.#limit) {
        const value = this.#upstream.pull();
        if (value === END) this.#end = END;
        else if (value === MORE) this.#waiting = this.#awaitUpstream();
        else this.#start(value);
      }
    } catch (error) {
      this.#end = { error };
    }
  }

  async #awaitUpstream(): Promise<void> {
    try {
      await this.#upstream.wait();
    } catch (error) {
      this.#end = { error };
    }
    this.#waiting = undefined;
  }

  #start(value: unknown): void {
    const settle = async (entry: Omit<Running, "settled">): Promise<void> => {
      try {
        entry.outcome = { value: await this.#fn(value) };
      } catch (error) {
        entry.outcome = { error };
      }
    };
    const entry: { state: StageState; outcome: Outcome | undefined } = {
      state: this.#upstream.state(),
      outcome: undefined,
    };
    this.#running.push(Object.assign(entry, { settled: settle(entry) }));
  }
}

import { END, MORE, type Stage, type StageState } from "./stage.ts";

interface Running {
  readonly result: Promise<unknown>;
  readonly state: StageState;
}

/** Runs an async function on several values at once and gives the results in order. */
export class ConcurrentStage<T> implements Stage<T> {
  readonly #upstream: Stage<unknown>;
  readonly #fn: (value: unknown) => unknown;
  readonly #limit: number;
  readonly #running: Running[] = [];
  readonly #values: Map<Running, { readonly value?: unknown; readonly error?: unknown; readonly failed: boolean }> =
    new Map();
  #upstreamWaits = false;
  #ended = false;
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
    if (first === undefined) return this.#ended ? END : MORE;
    const outcome = this.#values.get(first);
    if (outcome === undefined) return MORE;
    this.#running.shift();
    this.#values.delete(first);
    this.#state = first.state;
    if (outcome.failed) throw outcome.error;
    return outcome.value as T;
  }

  async wait(): Promise<void> {
    const first = this.#running[0];
    // The upstream is waited for only when nothing runs: a stage may not be awaited twice at once.
    if (first === undefined) {
      if (this.#upstreamWaits) await this.#upstream.wait();
      return;
    }
    await first.result;
  }

  state(): StageState {
    return this.#state;
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  #fill(): void {
    while (!this.#ended && this.#running.length < this.#limit) {
      const value = this.#upstream.pull();
      if (value === MORE) {
        this.#upstreamWaits = true;
        return;
      }
      if (value === END) {
        this.#ended = true;
        return;
      }
      this.#start(value);
    }
  }

  #start(value: unknown): void {
    const entry: Running = {
      state: this.#upstream.state(),
      result: (async () => this.#fn(value))().then(
        (result) => {
          this.#values.set(entry, { value: result, failed: false });
        },
        (error: unknown) => {
          this.#values.set(entry, { error, failed: true });
        },
      ),
    };
    this.#running.push(entry);
  }
}

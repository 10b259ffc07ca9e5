import type { Failures } from "./failures.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";

/** One read of a {@link LocatedStage}. */
export interface LocatedRead<T> {
  /** Position that follows this one, for the state. */
  readonly next: number;
  /** Starts reading. */
  read(): Promise<T>;
}

interface Flying<T> {
  readonly next: number;
  readonly value: Promise<T>;
}

/** Reads in flight at once: enough to hide a round trip, few enough for any server. */
const IN_FLIGHT = 8;

/** Gives values that are read one by one from known places, several at a time, in order. */
export class LocatedStage<T> implements Stage<T> {
  readonly #reads: AsyncIterator<LocatedRead<T>>;
  readonly #failures: Failures;
  readonly #flying: Flying<T>[] = [];
  #ready: { readonly value: T; readonly next: number } | undefined;
  #ended = false;
  #state: number;

  /** `from` is the state before the first value. */
  constructor(reads: AsyncIterator<LocatedRead<T>>, failures: Failures, from: number) {
    this.#reads = reads;
    this.#failures = failures;
    this.#state = from;
  }

  pull(): T | typeof MORE | typeof END {
    const ready = this.#ready;
    if (ready === undefined) return this.#ended && this.#flying.length === 0 ? END : MORE;
    this.#ready = undefined;
    this.#state = ready.next;
    return ready.value;
  }

  async wait(): Promise<void> {
    while (!this.#ended && this.#flying.length < IN_FLIGHT) {
      const step = await this.#reads.next();
      if (step.done === true) {
        this.#ended = true;
        break;
      }
      const value = step.value.read();
      // Awaited in order; one that fails early must not count as unhandled.
      value.catch(() => undefined);
      this.#flying.push({ next: step.value.next, value });
    }
    const first = this.#flying.shift();
    if (first === undefined) return;
    try {
      this.#ready = { value: await first.value, next: first.next };
    } catch (error) {
      this.#failures.handle(error);
    }
  }

  state(): StageState {
    return this.#state;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#reads.return?.();
    await Promise.allSettled(this.#flying.splice(0).map(({ value }) => value));
  }
}

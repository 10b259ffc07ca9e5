import { abortable } from "../abortable.ts";
import { END, MORE, type Stage, type StageState } from "./stage.ts";

/** How far an iteration is. */
export interface Progress {
  /** Values given. */
  readonly samples: number;
  /** Bytes of shards read. */
  readonly bytes: number;
}

/** What a {@link StageIterator} runs with. */
export interface RunContext {
  /** Builds the pipeline, which may wait for counts. */
  readonly build: () => Promise<Stage<unknown>>;
  /** Ends the iteration with its reason. */
  readonly signal: AbortSignal | undefined;
  /** Told after each wait, that is about once a chunk, and at the end. */
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** Bytes read so far. */
  readonly bytes: () => number;
}

/**
 * Drives a pipeline: `next` works synchronously and gives a promise that is resolved already; only a border of chunks
 * waits.
 *
 * Calls made while one waits queue behind it.
 */
export class StageIterator<T> implements AsyncIterator<T, undefined> {
  readonly #context: RunContext;
  #stage: Stage<unknown> | undefined;
  /** Settles, never rejects, when the last call that was queued has ended. */
  #tail: Promise<unknown> = Promise.resolve();
  /** Calls that are queued or under way. */
  #queued = 0;
  #done = false;
  #given = 0;
  /** The state before the value that is being pulled, which stays the state when it never comes. */
  #before: StageState | undefined;

  /** Builds nothing before the first `next`. */
  constructor(context: RunContext) {
    this.#context = context;
  }

  /** The position behind the value that was given last; `undefined` before anything was built. */
  get state(): StageState | undefined {
    return this.#before ?? this.#stage?.state();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const stage = this.#stage;
    if (this.#queued === 0 && stage !== undefined && !this.#done) {
      try {
        this.#context.signal?.throwIfAborted();
        this.#before = stage.state();
        const value = stage.pull();
        if (value !== MORE && value !== END) return Promise.resolve(this.#give(value));
      } catch (error) {
        return this.#enqueue(() => this.#fail(error));
      }
    }
    return this.#enqueue(() => this.#slowNext());
  }

  return(): Promise<IteratorResult<T, undefined>> {
    return this.#enqueue(async () => {
      await this.#end();
      return { done: true, value: undefined };
    });
  }

  async #slowNext(): Promise<IteratorResult<T, undefined>> {
    if (this.#done) return { done: true, value: undefined };
    const { signal, build } = this.#context;
    try {
      signal?.throwIfAborted();
      this.#stage ??= await abortable(build(), signal);
      const stage = this.#stage;
      this.#before ??= stage.state();
      for (;;) {
        const value = stage.pull();
        if (value === END) break;
        if (value !== MORE) return this.#give(value);
        await abortable(stage.wait(), signal);
        signal?.throwIfAborted();
        this.#report();
      }
      this.#before = undefined;
      await this.#end();
      this.#report();
    } catch (error) {
      return this.#fail(error);
    }
    return { done: true, value: undefined };
  }

  #give(value: unknown): IteratorResult<T, undefined> {
    this.#before = undefined;
    this.#given += 1;
    return { done: false, value: value as T };
  }

  async #fail(error: unknown): Promise<never> {
    // What goes wrong while closing would hide the cause.
    await this.#end().catch(() => undefined);
    throw error;
  }

  async #end(): Promise<void> {
    this.#done = true;
    await this.#stage?.close();
  }

  #report(): void {
    this.#context.onProgress?.({ samples: this.#given, bytes: this.#context.bytes() });
  }

  #enqueue<R>(work: () => Promise<R>): Promise<R> {
    this.#queued += 1;
    const own = this.#tail.then(async () => {
      try {
        return await work();
      } finally {
        this.#queued -= 1;
      }
    });
    this.#tail = own.catch(() => undefined);
    return own;
  }
}

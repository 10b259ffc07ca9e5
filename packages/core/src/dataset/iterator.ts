import { END, MORE, type Stage } from "./stage.ts";

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
 * Drives a pipeline: `next` works synchronously and gives a promise that is resolved already; only a border of chunks waits.
 *
 * Calls made while one waits queue behind it.
 */
export class StageIterator<T> implements AsyncIterator<T, undefined> {
  readonly #context: RunContext;
  #stage: Stage<unknown> | undefined;
  #tail: Promise<unknown> | undefined;
  #done = false;
  #given = 0;

  /** Builds nothing before the first `next`. */
  constructor(context: RunContext) {
    this.#context = context;
  }

  /** The pipeline, when it was built. */
  get stage(): Stage<unknown> | undefined {
    return this.#stage;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const stage = this.#stage;
    if (this.#tail === undefined && stage !== undefined && !this.#done) {
      try {
        this.#context.signal?.throwIfAborted();
        const value = stage.pull();
        if (value !== MORE && value !== END) {
          this.#given += 1;
          return Promise.resolve({ done: false, value: value as T });
        }
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
    try {
      this.#context.signal?.throwIfAborted();
      this.#stage ??= await this.#context.build();
      for (;;) {
        const value = this.#stage.pull();
        if (value === END) break;
        if (value !== MORE) {
          this.#given += 1;
          return { done: false, value: value as T };
        }
        await this.#stage.wait();
        this.#context.signal?.throwIfAborted();
        this.#report();
      }
    } catch (error) {
      return this.#fail(error);
    }
    await this.#end();
    this.#report();
    return { done: true, value: undefined };
  }

  async #fail(error: unknown): Promise<never> {
    await this.#end();
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
    const before = this.#tail;
    const own = before === undefined ? work() : before.then(work, work);
    const settled: Promise<unknown> = own.then(
      () => undefined,
      () => undefined,
    );
    this.#tail = settled;
    void settled.then(() => {
      if (this.#tail === settled) this.#tail = undefined;
    });
    return own;
  }
}

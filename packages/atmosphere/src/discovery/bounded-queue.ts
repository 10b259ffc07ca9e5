/** What a queue holds before it asks to be given no more. */
export interface QueueLimits {
  readonly items: number;
  readonly bytes: number;
}

/** A queue between one who puts and one who takes; it has a bound that the putter is told of, and drops nothing. */
export class BoundedQueue<T> {
  readonly #limits: QueueLimits;
  readonly #items: { readonly item: T; readonly bytes: number }[] = [];
  #bytes = 0;
  #ended: (() => void) | undefined;
  #wakeTaker: () => void = () => {};
  #wakePutter: () => void = () => {};

  /** Begins empty. */
  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Puts something at the end. */
  put(item: T, bytes: number): void {
    this.#items.push({ item, bytes });
    this.#bytes += bytes;
    this.#wakeTaker();
  }

  /** Tells whether more may be put. */
  get hasRoom(): boolean {
    return this.#items.length < this.#limits.items && this.#bytes < this.#limits.bytes;
  }

  /** Waits until less than half of what it may hold is left, so that the putter is not called for every single item. */
  async room(): Promise<void> {
    const { items, bytes } = this.#limits;
    while (this.#ended === undefined && (this.#items.length > items / 2 || this.#bytes > bytes / 2)) {
      await new Promise<void>((resolve) => {
        this.#wakePutter = resolve;
      });
    }
  }

  /** Says that nothing comes any more; with an error, it is thrown to the taker behind all that is there. */
  end(error?: unknown): void {
    this.#ended ??= () => {
      if (error !== undefined) throw error;
    };
    this.#wakeTaker();
    this.#wakePutter();
  }

  /** Takes the first, when there is one; `undefined` at the end. */
  async take(): Promise<T | undefined> {
    for (;;) {
      const first = this.#items.shift();
      if (first !== undefined) {
        this.#bytes -= first.bytes;
        this.#wakePutter();
        return first.item;
      }
      if (this.#ended !== undefined) {
        this.#ended();
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wakeTaker = resolve;
      });
    }
  }

  /** Drops what is there. */
  clear(): void {
    this.#items.length = 0;
    this.#bytes = 0;
  }
}

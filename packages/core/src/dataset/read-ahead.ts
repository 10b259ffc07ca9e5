import type { ByteReader } from "../protocols/data-source.ts";

/** Bytes that may be held by all readers together. */
export interface Budget {
  /** The most. */
  readonly max: number;
  /** Held now. */
  used: number;
}

/**
 * Reads a shard ahead of its consumer, within a budget that several readers share.
 *
 * The one that is being consumed always may hold one chunk, so that readers further ahead cannot starve it.
 */
export class ReadAhead implements ByteReader {
  readonly #budget: Budget;
  readonly #opening: Promise<ByteReader>;
  readonly #queue: Uint8Array[] = [];
  #ended = false;
  #failed: { readonly error: unknown } | undefined;
  #closed = false;
  #pumping = false;
  #wake: (() => void) | undefined;

  /** Starts reading at once. */
  constructor(opening: Promise<ByteReader>, budget: Budget) {
    this.#budget = budget;
    this.#opening = opening;
    void this.#pump();
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        this.#budget.used -= chunk.length;
        void this.#pump();
        return chunk;
      }
      if (this.#failed !== undefined) throw this.#failed.error;
      if (this.#ended || this.#closed) return undefined;
      void this.#pump(true);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const chunk of this.#queue.splice(0)) this.#budget.used -= chunk.length;
    this.#wake?.();
    await this.#opening.then(
      (reader) => reader.close(),
      () => undefined,
    );
  }

  async #pump(urgent = false): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      const reader = await this.#opening;
      let allowed = urgent;
      while (!this.#closed && !this.#ended && (allowed || this.#budget.used < this.#budget.max)) {
        const chunk = await reader.next();
        if (this.#closed) break;
        if (chunk === undefined) this.#ended = true;
        else {
          this.#queue.push(chunk);
          this.#budget.used += chunk.length;
        }
        allowed = false;
        this.#wake?.();
      }
    } catch (error) {
      this.#failed = { error };
      this.#wake?.();
    } finally {
      this.#pumping = false;
    }
  }
}

import type { ByteReader } from "../protocols/data-source.ts";

/**
 * Reads shards ahead of their consumer, several at once, and holds no more than a budget of bytes.
 *
 * Shards are consumed in the order in which they are added, so those added first are served first. The one whose
 * consumer waits may always read one chunk, so that those further ahead cannot starve it: at most the budget and one
 * chunk are held, as long as chunks are no longer than those seen before.
 */
export class ReadAhead {
  readonly #max: number;
  readonly #shards: AheadReader[] = [];
  #held = 0;
  #flying = 0;
  #largest = 0;

  /** `maxBytes` counts what was read and not yet consumed, of all shards together. */
  constructor(maxBytes: number) {
    this.#max = maxBytes;
  }

  /** Adds a shard behind the others; it is opened when there is room, or when it is consumed. */
  add(open: () => Promise<ByteReader>): ByteReader {
    const reader = new AheadReader(this, open);
    this.#shards.push(reader);
    this.run();
    return reader;
  }

  /** Starts whatever may be started; called after every change. */
  run(): void {
    for (const shard of this.#shards) shard.start();
  }

  /** Whether a shard may be opened ahead of its consumer. */
  get hasRoom(): boolean {
    return this.#held + this.#flying * this.#largest < this.#max;
  }

  /** Whether a chunk may be read ahead of its consumer; the first one shows how long they are. */
  get fitsChunk(): boolean {
    if (this.#largest === 0) return this.#flying === 0 && this.#max > 0;
    return this.#held + (this.#flying + 1) * this.#largest <= this.#max;
  }

  /** Reads one chunk on behalf of a shard. */
  async read(reader: ByteReader): Promise<Uint8Array | undefined> {
    this.#flying += 1;
    try {
      const chunk = await reader.next();
      this.#held += chunk?.length ?? 0;
      this.#largest = Math.max(this.#largest, chunk?.length ?? 0);
      return chunk;
    } finally {
      this.#flying -= 1;
    }
  }

  /** Takes back what was held. */
  release(bytes: number): void {
    this.#held -= bytes;
  }

  /** Forgets a shard. */
  remove(reader: AheadReader): void {
    const at = this.#shards.indexOf(reader);
    if (at >= 0) this.#shards.splice(at, 1);
  }
}

class AheadReader implements ByteReader {
  readonly #pool: ReadAhead;
  readonly #open: () => Promise<ByteReader>;
  readonly #queue: Uint8Array[] = [];
  #opening: Promise<ByteReader> | undefined;
  #reader: ByteReader | undefined;
  #busy = false;
  #ended = false;
  #closed = false;
  #failed: { readonly error: unknown } | undefined;
  /** Set while the consumer waits. */
  #wake: (() => void) | undefined;

  constructor(pool: ReadAhead, open: () => Promise<ByteReader>) {
    this.#pool = pool;
    this.#open = open;
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        this.#pool.release(chunk.length);
        this.#pool.run();
        return chunk;
      }
      if (this.#failed !== undefined) throw this.#failed.error;
      if (this.#ended || this.#closed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.start();
      });
      this.#wake = undefined;
    }
  }

  /** Opens, or reads the next chunk, when nothing else is under way and there is room or somebody waits. */
  start(): void {
    if (this.#busy || this.#ended || this.#closed || this.#failed !== undefined) return;
    const urgent = this.#wake !== undefined && this.#queue.length === 0;
    if (this.#reader === undefined) {
      if (urgent || this.#pool.hasRoom) void this.#run(() => this.#openShard());
    } else if (urgent || this.#pool.fitsChunk) void this.#run(() => this.#readChunk(this.#reader as ByteReader));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#pool.remove(this);
    for (const chunk of this.#queue.splice(0)) this.#pool.release(chunk.length);
    this.#wake?.();
    const reader = await this.#opening?.catch(() => undefined);
    await reader?.close();
    this.#pool.run();
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await work();
    } catch (error) {
      this.#failed = { error };
    }
    this.#busy = false;
    this.#wake?.();
    this.#pool.run();
  }

  async #openShard(): Promise<void> {
    this.#opening = this.#open();
    this.#reader = await this.#opening;
  }

  async #readChunk(reader: ByteReader): Promise<void> {
    const chunk = await this.#pool.read(reader);
    if (chunk === undefined) this.#ended = true;
    else if (this.#closed) this.#pool.release(chunk.length);
    else this.#queue.push(chunk);
  }
}

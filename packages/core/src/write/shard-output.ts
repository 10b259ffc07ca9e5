import { ByteWriter } from "../codec/byte-writer.ts";
import type { ShardSink, StoredShard, StoreWrite } from "../protocols/data-store.ts";

const FLUSH_BYTES = 1024 * 1024;

/** Takes bytes of shards, one after the other, into two buffers: while one is written, the other fills. */
export class ShardOutput {
  /** The buffer to append to. */
  out: ByteWriter = new ByteWriter(FLUSH_BYTES + 64 * 1024);
  /** Bytes of the open shard that left the buffer. */
  flushed = 0;
  readonly #store: StoreWrite;
  #other: ByteWriter = new ByteWriter(FLUSH_BYTES + 64 * 1024);
  #sink: ShardSink | undefined;
  #pending: Promise<void> = Promise.resolve();

  /** Opens nothing yet. */
  constructor(store: StoreWrite) {
    this.#store = store;
  }

  /** Whether the buffer should be flushed. */
  get full(): boolean {
    return this.out.length >= FLUSH_BYTES;
  }

  /** Length of the open shard so far. */
  get bytes(): number {
    return this.flushed + this.out.length;
  }

  /** Opens the next shard; what is in the buffer is its beginning. */
  async open(name: string): Promise<void> {
    this.#sink = await this.#store.shard(name);
    this.flushed = 0;
  }

  /** Hands the buffer over and goes on with the other, once that one is written. */
  async flush(): Promise<void> {
    await this.#pending;
    const { out } = this;
    this.out = this.#other;
    this.out.length = 0;
    this.#other = out;
    this.flushed += out.length;
    if (out.length === 0) return;
    const written = (this.#sink as ShardSink).write(out.bytes.subarray(0, out.length));
    // A failure is met by whoever flushes or closes next.
    written.catch(() => undefined);
    this.#pending = written;
  }

  /** Writes what is left and ends the shard. */
  async close(): Promise<StoredShard> {
    await this.flush();
    await this.#pending;
    const sink = this.#sink as ShardSink;
    this.#sink = undefined;
    return sink.close();
  }

  /** Waits for what is being written, whatever becomes of it. */
  async settle(): Promise<void> {
    await this.#pending.catch(() => undefined);
  }
}

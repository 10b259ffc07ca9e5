import { AtdataError } from "../errors.ts";
import type { ByteReader, ShardInfo } from "../protocols/data-source.ts";
import { type ReadStep, type ShardReader, STEP_END, STEP_MORE, STEP_RECORD } from "../protocols/shard-format.ts";
import type { Failures } from "./failures.ts";
import { openShard } from "./open-shard.ts";
import { type Budget, ReadAhead } from "./read-ahead.ts";
import type { DatasetInput } from "./read-options.ts";

const DEFAULT_AHEAD_SHARDS = 2;
const DEFAULT_AHEAD_BYTES = 64 * 1024 * 1024;
/** Records longer than this are worth chunks of whole records. */
const LONG_RECORD = 64 * 1024;

/** What a scan needs besides the dataset. */
export interface ScanContext {
  /** Ends the scan with its reason. */
  readonly signal: AbortSignal | undefined;
  /** Decides about damaged shards. */
  readonly failures: Failures;
  /** Says whether results refer to the chunk that was scanned, which then must not be used again. */
  readonly escaped: () => boolean;
  /** Told of the bytes of each chunk. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Walks through the records of shards in a given order.
 *
 * `step` is synchronous; after `STEP_MORE` somebody awaits `advance`.
 */
export class ShardScan {
  /** Stands on the current record. */
  reader: ShardReader | undefined;
  /** Index of the current shard among the dataset's. */
  shard = -1;
  /** Number of records of the current shard that were stepped on. */
  ordinal = 0;

  readonly #input: DatasetInput<unknown>;
  readonly #order: readonly number[];
  readonly #context: ScanContext;
  readonly #ahead: { readonly index: number; readonly bytes: ByteReader }[] = [];
  readonly #budget: Budget;
  #next: number;
  #bytes: ByteReader | undefined;
  #chunk: Uint8Array | undefined;
  #state: ReadStep = STEP_MORE;
  #preferred = 0;
  #closed = false;

  /** Starts before the shard `order[first]`. */
  constructor(input: DatasetInput<unknown>, order: readonly number[], first: number, context: ScanContext) {
    this.#input = input;
    this.#order = order;
    this.#next = first;
    this.#context = context;
    this.#budget = { max: input.prefetch?.bytes ?? DEFAULT_AHEAD_BYTES, used: 0 };
  }

  /** Position in the order of the shard that is read, or that will be read first. */
  get place(): number {
    return this.reader === undefined ? this.#next : this.#next - 1;
  }

  /** Moves to the next record. */
  step(): ReadStep {
    const { reader } = this;
    if (reader === undefined) return this.#next >= this.#order.length ? STEP_END : STEP_MORE;
    let step: ReadStep;
    try {
      step = reader.next();
    } catch (error) {
      this.#context.failures.handle(error);
      this.#state = STEP_END;
      this.reader = undefined;
      return STEP_MORE;
    }
    if (step === STEP_RECORD) {
      this.ordinal += 1;
      return STEP_RECORD;
    }
    this.#state = step;
    return STEP_MORE;
  }

  /** Does what the next step waits for. */
  async advance(): Promise<void> {
    this.#context.signal?.throwIfAborted();
    try {
      if (this.reader === undefined) await this.#openNext();
      else if (this.#state === STEP_END) await this.#endShard(this.reader);
      else await this.#feed(this.reader);
    } catch (error) {
      this.#context.signal?.throwIfAborted();
      this.reader = undefined;
      await this.#closeBytes();
      this.#context.failures.handle(error);
    }
  }

  /** Frees all that is open. */
  async close(): Promise<void> {
    this.#closed = true;
    this.reader = undefined;
    this.#next = this.#order.length;
    const open = this.#ahead.splice(0).map(({ bytes }) => bytes.close());
    await Promise.all([this.#closeBytes(), ...open]);
  }

  async #openNext(): Promise<void> {
    await this.#closeBytes();
    if (this.#next >= this.#order.length) return;
    const place = this.#next++;
    const index = this.#order[place] as number;
    const info = this.#info(index);
    this.shard = index;
    this.ordinal = 0;
    this.#preferred = 0;
    const bytes = await this.#take(place);
    if (this.#closed) {
      await bytes.close();
      return;
    }
    this.#bytes = bytes;
    this.#state = STEP_MORE;
    this.reader = this.#input.format.reader({ shard: info.url });
  }

  /** Gives the bytes of the shard at `place` and starts those that follow, where bytes come from afar. */
  async #take(place: number): Promise<ByteReader> {
    const { signal } = this.#context;
    if (this.#input.source.capabilities.local)
      return openShard(this.#input, this.#info(this.#order[place] as number), signal);
    const shards = this.#input.prefetch?.shards ?? DEFAULT_AHEAD_SHARDS;
    const from = this.#ahead.length === 0 ? place : (this.#ahead[this.#ahead.length - 1]?.index ?? place) + 1;
    for (let next = from; next <= place + shards && next < this.#order.length; next++) {
      const opening = openShard(this.#input, this.#info(this.#order[next] as number), signal);
      // The reader hands an error to whoever consumes it; nobody may.
      opening.catch(() => undefined);
      this.#ahead.push({ index: next, bytes: new ReadAhead(opening, this.#budget) });
    }
    return (this.#ahead.shift() as { bytes: ByteReader }).bytes;
  }

  async #feed(reader: ShardReader): Promise<void> {
    const bytes = this.#bytes as ByteReader;
    if (this.#chunk !== undefined && !this.#context.escaped()) bytes.release?.(this.#chunk);
    if (reader.stride !== this.#preferred && reader.stride > LONG_RECORD) {
      this.#preferred = reader.stride;
      bytes.prefer?.(reader.stride);
    }
    const chunk = await bytes.next();
    this.#chunk = chunk;
    if (this.reader === undefined) return;
    if (chunk === undefined) reader.finish();
    else {
      this.#context.onBytes(chunk.length);
      reader.push(chunk);
    }
  }

  async #endShard(_reader: ShardReader): Promise<void> {
    // What follows the end mark is read too: a checksum covers it, and a length.
    for (;;) {
      const chunk = await (this.#bytes as ByteReader).next();
      if (chunk === undefined) break;
      this.#bytes?.release?.(chunk);
    }
    const info = this.#info(this.shard);
    this.reader = undefined;
    await this.#closeBytes();
    if (info.samples !== undefined && info.samples !== this.ordinal) {
      throw new AtdataError(
        info.samples > this.ordinal ? "SHARD_TRUNCATED" : "SHARD_CORRUPT",
        `shard holds ${this.ordinal} samples, its dataset says ${info.samples}`,
        { shard: info.url, offset: info.bytes ?? 0 },
        { hint: "fetch or write the shard again" },
      );
    }
  }

  #info(index: number): ShardInfo {
    return this.#input.shards[index] as ShardInfo;
  }

  async #closeBytes(): Promise<void> {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    this.#chunk = undefined;
    await bytes?.close();
  }
}

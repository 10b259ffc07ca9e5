import { AtdataError } from "../errors.ts";
import type { ByteReader, ShardInfo } from "../protocols/data-source.ts";
import { type ReadStep, type ShardReader, STEP_END, STEP_MORE, STEP_RECORD } from "../protocols/shard-format.ts";
import type { Failures } from "./failures.ts";
import { openShard } from "./open-shard.ts";
import { ReadAhead } from "./read-ahead.ts";
import type { DatasetInput } from "./read-options.ts";
import { ShardTrace } from "./shard-trace.ts";

const DEFAULT_AHEAD_SHARDS = 2;
const DEFAULT_AHEAD_BYTES = 64 * 1024 * 1024;
/** Records longer than this are worth chunks of whole records. */
const LONG_RECORD = 64 * 1024;
const UNKNOWN = -1;

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
  /** Number of samples of each shard, where it is known otherwise than from the dataset. */
  readonly counts?: readonly number[] | undefined;
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
  readonly #ahead: ReadAhead;
  readonly #waiting: ByteReader[] = [];
  readonly #trace: ShardTrace;
  /** Ends what is under way when the scan is closed, which a user's signal knows nothing of. */
  readonly #stop = new AbortController();
  readonly #onAbort: () => void;
  /** Place of the shard that is opened next. */
  #next: number;
  /** Place of the shard that is put into `#waiting` next. */
  #nextAhead: number;
  #bytes: ByteReader | undefined;
  #chunk: Uint8Array | undefined;
  #state: ReadStep = STEP_MORE;
  /** Number of records that the current shard must have. */
  #expected = UNKNOWN;
  #preferred = 0;
  #closed = false;
  #advancing: Promise<void> | undefined;

  /** Starts before the shard `order[first]`. */
  constructor(input: DatasetInput<unknown>, order: readonly number[], first: number, context: ScanContext) {
    this.#input = input;
    this.#order = order;
    this.#next = first;
    this.#nextAhead = first;
    this.#context = context;
    this.#ahead = new ReadAhead(input.prefetch?.bytes ?? DEFAULT_AHEAD_BYTES);
    this.#trace = new ShardTrace(input.telemetry);
    this.#onAbort = () => this.#stop.abort(context.signal?.reason);
    context.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Position in the order of the shard that is read, or that will be read next. */
  get place(): number {
    return this.reader === undefined ? this.#next : this.#next - 1;
  }

  /** Moves to the next record. */
  step(): ReadStep {
    const { reader } = this;
    if (reader === undefined) return this.#next >= this.#order.length ? STEP_END : STEP_MORE;
    try {
      const step = reader.next();
      if (step === STEP_RECORD) {
        if (this.ordinal === this.#expected) throw this.#miscounted();
        this.ordinal += 1;
        return STEP_RECORD;
      }
      this.#state = step;
    } catch (error) {
      this.#context.failures.handle(error);
      this.#trace.end(this.ordinal, error);
      this.reader = undefined;
    }
    return STEP_MORE;
  }

  /** Does what the next step waits for. */
  advance(): Promise<void> {
    this.#advancing = this.#advance();
    return this.#advancing;
  }

  /** Frees all that is open, and waits until it is free; idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.reader = undefined;
    this.#next = this.#order.length;
    this.#context.signal?.removeEventListener("abort", this.#onAbort);
    this.#stop.abort();
    await Promise.all([this.#closeBytes(), ...this.#waiting.splice(0).map((bytes) => bytes.close())]);
    await this.#advancing?.catch(() => undefined);
  }

  async #advance(): Promise<void> {
    const { signal, failures } = this.#context;
    signal?.throwIfAborted();
    try {
      if (this.reader === undefined) await this.#openNext();
      else if (this.#state === STEP_END) await this.#endShard(this.#bytes as ByteReader);
      else await this.#feed(this.reader, this.#bytes as ByteReader);
    } catch (error) {
      signal?.throwIfAborted();
      if (this.#closed) return;
      this.reader = undefined;
      await this.#closeBytes(error);
      failures.handle(error);
    }
  }

  async #openNext(): Promise<void> {
    await this.#closeBytes();
    if (this.#next >= this.#order.length) return;
    const place = this.#next++;
    this.shard = this.#order[place] as number;
    this.ordinal = 0;
    this.#preferred = 0;
    const info = this.#info(place);
    this.#expected = this.#context.counts?.[this.shard] ?? info.samples ?? UNKNOWN;
    this.#trace.start(info.url);
    const bytes = await this.#take(place);
    if (this.#closed) return bytes.close();
    this.#bytes = bytes;
    this.#state = STEP_MORE;
    this.reader = this.#input.format.reader({ shard: info.url });
  }

  /** Gives the bytes of the shard at `place` and starts those that follow, where bytes come from afar. */
  async #take(place: number): Promise<ByteReader> {
    const open = (at: number) => openShard(this.#input, this.#info(at), this.#stop.signal);
    if (this.#input.source.capabilities.local) return open(place);
    const last = place + (this.#input.prefetch?.shards ?? DEFAULT_AHEAD_SHARDS);
    for (; this.#nextAhead <= last && this.#nextAhead < this.#order.length; this.#nextAhead++) {
      const at = this.#nextAhead;
      this.#waiting.push(this.#ahead.add(() => open(at)));
    }
    return this.#waiting.shift() as ByteReader;
  }

  async #feed(reader: ShardReader, bytes: ByteReader): Promise<void> {
    if (this.#chunk !== undefined && !this.#context.escaped()) bytes.release?.(this.#chunk);
    if (reader.stride !== this.#preferred && reader.stride > LONG_RECORD) {
      this.#preferred = reader.stride;
      bytes.prefer?.(reader.stride);
    }
    const chunk = await bytes.next();
    if (this.#closed) return;
    this.#chunk = chunk;
    if (chunk === undefined) reader.finish();
    else {
      this.#count(chunk);
      reader.push(chunk);
    }
  }

  /** What follows the end mark is read too: a checksum covers it. */
  async #endShard(bytes: ByteReader): Promise<void> {
    for (;;) {
      const chunk = await bytes.next();
      if (this.#closed) return;
      if (chunk === undefined) break;
      this.#count(chunk);
      bytes.release?.(chunk);
    }
    if (this.ordinal < this.#expected) throw this.#miscounted();
    this.reader = undefined;
    await this.#closeBytes();
  }

  #count(chunk: Uint8Array): void {
    this.#context.onBytes(chunk.length);
    this.#trace.bytes += chunk.length;
  }

  #miscounted(): AtdataError {
    const { url, bytes } = this.#info(this.place);
    const fewer = this.ordinal < this.#expected;
    const holds = fewer ? this.ordinal : `more than ${this.ordinal}`;
    return new AtdataError(
      fewer ? "SHARD_TRUNCATED" : "SHARD_CORRUPT",
      `shard holds ${holds} samples, its dataset says ${this.#expected}`,
      { shard: url, offset: this.reader?.position ?? bytes ?? 0 },
      { hint: "fetch or write the shard again" },
    );
  }

  #info(place: number): ShardInfo {
    return this.#input.shards[this.#order[place] as number] as ShardInfo;
  }

  async #closeBytes(error?: unknown): Promise<void> {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    this.#chunk = undefined;
    this.#trace.end(this.ordinal, error);
    await bytes?.close();
  }
}

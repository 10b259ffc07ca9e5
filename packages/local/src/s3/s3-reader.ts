import { AtdataError, type ByteReader, isAtdataError } from "@atdata/core";
import { callS3 } from "./call-s3.ts";
import { delay } from "./delay.ts";
import type { S3ClientLike } from "./s3-client.ts";
import { errorStatus, s3Error } from "./s3-errors.ts";
import { parseS3Url } from "./s3-url.ts";

const RETRIES = 4;
const SILENCE_MS = 30_000;

/** Which state of an object was seen. */
export interface S3Version {
  /** Its ETag, as the server writes it. */
  readonly etag: string | undefined;
  /** Its length in bytes. */
  readonly total: number | undefined;
}

/** Which bytes are wanted. */
export interface S3ReaderOptions {
  /** First byte. */
  readonly start: number;
  /** Byte behind the last one; the end of the object when absent. */
  readonly end?: number | undefined;
  /** The state that the object must still have. */
  readonly version?: S3Version | undefined;
  /** Ends everything. */
  readonly signal?: AbortSignal | undefined;
}

/** The body of an answer, of Node's handler or one over `fetch`. */
interface Body extends AsyncIterable<Uint8Array> {
  destroy?(): void;
  on?(event: "error", listener: () => void): void;
}

/**
 * The bytes of an object over as many requests as it takes: when a connection drops or falls silent it goes on at the
 * byte reached. Requests that fail as such are tried again by the client.
 *
 * Answers are compared by ETag and length, which works on every server, as `If-Match` does not.
 */
export class S3Reader implements ByteReader {
  readonly #client: S3ClientLike;
  readonly #url: string;
  readonly #options: S3ReaderOptions;
  #version: S3Version | undefined;
  #position: number;
  /** Where the present answer ends. */
  #expected: number | undefined;
  #body: Body | undefined;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #failures = 0;
  #ended = false;
  readonly #onAbort = (): void => this.#drop();
  readonly #timer: Timer;

  /** Prepares; nothing is sent before `connect` or `next`. */
  constructor(client: S3ClientLike, url: string, options: S3ReaderOptions) {
    this.#client = client;
    this.#url = url;
    this.#options = options;
    this.#version = options.version;
    this.#position = options.start;
    this.#timer = new Timer(SILENCE_MS, () => this.#drop());
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** What is known of the object after `connect`. */
  get version(): S3Version | undefined {
    return this.#version;
  }

  /** Sends the first request, so that a missing object is reported before the first chunk is asked for. */
  async connect(): Promise<void> {
    try {
      await this.#request();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async next(): Promise<Uint8Array | undefined> {
    const { signal, end } = this.#options;
    for (;;) {
      signal?.throwIfAborted();
      if (this.#ended || this.#position >= (end ?? Number.POSITIVE_INFINITY)) return this.#finish();
      try {
        if (this.#chunks === undefined) await this.#request();
        if (this.#ended) return undefined;
        const chunk = await this.#take();
        if (chunk !== undefined) return chunk;
        if (this.#position >= (this.#expected ?? 0)) return this.#finish();
        throw new Error("the answer ended too early");
      } catch (error) {
        this.#drop();
        signal?.throwIfAborted();
        if (this.#ended) return undefined;
        await this.#waitOrThrow(error);
      }
    }
  }

  async close(): Promise<void> {
    this.#finish();
  }

  async #take(): Promise<Uint8Array | undefined> {
    this.#timer.start();
    try {
      for (;;) {
        const { value, done } = (await this.#chunks?.next()) ?? { done: true, value: undefined };
        if (done) return undefined;
        if (value.length === 0) continue;
        this.#position += value.length;
        this.#failures = 0;
        return new Uint8Array(value.buffer, value.byteOffset, value.length);
      }
    } finally {
      this.#timer.stop();
    }
  }

  async #request(): Promise<void> {
    const { end, signal } = this.#options;
    const { bucket, key } = parseS3Url(this.#url);
    const from = this.#position;
    const ranged = from > 0 || end !== undefined;
    const range = ranged ? { Range: `bytes=${from}-${end === undefined ? "" : end - 1}` } : {};
    const answer = await callS3(
      this.#client,
      this.#url,
      async (send, sdk) => {
        try {
          return await send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...range }));
        } catch (error) {
          // Nothing lies behind the start.
          if (errorStatus(error) === 416) return undefined;
          throw error;
        }
      },
      { signal },
    );
    if (answer === undefined) {
      if (from > this.#options.start || (this.#version?.total ?? 0) > from) throw this.#changed();
      this.#finish();
      return;
    }
    this.#body = answer.Body as Body | undefined;
    // One that is dropped before it is read has nobody else to tell.
    this.#body?.on?.("error", () => {});
    if (this.#ended) {
      this.#drop();
      return;
    }
    const length = answer.ContentLength ?? 0;
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.ContentRange ?? "") ?? [];
    if (ranged && Number(first) !== from) {
      const fields = { url: this.#url, status: 206 };
      throw new AtdataError("HTTP_ERROR", "the server answered with another range than was asked for", fields);
    }
    this.#check({ etag: answer.ETag, total: ranged ? Number(total) : length });
    this.#expected = from + length;
    this.#chunks = this.#body?.[Symbol.asyncIterator]();
  }

  #check(now: S3Version): void {
    const before = this.#version;
    this.#version = now;
    if (before === undefined) return;
    const same = before.total === now.total && (before.etag ?? now.etag) === (now.etag ?? before.etag);
    if (!same) throw this.#changed();
  }

  #changed(): AtdataError {
    const hint = "open it again";
    return new AtdataError("SOURCE_CHANGED", "the object changed while it was read", { url: this.#url }, { hint });
  }

  /** What the server or the client said is final; a body that broke off is asked for again. */
  async #waitOrThrow(error: unknown): Promise<void> {
    if (isAtdataError(error)) throw error;
    this.#failures++;
    if (this.#failures <= RETRIES) return delay(this.#failures, this.#options.signal);
    const fields = { url: this.#url, attempts: this.#failures };
    if (this.#timer.fired) {
      const silence = { url: this.#url, timeoutMs: SILENCE_MS };
      throw new AtdataError("TIMEOUT", "the S3 server sent nothing for too long", silence);
    }
    const final = s3Error(error, this.#url);
    throw isAtdataError(final, "NETWORK_ERROR") ? new AtdataError("NETWORK_ERROR", final.clause, fields) : final;
  }

  #finish(): undefined {
    this.#ended = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#drop();
  }

  #drop(): void {
    const [body, chunks] = [this.#body, this.#chunks];
    this.#body = undefined;
    this.#chunks = undefined;
    if (body?.destroy !== undefined) body.destroy();
    else void chunks?.return?.().catch(() => {});
  }
}

/** One timer for many waits. */
class Timer {
  readonly #ms: number;
  readonly #onFire: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the last wait was too long. */
  fired = false;

  constructor(ms: number, onFire: () => void) {
    this.#ms = ms;
    this.#onFire = onFire;
  }

  start(): void {
    this.fired = false;
    this.#timer = setTimeout(() => {
      this.fired = true;
      this.#onFire();
    }, this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

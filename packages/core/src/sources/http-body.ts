import { AtdataError } from "../errors.ts";
import type { ByteReader } from "../protocols/data-source.ts";
import { redactUrl } from "../refs/schemes.ts";
import { type HttpClient, HttpExchange } from "./http-exchange.ts";
import { Retries, TransientFailure } from "./http-retry.ts";
import { isSame, parseContentRange, parseLength, type Version, versionOf } from "./http-version.ts";

/** Which bytes are wanted. */
export interface HttpBodyOptions {
  /** First byte. */
  readonly start: number;
  /** Byte behind the last one; the end of the file when absent. */
  readonly end?: number | undefined;
  /** The state that the file must still have. */
  readonly version?: Version | undefined;
  /** Ends everything. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The bytes of a file over as many requests as it takes: after a failure it goes on at the byte reached.
 *
 * `If-Range` and a comparison of ETag, date and length make sure that all of them come from one state of the file.
 */
export class HttpBody implements ByteReader {
  readonly #client: HttpClient;
  readonly #url: string;
  readonly #options: HttpBodyOptions;
  readonly #retries: Retries;
  #version: Version | undefined;
  #exchange: HttpExchange | undefined;
  #position: number;
  /** Which byte of the file the present response gives next: before the position when the server ignores ranges. */
  #at = 0;
  /** Where the present response ends, when it said so. */
  #expected: number | undefined;
  /** The server compresses: lengths and ranges are not those of what arrives. */
  #encoded = false;
  #ended = false;

  /** Prepares; nothing is sent before `connect` or `next`. */
  constructor(client: HttpClient, url: string, options: HttpBodyOptions) {
    this.#client = client;
    this.#url = url;
    this.#options = options;
    this.#retries = new Retries(client.retries, client.timing);
    this.#version = options.version;
    this.#position = options.start;
  }

  /** What is known of the file after `connect`. */
  get version(): Version | undefined {
    return this.#version;
  }

  /** Sends the first request, so that a missing file is reported before the first chunk is asked for. */
  async connect(): Promise<void> {
    await this.#persist(async () => this.#request());
  }

  async next(): Promise<Uint8Array | undefined> {
    return this.#persist(async () => {
      if (this.#exchange === undefined) await this.#request();
      return this.#take();
    });
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#drop();
  }

  /** Runs an attempt until it succeeds or no retry is left. */
  async #persist<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.#options;
    for (;;) {
      signal?.throwIfAborted();
      if (this.#ended) return undefined;
      try {
        return await attempt();
      } catch (error) {
        this.#drop();
        if (this.#ended) return undefined;
        signal?.throwIfAborted();
        await this.#retries.wait(error, signal);
      }
    }
  }

  #drop(): void {
    this.#exchange?.close();
    this.#exchange = undefined;
  }

  async #request(): Promise<void> {
    const { end } = this.#options;
    const exchange = new HttpExchange(this.#client, this.#url, this.#options.signal);
    this.#exchange = exchange;
    const ranged = !this.#encoded && (this.#position > 0 || end !== undefined);
    const headers: Record<string, string> = {};
    if (ranged) {
      headers.range = `bytes=${this.#position}-${end === undefined ? "" : end - 1}`;
      const etag = this.#version?.etag;
      // A weak ETag is not allowed there: the server would answer with the whole file.
      const usable = etag !== undefined && !etag.startsWith("W/") && !this.#client.noIfRange.has(origin(this.#url));
      if (usable) headers["if-range"] = etag;
    }
    const response = await this.#send(exchange, headers);
    if (response.status === 416) {
      this.#check(response, parseContentRange(response)?.total);
      this.#finish();
      return;
    }
    const encoding = response.headers.get("content-encoding");
    const encoded = encoding !== null && encoding !== "identity" && encoding !== "";
    if (response.status === 206) {
      if (encoded) {
        // A piece of a compressed stream: of no use, so the whole is read.
        this.#encoded = true;
        this.#drop();
        return this.#request();
      }
      this.#useRange(response);
      return;
    }
    const length = encoded ? undefined : parseLength(response.headers.get("content-length"));
    this.#encoded ||= encoded;
    this.#check(response, length);
    this.#at = 0;
    this.#expected = length;
  }

  /**
   * A browser asks a foreign server whether `If-Range` is allowed, and fails if it is not: then ranges go without.
   *
   * Nothing is lost, as each answer's ETag is compared anyway.
   */
  async #send(exchange: HttpExchange, headers: Readonly<Record<string, string>>): Promise<Response> {
    try {
      return await exchange.send(headers);
    } catch (error) {
      const refused = headers["if-range"] !== undefined && error instanceof TransientFailure && error.noAnswer;
      if (refused) this.#client.noIfRange.add(origin(this.#url));
      throw error;
    }
  }

  #useRange(response: Response): void {
    const range = parseContentRange(response);
    if (range?.start !== this.#position || range.end === undefined) {
      const fields = { url: redactUrl(this.#url), status: 206 };
      throw new AtdataError("HTTP_ERROR", "the server answered with another range than was asked for", fields);
    }
    this.#check(response, range.total);
    this.#at = this.#position;
    this.#expected = range.end + 1;
  }

  async #take(): Promise<Uint8Array | undefined> {
    const end = this.#options.end ?? Number.POSITIVE_INFINITY;
    while (this.#exchange !== undefined && this.#position < end) {
      const chunk = await this.#exchange.read();
      if (chunk === undefined) {
        if (!(await this.#goOn(end))) break;
        continue;
      }
      const from = Math.min(this.#position - this.#at, chunk.length);
      const to = Math.min(chunk.length, end - this.#at);
      this.#at += chunk.length;
      if (to <= from) continue;
      this.#position += to - from;
      this.#retries.progress();
      return to - from === chunk.length ? chunk : chunk.subarray(from, to);
    }
    // A response that was read to its end leaves a connection that can be used again.
    if (this.#at === this.#expected) await this.#exchange?.read();
    this.#finish();
    return undefined;
  }

  /** Decides at the end of a response whether there is more to ask for. */
  async #goOn(end: number): Promise<boolean> {
    if (this.#expected !== undefined && this.#at < this.#expected) throw this.#truncated();
    if (this.#at < this.#position) {
      // Nothing lies behind the start, or what was there before is gone.
      if (this.#position > this.#options.start) throw this.#changed();
      return false;
    }
    if (this.#encoded || this.#position >= Math.min(end, this.#version?.total ?? 0)) return false;
    // A server may answer with less than the range that was asked for.
    this.#drop();
    await this.#request();
    return true;
  }

  #finish(): void {
    this.#ended = true;
    this.#drop();
  }

  #truncated(): TransientFailure {
    const url = redactUrl(this.#url);
    const clause = "the server ended the file too early";
    return new TransientFailure((attempts) => new AtdataError("NETWORK_ERROR", clause, { url, attempts }));
  }

  #check(response: Response, total: number | undefined): void {
    const now = versionOf(response, total);
    const before = this.#version;
    this.#version = {
      etag: now.etag ?? before?.etag,
      modified: now.modified ?? before?.modified,
      total: total ?? before?.total,
    };
    if (before !== undefined && !isSame(before, now)) throw this.#changed();
  }

  #changed(): AtdataError {
    const fields = { url: redactUrl(this.#url) };
    return new AtdataError("SOURCE_CHANGED", "the file changed while it was read", fields, { hint: "open it again" });
  }
}

function origin(url: string): string {
  return new URL(url).origin;
}

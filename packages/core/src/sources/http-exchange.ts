import { AtdataError, isAtdataError } from "../errors.ts";
import { redactUrl } from "../refs/schemes.ts";
import { parseRetryAfter, type Timing, TransientFailure } from "./http-retry.ts";

const USABLE = [200, 203, 206, 416];
/** A longer body of an error is not read to its end. */
const DRAIN_BYTES = 64 << 10;

/** What every request of a source shares. */
export interface HttpClient {
  /** Sends requests. */
  readonly fetch: typeof fetch;
  /** Gives the headers to add for a url. */
  readonly headers: (url: string) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Longest wait for the next byte. */
  readonly timeoutMs: number;
  /** Retries in a row without progress. */
  readonly retries: number;
  /** Origins where requests with `If-Range` failed. */
  readonly noIfRange: Set<string>;
  /** Time and chance. */
  readonly timing: Timing;
}

/** One request and its answer: a response, and its body chunk by chunk, each wait bounded by the time-out. */
export class HttpExchange {
  readonly #client: HttpClient;
  readonly #url: string;
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#fail(this.#signal?.reason);
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #sent = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitingSince = 0;
  #reject: ((reason: unknown) => void) | undefined;

  /** Prepares a request; `send` starts it. */
  constructor(client: HttpClient, url: string, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#url = url;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Sends it and gives the response, of status 200, 203, 206 or 416.
   *
   * @throws AtdataError by status, or {@link TransientFailure}
   */
  async send(extra: Readonly<Record<string, string>>): Promise<Response> {
    this.#signal?.throwIfAborted();
    const { url, headers } = withoutUserinfo(this.#url);
    const given = await this.#client.headers(url);
    const all = new Headers(headers);
    // With a range, `fetch` says so itself.
    if (extra.range === undefined) all.set("accept-encoding", "identity");
    for (const [name, value] of Object.entries({ ...given, ...extra })) all.set(name, value);
    const { signal } = this.#controller;
    const response = await this.#wait(() => this.#client.fetch(url, { headers: all, signal }));
    this.#body = response.body?.getReader();
    this.#sent = true;
    if (USABLE.includes(response.status)) return response;
    await this.#drain();
    throw this.#statusError(response);
  }

  /** Gives the next bytes of the body, never none, or `undefined` at its end. */
  async read(): Promise<Uint8Array | undefined> {
    const body = this.#body;
    if (body === undefined) return undefined;
    for (;;) {
      const { value, done } = await this.#wait(() => body.read());
      if (done) {
        this.#body = undefined;
        return undefined;
      }
      if (value.length > 0) return plain(value);
    }
  }

  /** Reads a short body to its end, so that its connection can be used again. */
  async #drain(): Promise<void> {
    try {
      for (let left = DRAIN_BYTES; left > 0; ) {
        const chunk = await this.read();
        if (chunk === undefined) return;
        left -= chunk.length;
      }
    } catch {
      // The status has the news; what follows it does not matter.
    }
  }

  /** Ends the request, wherever it stands. */
  close(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    clearTimeout(this.#timer);
    if (this.#sent && this.#body === undefined) return;
    this.#fail(new DOMException("closed", "AbortError"));
  }

  /** Waits without trusting that what is waited for obeys the abort signal. */
  #wait<T>(start: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#reject = reject;
      this.#waitingSince = performance.now();
      // One timer for many waits: it looks how long the present one has lasted when it fires.
      this.#timer ??= setTimeout(this.#onTimer, this.#client.timeoutMs);
      start().then(
        (value) => {
          this.#reject = undefined;
          resolve(value);
        },
        (error: unknown) => {
          this.#reject = undefined;
          reject(this.#networkError(error));
        },
      );
    });
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    if (this.#reject === undefined) return;
    const left = this.#client.timeoutMs - (performance.now() - this.#waitingSince);
    if (left > 0.5) {
      this.#timer = setTimeout(this.#onTimer, left);
      return;
    }
    const fields = { url: redactUrl(this.#url), timeoutMs: this.#client.timeoutMs };
    this.#fail(new TransientFailure(() => new AtdataError("TIMEOUT", "the server sent nothing for too long", fields)));
  };

  #fail(reason: unknown): void {
    this.#reject?.(reason);
    this.#reject = undefined;
    this.#controller.abort(reason);
  }

  #networkError(error: unknown): unknown {
    // A `fetch` of the caller's that refuses a url will do so again.
    if (isAtdataError(error)) return error;
    const cause = redactedCause(error, this.#url);
    const url = redactUrl(this.#url);
    return new TransientFailure(
      (attempts) => new AtdataError("NETWORK_ERROR", "the connection failed", { url, attempts }, { cause }),
      { noAnswer: !this.#sent },
    );
  }

  #statusError(response: Response): Error {
    const { status } = response;
    const url = redactUrl(this.#url);
    if (status === 404 || status === 410) return new AtdataError("NOT_FOUND", `the server answered ${status}`, { url });
    if (status === 401 || status === 403) {
      return new AtdataError("ACCESS_DENIED", `the server answered ${status}`, { url });
    }
    const final = new AtdataError("HTTP_ERROR", "the server answered with an error", { url, status });
    const passing = status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501);
    if (!passing) return final;
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), this.#client.timing.now());
    return new TransientFailure(() => final, { retryAfterMs });
  }
}

/** `fetch` refuses urls with user and password; they are what basic authentication sends. */
function withoutUserinfo(text: string): { url: string; headers: Record<string, string> } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new AtdataError("REF_INVALID", "not a url", { ref: redactUrl(text) });
  }
  if (url.username === "" && url.password === "") return { url: url.href, headers: {} };
  const bytes = new TextEncoder().encode(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  url.username = "";
  url.password = "";
  return { url: url.href, headers: { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` } };
}

/** Keeps a cause out whose text shows the url with its secrets. */
function redactedCause(error: unknown, url: string): unknown {
  if (redactUrl(url) === url || !(error instanceof Error)) return error;
  const text = `${error.message} ${error.stack ?? ""}`;
  const { search, password } = new URL(url);
  const shows = [url, search, password].some((secret) => secret !== "" && text.includes(secret));
  return shows ? new Error(error.name) : error;
}

/** Buffers and plain arrays in turn would make every access of the decoder slow. */
function plain(chunk: Uint8Array): Uint8Array {
  return chunk.constructor === Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

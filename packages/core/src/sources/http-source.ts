import { AtdataError, isAtdataError } from "../errors.ts";
import { concatBytes } from "../internal/concat.ts";
import type { DataSource } from "../protocols/data-source.ts";
import { redactUrl } from "../refs/schemes.ts";
import { HttpBody } from "./http-body.ts";
import type { HttpClient } from "./http-exchange.ts";
import { realTiming, type Timing } from "./http-retry.ts";
import type { Version } from "./http-version.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 4;
/** So many files' states are remembered between range reads. */
const REMEMBERED = 10_000;

/** Headers by name. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** Options of {@link httpSource}. */
export interface HttpSourceOptions {
  /** Sends the requests; default the runtime's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /**
   * Headers to send, or a function that gives them for each request, such as one that renews a token.
   *
   * A value is sent to every url that is read; take the function where urls come from someone else.
   */
  readonly headers?: HttpHeaders | ((url: string) => HttpHeaders | Promise<HttpHeaders>) | undefined;
  /** Longest wait for an answer, and for the next bytes of one; default 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Retries in a row that bring nothing new before the failure is reported; default 4. */
  readonly retries?: number | undefined;
}

/**
 * Builds the source for `http:` and `https:` urls, over `fetch`.
 *
 * Chunks are passed on as they come. A connection that drops or falls silent, and status 408, 425, 429 and 5xx, are tried
 * again after a wait (full jitter up to 10 s, or `Retry-After` up to a minute), from the byte that was reached. A file
 * that changed in between (ETag, date or length) is `SOURCE_CHANGED` and never a mixture; for `read` that holds from one
 * range to the next. A server that ignores ranges is read from its start and cut. User and password in a url are sent as
 * basic authentication; they and the values of a query never appear in errors.
 *
 * @example
 * ```ts
 * import { httpSource } from "@atdata/core";
 * const source = httpSource({ headers: async () => ({ authorization: `Bearer ${await Promise.resolve("token")}` }) });
 * source.schemes; // -> ["http", "https"]
 * ```
 */
export function httpSource(options: HttpSourceOptions = {}): DataSource {
  return timedHttpSource(options, realTiming);
}

/** {@link httpSource} with time and chance given. */
export function timedHttpSource(options: HttpSourceOptions, timing: Timing): DataSource {
  const { headers } = options;
  const client: HttpClient = {
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    headers: typeof headers === "function" ? headers : () => headers ?? {},
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    retries: options.retries ?? DEFAULT_RETRIES,
    noIfRange: new Set(),
    timing,
  };
  const versions = new Map<string, Version>();
  return {
    name: "http",
    schemes: ["http", "https"],
    capabilities: { range: true, local: false },
    async *list(ref, callOptions) {
      callOptions?.signal?.throwIfAborted();
      if (/^[^?#]*\*/.test(ref)) {
        const hint = "name the shards, for instance with braces: {000000..000009}";
        throw new AtdataError("REF_INVALID", "http servers list no files", { ref: redactUrl(ref) }, { hint });
      }
      yield { url: ref };
    },
    async open(url, callOptions) {
      const body = new HttpBody(client, url, { start: callOptions?.start ?? 0, signal: callOptions?.signal });
      await body.connect();
      return body;
    },
    async read(url, offset, length, callOptions) {
      callOptions?.signal?.throwIfAborted();
      if (length === 0) return new Uint8Array();
      const version = versions.get(url);
      const body = new HttpBody(client, url, {
        start: offset,
        end: offset + length,
        version,
        signal: callOptions?.signal,
      });
      try {
        const bytes = await collect(body);
        if (body.version !== undefined) remember(versions, url, body.version);
        return bytes;
      } catch (error) {
        // Reported once; who asks again wants the file as it is now.
        if (isAtdataError(error, "SOURCE_CHANGED")) versions.delete(url);
        throw error;
      } finally {
        await body.close();
      }
    },
    async size(url, callOptions) {
      // Not HEAD, which signed urls refuse: the first byte, whose answer tells the length.
      const body = new HttpBody(client, url, { start: 0, end: 1, signal: callOptions?.signal });
      try {
        await body.connect();
        return body.version?.total;
      } catch (error) {
        if (isAtdataError(error, "NOT_FOUND")) return undefined;
        throw error;
      } finally {
        await body.close();
      }
    },
  };
}

async function collect(body: HttpBody): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await body.next(); chunk !== undefined; chunk = await body.next()) chunks.push(chunk);
  return concatBytes(chunks);
}

function remember(versions: Map<string, Version>, url: string, version: Version): void {
  versions.delete(url);
  versions.set(url, version);
  for (const oldest of versions.keys()) {
    if (versions.size <= REMEMBERED) break;
    versions.delete(oldest);
  }
}

import { AtdataError, type CallOptions, isAtdataError, redactUrl } from "@atdata/core";
import type { JsonRecord } from "./repo-client.ts";
import { PATIENCE, PassingFailure, type Patience, TimedOut, withDeadline, withRetries } from "./retry.ts";
import { tokenFreeError } from "./token-free.ts";
import { readBytes, readJson, refusal } from "./xrpc-answer.ts";

/** So slow may a connection be. */
const UPLOAD_BYTES_PER_MS = 50;

/** Values of a query's parameters; `undefined` ones are left out. */
export type XrpcParams = Readonly<Record<string, string | number | boolean | undefined>>;

/** Options of calling a procedure. */
export interface ProcedureOptions extends CallOptions {
  /** Is told what an attempt failed with that is followed by another one; what it asked for may be done. */
  readonly onRetry?: ((failure: unknown) => void) | undefined;
}

/** Calls the XRPC methods of one PDS. All throw `PDS_FAILED` and `AUTH_EXPIRED`, after what may pass has been tried again. */
export interface Xrpc {
  /** Asks, and gives the answer's JSON as it came. */
  query(nsid: string, params?: XrpcParams, options?: CallOptions): Promise<JsonRecord>;
  /** Calls a procedure; must be one that may be repeated when its answer was lost. */
  procedure(nsid: string, body: JsonRecord, options?: ProcedureOptions): Promise<JsonRecord>;
  /** Calls a procedure with bytes. */
  upload(nsid: string, bytes: Uint8Array, mimeType: string, options?: CallOptions): Promise<JsonRecord>;
  /** Asks, and gives the answer's bytes, 16 MiB at the most. */
  bytes(nsid: string, params?: XrpcParams, options?: CallOptions): Promise<Uint8Array>;
  /** Asks, and gives the answer with its body unread. */
  open(nsid: string, params?: XrpcParams, options?: CallOptions): Promise<Response>;
}

/** Sends a request to a PDS, `pathname` being `/xrpc/…`. */
export type XrpcSend = (pathname: string, init: RequestInit) => Promise<Response>;

/** Who is called, and how. */
export interface XrpcOptions {
  /** Origin of the PDS. */
  readonly pds: string;
  /** Sends requests with credentials; by default they go to the PDS without. */
  readonly send?: XrpcSend | undefined;
  /** Whose credentials `send` adds. */
  readonly account?: string | undefined;
  /** Sends what has no credentials; default the runtime's. */
  readonly fetch?: typeof fetch | undefined;
  /** How often and how long a call is tried. */
  readonly patience?: Patience | undefined;
}

interface Call {
  readonly nsid: string;
  readonly params?: XrpcParams | undefined;
  readonly init: RequestInit;
  readonly timeoutMs: number;
  readonly onRetry?: ((failure: unknown) => void) | undefined;
}

/**
 * Makes a caller of one PDS.
 *
 * Unlike the client of `@atproto/api` it keeps the JSON as it came, where records are concerned, and it tries again.
 */
export function xrpc(options: XrpcOptions): Xrpc {
  const { account, patience = PATIENCE } = options;
  const pds = redactUrl(options.pds);
  const send = options.send ?? anonymous(options.pds, options.fetch);
  const { timeoutMs } = patience;

  function call<T>(
    { nsid, params, init, timeoutMs, onRetry }: Call,
    signal: AbortSignal | undefined,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const place = { pds, operation: nsid };
    const pathname = `/xrpc/${nsid}${queryText(params)}`;
    const attempt = async (signal: AbortSignal): Promise<T> => {
      const response = await send(pathname, { ...init, signal });
      if (!response.ok) throw await refusal(response, place, account, patience.timing.now());
      return read(response);
    };
    const tried = async (): Promise<T> => {
      try {
        return await withDeadline(timeoutMs, signal, attempt);
      } catch (error) {
        if (error instanceof PassingFailure || isAtdataError(error)) throw error;
        const clause =
          error instanceof TimedOut ? "the PDS did not answer in time" : "the connection to the PDS failed";
        throw new PassingFailure(new AtdataError("PDS_FAILED", clause, place, { cause: tokenFreeError(error) }));
      }
    };
    return withRetries(patience, signal, tried, onRetry);
  }

  const json = (nsid: string): ((response: Response) => Promise<JsonRecord>) => {
    return (response) => readJson(response, { pds, operation: nsid });
  };

  return {
    query: (nsid, params, { signal } = {}) => call({ nsid, params, init: {}, timeoutMs }, signal, json(nsid)),
    bytes: (nsid, params, { signal } = {}) => {
      return call({ nsid, params, init: {}, timeoutMs }, signal, (response) => {
        return readBytes(response, { pds, operation: nsid });
      });
    },
    open: (nsid, params, { signal } = {}) => {
      return call({ nsid, params, init: {}, timeoutMs }, signal, (response) => Promise.resolve(response));
    },
    procedure: (nsid, body, { signal, onRetry } = {}) => {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      return call({ nsid, init, timeoutMs, onRetry }, signal, json(nsid));
    },
    upload: (nsid, bytes, mimeType, { signal } = {}) => {
      const init = { method: "POST", headers: { "content-type": mimeType }, body: bytes as Uint8Array<ArrayBuffer> };
      const time = Math.max(timeoutMs, timeoutMs / 2 + bytes.length / UPLOAD_BYTES_PER_MS);
      return call({ nsid, init, timeoutMs: time }, signal, json(nsid));
    },
  };
}

function anonymous(pds: string, given: typeof fetch | undefined): XrpcSend {
  return (pathname, init) => (given ?? fetch)(new URL(pathname, pds), init);
}

function queryText(params: XrpcParams | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? "" : `?${search}`;
}

import type { CallOptions } from "@atdata/core";
import type { JsonRecord } from "./repo-client.ts";

/** Values of a query's parameters; `undefined` ones are left out. */
export type XrpcParams = Readonly<Record<string, string | number | boolean | undefined>>;

/** Calls the XRPC methods of one PDS. All throw `PDS_FAILED` and `AUTH_EXPIRED`, after what may pass has been tried again. */
export interface Xrpc {
  /** Asks, and gives the answer's JSON as it came. */
  query(nsid: string, params?: XrpcParams, options?: CallOptions): Promise<JsonRecord>;
  /** Calls a procedure; must be one that may be repeated when its answer was lost. */
  procedure(nsid: string, body: JsonRecord, options?: CallOptions): Promise<JsonRecord>;
  /** Calls a procedure with bytes. */
  upload(nsid: string, bytes: Uint8Array, mimeType: string, options?: CallOptions): Promise<JsonRecord>;
  /** Asks, and gives the answer with its body unread. */
  open(nsid: string, params?: XrpcParams, options?: CallOptions): Promise<Response>;
}

/** Who is called, and how. */
export interface XrpcOptions {
  /** Origin of the PDS. */
  readonly pds: string;
  /** Sends a request; default `fetch` to the PDS, without credentials. */
  readonly send?: ((pathname: string, init: RequestInit) => Promise<Response>) | undefined;
  /** Whose credentials `send` adds. */
  readonly account?: string | undefined;
  /** Sends what has no credentials; default the runtime's. */
  readonly fetch?: typeof fetch | undefined;
}

/** Makes a caller of one PDS. */
export function xrpc(options: XrpcOptions): Xrpc {
  throw new TypeError(`to be written: ${options.pds}`);
}

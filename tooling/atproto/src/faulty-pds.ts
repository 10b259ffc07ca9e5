import { type FaultyAnswer, faultyProxy, type ProxyFault } from "./faulty-proxy.ts";
import type { TestPds } from "./test-network.ts";

/** A way to a PDS on which chosen requests go wrong. */
export interface FaultyPds extends AsyncDisposable {
  /** Where the PDS is too; its DID documents do not name it. */
  readonly url: string;
  /** Sends what is for the PDS this way, and all else as ever: for clients that follow DID documents. */
  readonly fetch: typeof fetch;
  /** Lets the `nth` request of an XRPC method from now on go wrong, 1 being the next. */
  fail(method: string, nth: number, fault: ProxyFault): void;
  /** Tells how many requests of an XRPC method there were. */
  count(method: string): number;
}

/** Too many requests: try again after so many seconds. */
export function tooMany(retryAfter: number): FaultyAnswer {
  const body = JSON.stringify({ error: "RateLimitExceeded", message: "Rate Limit Exceeded" });
  return { status: 429, headers: { "retry-after": String(retryAfter) }, body };
}

/** An error of the PDS itself. */
export const internalError: FaultyAnswer = {
  status: 500,
  body: JSON.stringify({ error: "InternalServerError", message: "Internal Server Error" }),
};

/** Starts a proxy in front of a PDS. */
export async function faulty(pds: TestPds): Promise<FaultyPds> {
  const proxy = await faultyProxy(pds.url);
  const counts = new Map<string, number>();
  const faults = new Map<string, ProxyFault>();
  const count = (method: string): number => counts.get(method) ?? 0;
  proxy.fault = ({ path }) => {
    const method = /^\/xrpc\/([^?]+)/.exec(path)?.[1] ?? "";
    counts.set(method, count(method) + 1);
    return faults.get(`${method} ${count(method)}`) ?? "none";
  };
  return {
    url: proxy.url,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (!request.url.startsWith(`${pds.url}/`)) return fetch(request);
      return fetch(new Request(proxy.url + request.url.slice(pds.url.length), request));
    },
    fail: (method, nth, fault) => {
      faults.set(`${method} ${count(method) + nth}`, fault);
    },
    count,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

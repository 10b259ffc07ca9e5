import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** What a proxy does with one request. */
export type ProxyFault =
  /** Passes it on. */
  | "none"
  /** Closes the connection before the server sees the request. */
  | "refuse"
  /** Lets the server do it, and closes the connection before the answer. */
  | "swallow"
  /** Answers with this status in the server's place; the body is by default what S3 says. */
  | FaultyAnswer
  /** Breaks the connection after so many bytes of the answer's body. */
  | { readonly dropAfter: number }
  /** Ends the answer's body after so many bytes, and says that this is its length. */
  | { readonly truncateTo: number }
  /** Sends the body of the request on only so far, and breaks the connection. */
  | { readonly cutRequest: number }
  /** Waits so long after each so many bytes of the answer. */
  | { readonly every: number; readonly ms: number }
  /** Waits so long after each so many bytes of the request. */
  | { readonly everyOfRequest: number; readonly ms: number };

/** What a proxy answers in the server's place. */
export interface FaultyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as the proxy saw it. */
export interface ProxyRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly range: string | undefined;
  /** How many requests came before. */
  readonly before: number;
}

/** A proxy in front of an HTTP server. */
export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly ProxyRequest[];
  /** Decides what goes wrong from now on. */
  fault: (request: ProxyRequest) => ProxyFault;
}

/**
 * Starts a proxy on a free port of the loopback interface that lets chosen requests to `target` go wrong.
 *
 * It leaves the `Host` header alone, so that what the client signed is what the server checks.
 */
export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const seen: ProxyRequest[] = [];
  const proxy = { fault: (): ProxyFault => "none" } as { fault: (request: ProxyRequest) => ProxyFault };
  const server = createServer((incoming, outgoing) => {
    const { method = "GET", url: path = "/", headers } = incoming;
    const request = { method, path, range: headers.range, before: seen.length };
    seen.push(request);
    // A connection that breaks is what this is for.
    incoming.on("error", () => {});
    outgoing.on("error", () => {});
    const fault = proxy.fault(request);
    if (fault === "refuse") incoming.destroy();
    else if (typeof fault === "object" && "status" in fault) answer(incoming, outgoing, fault);
    else forward(target, incoming, outgoing, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function answer(incoming: IncomingMessage, outgoing: ServerResponse, { status, headers, body }: FaultyAnswer): void {
  const ofS3 = `<?xml version="1.0"?><Error><Code>${status === 503 ? "SlowDown" : "InternalError"}</Code></Error>`;
  const type = body === undefined ? "application/xml" : "application/json";
  incoming.resume().on("end", () => outgoing.writeHead(status, { "content-type": type, ...headers }).end(body ?? ofS3));
}

function forward(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Exclude<ProxyFault, "refuse" | FaultyAnswer>,
): void {
  const { hostname, port } = new URL(target);
  const { method, url: path, headers } = incoming;
  const onward = send({ hostname, port, method, path, headers }, async (response) => {
    response.on("error", () => outgoing.destroy());
    if (fault === "swallow") {
      response.resume();
      outgoing.destroy();
      return;
    }
    const headers = { ...response.headers };
    if (typeof fault === "object" && "truncateTo" in fault) headers["content-length"] = String(fault.truncateTo);
    outgoing.writeHead(response.statusCode ?? 502, headers);
    // A failure breaks the connection.
    await pipeline(Readable.from(faulty(response, fault)), outgoing).catch(() => {});
  });
  onward.on("error", () => outgoing.destroy());
  outgoing.on("close", () => onward.destroy());
  if (typeof fault === "object" && "cutRequest" in fault) {
    let left = fault.cutRequest;
    incoming.on("data", (chunk: Buffer) => {
      onward.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) {
        onward.destroy();
        incoming.destroy();
      }
    });
  } else if (typeof fault === "object" && "everyOfRequest" in fault) {
    const { everyOfRequest: every, ms } = fault;
    void pipeline(Readable.from(slowly(incoming, { every, ms })), onward).catch(() => onward.destroy());
  } else incoming.pipe(onward);
}

/** The answer's body as it arrives: all of it, slowly, or up to where it breaks off. */
async function* faulty(body: AsyncIterable<Buffer>, fault: ProxyFault): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of body) {
    if (typeof fault === "object" && "dropAfter" in fault) {
      yield chunk.subarray(0, fault.dropAfter - sent);
      sent += chunk.length;
      // Let what was written reach the other side first.
      await sleep(5);
      if (sent > fault.dropAfter) throw new Error("dropped");
    } else if (typeof fault === "object" && "truncateTo" in fault) {
      yield chunk.subarray(0, fault.truncateTo - sent);
      sent += chunk.length;
      if (sent >= fault.truncateTo) return;
    } else if (typeof fault === "object" && "every" in fault) yield* slowly([chunk], fault);
    else yield chunk;
  }
}

async function* slowly(
  body: Iterable<Buffer> | AsyncIterable<Buffer>,
  { every, ms }: { readonly every: number; readonly ms: number },
): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; at += every) {
      yield chunk.subarray(at, at + every);
      await sleep(ms);
    }
  }
}

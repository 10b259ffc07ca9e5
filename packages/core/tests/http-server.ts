import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterEach, beforeEach, expect } from "vitest";
import { type AtdataError, isAtdataError } from "../src/errors.ts";
import type { ByteReader, DataSource } from "../src/protocols/data-source.ts";
import { type HttpSourceOptions, timedHttpSource } from "../src/sources/http-source.ts";

/** Answers a request; `count` is its number, from 1. */
export type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A server on loopback that starts anew for each test, and sources whose waits take no time. */
export interface TestServer {
  /** Where it listens. */
  readonly base: string;
  /** What it answers. */
  handler: Handler;
  /** What it was asked. */
  requests: IncomingMessage[];
  /** Number of connections made. */
  readonly connections: number;
  /** Waits before retries, in milliseconds. */
  readonly slept: readonly number[];
  /** Makes a source: chance is always a half, and it is midnight, 1 January 2026. */
  source(options?: HttpSourceOptions): DataSource;
  /** Reads a file to its end. */
  get(from: DataSource, url?: string, start?: number): Promise<Buffer>;
}

/** Starts a server before each test of the file and ends it after. */
export function testServer(): TestServer {
  let server: Server;
  let slept: number[] = [];
  let connections = 0;
  let base = "";
  const web: TestServer = {
    get base() {
      return base;
    },
    get connections() {
      return connections;
    },
    get slept() {
      return slept;
    },
    handler: status(500),
    requests: [],
    source: (options = {}) =>
      timedHttpSource(options, {
        random: () => 0.5,
        now: () => Date.parse("2026-01-01T00:00:00Z"),
        sleep: async (ms) => {
          slept.push(ms);
        },
      }),
    get: async (from, url = `${base}/a.tar`, start) => drain(await from.open(url, { start })),
  };
  beforeEach(async () => {
    web.requests = [];
    slept = [];
    connections = 0;
    server = createServer((request, response) => web.handler(request, response, web.requests.push(request)));
    server.on("connection", () => connections++);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    base = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  return web;
}

/** Makes bytes that tell their place. */
export function pattern(length: number, seed = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) & 255));
}

/** Serves bytes the way a good server does. */
export function serve(bytes: Buffer, etag = '"v1"'): Handler {
  return (request, response) => {
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const ifRange = request.headers["if-range"];
    response.setHeader("etag", etag);
    if (!range || (ifRange !== undefined && ifRange !== etag)) {
      response.writeHead(200, { "content-length": bytes.length });
      response.end(bytes);
      return;
    }
    const start = Number(range[1]);
    if (start >= bytes.length) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` });
      response.end();
      return;
    }
    const end = Math.min(range[2] === "" ? bytes.length : Number(range[2]) + 1, bytes.length);
    const headers = { "content-range": `bytes ${start}-${end - 1}/${bytes.length}`, "content-length": end - start };
    response.writeHead(206, headers);
    response.end(bytes.subarray(start, end));
  };
}

/** Sends the head of a good answer and part of its body, then cuts the connection. */
export function cutAfter(bytes: Buffer, length: number): Handler {
  return (_, response) => {
    response.writeHead(200, { "content-length": bytes.length, etag: '"v1"' });
    response.write(bytes.subarray(0, length), () => setImmediate(() => response.destroy()));
  };
}

/** Answers with a status and a short text. */
export function status(code: number, headers: Record<string, string> = {}): Handler {
  return (_, response) => {
    response.writeHead(code, headers);
    response.end("sorry");
  };
}

/** Reads to the end; every chunk must be plain and hold something. */
async function drain(reader: ByteReader): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
    expect(chunk.constructor).toBe(Uint8Array);
    expect(chunk.length).toBeGreaterThan(0);
    parts.push(chunk);
  }
  await reader.close();
  return Buffer.concat(parts);
}

/** Gives the error of ours that the promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<AtdataError> {
  try {
    await promise;
  } catch (error) {
    if (isAtdataError(error)) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

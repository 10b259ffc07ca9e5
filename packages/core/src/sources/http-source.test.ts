import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AtdataError, isAtdataError } from "../errors.ts";
import type { ByteReader, DataSource } from "../protocols/data-source.ts";
import { type HttpSourceOptions, timedHttpSource } from "./http-source.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

let server: Server;
let base: string;
let handler: Handler;
let requests: IncomingMessage[];
let connections: number;
let slept: number[];

beforeEach(async () => {
  requests = [];
  slept = [];
  connections = 0;
  server = createServer((request, response) => handler(request, response, requests.push(request)));
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

function source(options: HttpSourceOptions = {}): DataSource {
  return timedHttpSource(options, {
    random: () => 0.5,
    now: () => Date.parse("2026-01-01T00:00:00Z"),
    sleep: async (ms) => {
      slept.push(ms);
    },
  });
}

function pattern(length: number, seed = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) & 255));
}

/** Serves bytes the way a good server does. */
function serve(bytes: Buffer, etag = '"v1"'): Handler {
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
function cutAfter(bytes: Buffer, length: number): Handler {
  return (_, response) => {
    response.writeHead(200, { "content-length": bytes.length, etag: '"v1"' });
    response.write(bytes.subarray(0, length), () => setImmediate(() => response.destroy()));
  };
}

function status(code: number, headers: Record<string, string> = {}): Handler {
  return (_, response) => {
    response.writeHead(code, headers);
    response.end("sorry");
  };
}

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

async function get(from: DataSource, url = `${base}/a.tar`, start?: number): Promise<Buffer> {
  return drain(await from.open(url, { start }));
}

async function failure(promise: Promise<unknown>): Promise<AtdataError> {
  try {
    await promise;
  } catch (error) {
    if (isAtdataError(error)) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

describe("a good server", () => {
  it("gives the bytes from any start, ranges and the length", async () => {
    const bytes = pattern(300_000);
    handler = serve(bytes);
    expect((await get(source())).equals(bytes)).toBe(true);
    expect((await get(source(), undefined, 299_990)).equals(bytes.subarray(299_990))).toBe(true);
    expect((await get(source(), undefined, 300_000)).length).toBe(0);
    const from = source();
    expect(Buffer.from((await from.read?.(`${base}/a`, 100, 50)) ?? [])).toEqual(bytes.subarray(100, 150));
    expect(await from.read?.(`${base}/a`, 299_990, 50)).toHaveLength(10);
    expect(await from.read?.(`${base}/a`, 400_000, 50)).toHaveLength(0);
    expect(await from.size?.(`${base}/a`)).toBe(300_000);
    expect(slept).toEqual([]);
  });

  it("is asked for exactly the range, with If-Range from the second on, over the same connection", async () => {
    handler = serve(pattern(100_000));
    // A request may come before the connection is free again, so that two take turns.
    const from = source();
    for (let i = 0; i < 5; i++) await from.read?.(`${base}/a`, i * 100, 10);
    expect(requests.map((request) => request.headers.range)).toEqual([
      "bytes=0-9",
      "bytes=100-109",
      "bytes=200-209",
      "bytes=300-309",
      "bytes=400-409",
    ]);
    expect(requests.map((request) => request.headers["if-range"])).toEqual([undefined, ...Array(4).fill('"v1"')]);
    await get(from);
    expect(requests.map((request) => request.headers["accept-encoding"])).toEqual(Array(6).fill("identity"));
    expect(connections).toBeLessThanOrEqual(2);
  });

  it("keeps its connection when it answers that there is no such file", async () => {
    handler = status(404);
    const from = source();
    for (let i = 0; i < 8; i++) expect((await failure(from.open(`${base}/x`))).code).toBe("NOT_FOUND");
    expect(connections).toBeLessThanOrEqual(2);
  });

  it("may redirect, and sees the headers of a function for each request", async () => {
    const bytes = pattern(1000);
    handler = (request, response, count) => {
      if (request.url === "/from") status(302, { location: "/to" })(request, response, count);
      else serve(bytes)(request, response, count);
    };
    let calls = 0;
    const from = source({ headers: async (url) => ({ Authorization: `token ${++calls} ${new URL(url).pathname}` }) });
    expect((await get(from, `${base}/from`)).equals(bytes)).toBe(true);
    await get(from, `${base}/from`);
    expect(requests.map((request) => request.headers.authorization)).toEqual([
      "token 1 /from",
      "token 1 /from",
      "token 2 /from",
      "token 2 /from",
    ]);
  });

  it("may answer with less than the range asked for, and is asked for the rest", async () => {
    const bytes = pattern(1000);
    handler = (request, response, count) => {
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      const start = Number(range?.[1]);
      request.headers.range = `bytes=${start}-${Math.min(Number(range?.[2]), start + 99)}`;
      serve(bytes)(request, response, count);
    };
    expect(Buffer.from((await source().read?.(`${base}/a`, 50, 300)) ?? [])).toEqual(bytes.subarray(50, 350));
    expect(requests).toHaveLength(3);
  });

  it("has an empty file", async () => {
    handler = serve(Buffer.alloc(0));
    expect(await get(source())).toHaveLength(0);
    expect(await source().size?.(`${base}/a`)).toBe(0);
  });
});

describe("a connection that fails", () => {
  it("midway is resumed at the byte reached", async () => {
    const bytes = pattern(500_000);
    handler = (request, response, count) =>
      (count === 1 ? cutAfter(bytes, 200_000) : serve(bytes))(request, response, count);
    expect((await get(source())).equals(bytes)).toBe(true);
    expect(requests).toHaveLength(2);
    const resumedAt = Number(/^bytes=(\d+)-$/.exec(requests[1]?.headers.range ?? "")?.[1]);
    expect(resumedAt).toBeGreaterThan(0);
    expect(resumedAt).toBeLessThanOrEqual(200_000);
    expect(requests[1]?.headers["if-range"]).toBe('"v1"');
  });

  it("midway, on a server that ignores ranges, is read again and the bytes had are skipped", async () => {
    const bytes = pattern(500_000);
    handler = (request, response, count) =>
      cutAfter(bytes, count === 3 ? 500_000 : 150_000 * count)(request, response, count);
    expect((await get(source())).equals(bytes)).toBe(true);
    expect(requests).toHaveLength(3);
  });

  it("again and again goes on as long as something new comes each time", async () => {
    const bytes = pattern(100_000);
    handler = (request, response, count) => {
      const start = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
      if (start === 0 && count > 1) throw new Error("started over");
      const end = Math.min(start + 10_000, bytes.length);
      const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(start === 0 ? 200 : 206, { "content-length": bytes.length - start, "content-range": range });
      response.write(bytes.subarray(start, end), () => setImmediate(() => response.destroy()));
    };
    expect((await get(source({ retries: 1 }))).equals(bytes)).toBe(true);
    expect(requests.length).toBeGreaterThanOrEqual(10);
  });

  it("without a byte is given up after the retries, with growing waits", async () => {
    handler = (_, response) => response.destroy();
    const error = await failure(get(source()));
    expect(error.code).toBe("NETWORK_ERROR");
    expect(error.fields).toMatchObject({ attempts: 5 });
    expect(slept).toEqual([100, 200, 400, 800]);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("is noticed when a body silently ends too early", async () => {
    const bytes = pattern(1000);
    let calls = 0;
    const cut: typeof fetch = async () => {
      const body = ++calls === 1 ? bytes.subarray(0, 600) : bytes.subarray(600);
      const range = { "content-range": "bytes 600-999/1000", "content-length": "400" };
      const init = calls === 1 ? { headers: { "content-length": "1000" } } : { status: 206, headers: range };
      return new Response(new Uint8Array(body), init);
    };
    expect((await get(source({ fetch: cut }))).equals(bytes)).toBe(true);
    calls = -10;
    const always: typeof fetch = async () => new Response("abc", { headers: { "content-length": "1000" } });
    expect((await failure(get(source({ fetch: always })))).message).toContain("ended the file too early");
  });

  it("is a time-out when nothing comes for too long, before or within the body", async () => {
    handler = () => {};
    const error = await failure(get(source({ timeoutMs: 20, retries: 1 })));
    expect(error.code).toBe("TIMEOUT");
    expect(requests).toHaveLength(2);
    handler = (_, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("abc");
    };
    expect((await failure(get(source({ timeoutMs: 20, retries: 0 })))).code).toBe("TIMEOUT");
  });

  it("is no time-out as long as bytes keep coming slowly", async () => {
    handler = (_, response) => {
      response.writeHead(200, { "content-length": 6 });
      let sent = 0;
      const timer = setInterval(() => {
        response.write("x");
        if (++sent === 6) {
          clearInterval(timer);
          response.end();
        }
      }, 15);
    };
    expect(await get(source({ timeoutMs: 60, retries: 0 }))).toHaveLength(6);
  });
});

describe("an error status", () => {
  it.each<[number, string, number]>([
    [404, "NOT_FOUND", 1],
    [410, "NOT_FOUND", 1],
    [401, "ACCESS_DENIED", 1],
    [403, "ACCESS_DENIED", 1],
    [400, "HTTP_ERROR", 1],
    [501, "HTTP_ERROR", 1],
    [204, "HTTP_ERROR", 1],
    [500, "HTTP_ERROR", 5],
    [503, "HTTP_ERROR", 5],
    [429, "HTTP_ERROR", 5],
  ])("%i is %s after %i requests", async (code, want, count) => {
    handler = status(code);
    expect((await failure(source().open(`${base}/a`))).code).toBe(want);
    expect(requests).toHaveLength(count);
  });

  it("429 and 503 are obeyed in their Retry-After, seconds or date, at most a minute", async () => {
    const bytes = pattern(10);
    const waits = ["3", "Thu, 01 Jan 2026 00:00:07 GMT", "86400", "soon"];
    handler = (request, response, count) => {
      const wait = waits[count - 1];
      if (wait === undefined) serve(bytes)(request, response, count);
      else status(count % 2 === 0 ? 503 : 429, { "retry-after": wait })(request, response, count);
    };
    expect((await get(source())).equals(bytes)).toBe(true);
    expect(slept).toEqual([3000, 7000, 60_000, 800]);
  });

  it("on a missing file has no length, and no permission is an error", async () => {
    handler = status(404);
    expect(await source().size?.(`${base}/a`)).toBeUndefined();
    handler = status(403);
    expect((await failure(source().size?.(`${base}/a`) ?? Promise.resolve())).code).toBe("ACCESS_DENIED");
  });
});

describe("a file that changes", () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["strong ETag", { etag: '"v1"' }, { etag: '"v2"' }],
    ["weak ETag", { etag: 'W/"v1"' }, { etag: 'W/"v2"' }],
    [
      "date",
      { "last-modified": "Thu, 01 Jan 2026 00:00:07 GMT" },
      { "last-modified": "Thu, 01 Jan 2026 00:00:08 GMT" },
    ],
  ])("between a failure and its resumption is reported by its %s", async (_, before, after) => {
    const bytes = pattern(1000);
    for (const honest of [true, false]) {
      requests = [];
      handler = (_request, response, count) => {
        const headers = count === 1 ? before : after;
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.setHeader("content-length", count === 1 || !honest ? 1000 : 500);
        if (count === 1) {
          response.writeHead(200);
          response.write(bytes.subarray(0, 500), () => setImmediate(() => response.destroy()));
          return;
        }
        response.writeHead(honest ? 206 : 200, honest ? { "content-range": "bytes 500-999/1000" } : {});
        response.end(honest ? bytes.subarray(500) : bytes);
      };
      expect((await failure(get(source()))).code).toBe("SOURCE_CHANGED");
      expect(requests[1]?.headers["if-range"]).toBe(before.etag?.startsWith('"') ? before.etag : undefined);
    }
  });

  it("between two ranges is reported once, by ETag or by length", async () => {
    for (const [first, second] of [
      [serve(pattern(1000)), serve(pattern(1000, 1), '"v2"')],
      [serve(pattern(1000), 'W/"x"'), serve(pattern(1001), 'W/"x"')],
    ] as const) {
      const from = source();
      handler = first;
      await from.read?.(`${base}/a`, 0, 10);
      handler = second;
      expect((await failure(from.read?.(`${base}/a`, 10, 10) ?? Promise.resolve())).code).toBe("SOURCE_CHANGED");
      expect(await from.read?.(`${base}/a`, 10, 10)).toHaveLength(10);
    }
  });
});

describe("a server with other habits", () => {
  it("that ignores ranges is read from its start and cut", async () => {
    const bytes = pattern(200_000);
    handler = (_, response) => response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    expect(Buffer.from((await source().read?.(`${base}/a`, 100_000, 50)) ?? [])).toEqual(
      bytes.subarray(100_000, 100_050),
    );
    expect(await source().read?.(`${base}/a`, 300_000, 50)).toHaveLength(0);
    expect((await get(source(), undefined, 150_000)).equals(bytes.subarray(150_000))).toBe(true);
    expect(await source().size?.(`${base}/a`)).toBe(200_000);
  });

  it("that compresses anyway gives the decoded bytes, also after a failure and for ranges", async () => {
    const bytes = pattern(400_000);
    const packed = gzipSync(bytes);
    handler = (request, response, count) => {
      const headers = { "content-encoding": "gzip", "content-length": packed.length, etag: '"z"' };
      if (request.headers.range !== undefined) {
        const range = { ...headers, "content-range": `bytes 0-9/${packed.length}`, "content-length": 10 };
        response.writeHead(206, range).end(packed.subarray(0, 10));
      } else if (count === 1) {
        response.writeHead(200, headers);
        response.write(packed.subarray(0, packed.length >> 1), () => setImmediate(() => response.destroy()));
      } else response.writeHead(200, headers).end(packed);
    };
    expect((await get(source())).equals(bytes)).toBe(true);
    expect(Buffer.from((await source().read?.(`${base}/a`, 1000, 50)) ?? [])).toEqual(bytes.subarray(1000, 1050));
  });

  it("that answers with another range than was asked for is an error", async () => {
    handler = (_, response) => response.writeHead(206, { "content-range": "bytes 0-9/100" }).end("0123456789");
    expect((await failure(source().read?.(`${base}/a`, 50, 10) ?? Promise.resolve())).code).toBe("HTTP_ERROR");
  });

  it("that tells no length is read to its end", async () => {
    const bytes = pattern(100_000);
    handler = (_, response) => response.end(bytes);
    expect((await get(source())).equals(bytes)).toBe(true);
  });
});

describe("secrets and signals", () => {
  it("sends user and password of a url as basic authentication, and shows neither them nor query values in errors", async () => {
    handler = (_, response) => response.destroy();
    const secret = base.replace("//", "//me:p%C3%A4ss@");
    const error = await failure(source({ retries: 0 }).open(`${secret}/a.tar?sig=topsecret&x=1`));
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:päss").toString("base64")}`);
    expect(error.fields).toMatchObject({ url: `${base}/a.tar?sig=…&x=…` });
    const shown = `${error.message} ${JSON.stringify(error.fields)} ${String(error.cause)} ${error.stack}`;
    for (const word of ["topsecret", "me:", "p%C3", "päss"]) expect(shown).not.toContain(word);
  });

  it("drops a cause that shows the url", async () => {
    const leaky: typeof fetch = async (input) => {
      throw new TypeError(`failed to fetch ${String(input)}`);
    };
    const error = await failure(source({ retries: 0, fetch: leaky }).open(`${base}/a?sig=topsecret`));
    expect(String(error.cause)).not.toContain("topsecret");
  });

  it("stops with the signal's reason while connecting, reading or waiting to retry", async () => {
    handler = () => {};
    const reason = new Error("enough");
    const connecting = new AbortController();
    const open = source().open(`${base}/a`, { signal: connecting.signal });
    setTimeout(() => connecting.abort(reason), 5);
    await expect(open).rejects.toBe(reason);

    handler = (_, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("abc");
    };
    const reading = new AbortController();
    const reader = await source().open(`${base}/a`, { signal: reading.signal });
    await reader.next();
    const next = reader.next();
    reading.abort(reason);
    await expect(next).rejects.toBe(reason);
    await reader.close();

    await expect(source().read?.(`${base}/a`, 0, 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("ends a pending read when it is closed, and drops the connection", async () => {
    const dropped = new Promise((resolve) => {
      handler = (request, response) => {
        request.socket.once("close", resolve);
        response.writeHead(200, { "content-length": 10 });
        response.write("abc");
      };
    });
    const reader = await source().open(`${base}/a`);
    await reader.next();
    const next = reader.next();
    await Promise.all([reader.close(), reader.close()]);
    expect(await next).toBeUndefined();
    await dropped;
  });

  it("refuses what is no url, and patterns, which http servers cannot list", async () => {
    expect((await failure(source().open("https://"))).code).toBe("REF_INVALID");
    const list = source().list(`${base}/*.tar?x=*`);
    expect((await failure(list[Symbol.asyncIterator]().next())).code).toBe("REF_INVALID");
  });
});

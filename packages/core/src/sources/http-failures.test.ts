import { describe, expect, it } from "vitest";
import { cutAfter, failure, pattern, serve, status, testServer } from "../../tests/http-server.ts";

const web = testServer();

describe("a connection that fails", () => {
  it("midway is resumed at the byte reached", async () => {
    const bytes = pattern(500_000);
    web.handler = (request, response, count) =>
      (count === 1 ? cutAfter(bytes, 200_000) : serve(bytes))(request, response, count);
    expect((await web.get(web.source())).equals(bytes)).toBe(true);
    expect(web.requests).toHaveLength(2);
    const resumedAt = Number(/^bytes=(\d+)-$/.exec(web.requests[1]?.headers.range ?? "")?.[1]);
    expect(resumedAt).toBeGreaterThan(0);
    expect(resumedAt).toBeLessThanOrEqual(200_000);
    expect(web.requests[1]?.headers["if-range"]).toBe('"v1"');
  });

  it("midway, on a server that ignores ranges, is read again and the bytes had are skipped", async () => {
    const bytes = pattern(500_000);
    web.handler = (request, response, count) =>
      cutAfter(bytes, count === 3 ? 500_000 : 150_000 * count)(request, response, count);
    expect((await web.get(web.source())).equals(bytes)).toBe(true);
    expect(web.requests).toHaveLength(3);
  });

  it("again and again goes on as long as something new comes each time", async () => {
    const bytes = pattern(100_000);
    web.handler = (request, response, count) => {
      const start = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
      if (start === 0 && count > 1) throw new Error("started over");
      const end = Math.min(start + 10_000, bytes.length);
      const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(start === 0 ? 200 : 206, { "content-length": bytes.length - start, "content-range": range });
      response.write(bytes.subarray(start, end), () => setImmediate(() => response.destroy()));
    };
    expect((await web.get(web.source({ retries: 1 }))).equals(bytes)).toBe(true);
    expect(web.requests.length).toBeGreaterThanOrEqual(10);
  });

  it("without a byte is given up after the retries, with growing waits", async () => {
    web.handler = (_, response) => response.destroy();
    const error = await failure(web.get(web.source()));
    expect(error.code).toBe("NETWORK_ERROR");
    expect(error.fields).toMatchObject({ attempts: 5 });
    expect(web.slept).toEqual([100, 200, 400, 800]);
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
    expect((await web.get(web.source({ fetch: cut }))).equals(bytes)).toBe(true);
    calls = -10;
    const always: typeof fetch = async () => new Response("abc", { headers: { "content-length": "1000" } });
    expect((await failure(web.get(web.source({ fetch: always })))).message).toContain("ended the file too early");
  });

  it("is a time-out when nothing comes for too long, before or within the body", async () => {
    web.handler = () => {};
    const error = await failure(web.get(web.source({ timeoutMs: 20, retries: 1 })));
    expect(error.code).toBe("TIMEOUT");
    expect(web.requests).toHaveLength(2);
    web.handler = (_, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("abc");
    };
    expect((await failure(web.get(web.source({ timeoutMs: 20, retries: 0 })))).code).toBe("TIMEOUT");
  });

  it("is no time-out as long as bytes keep coming slowly", async () => {
    web.handler = (_, response) => {
      response.writeHead(200, { "content-length": 16 });
      let sent = 0;
      const timer = setInterval(() => {
        response.write("x");
        if (++sent === 16) {
          clearInterval(timer);
          response.end();
        }
      }, 15);
    };
    expect(await web.get(web.source({ timeoutMs: 150, retries: 0 }))).toHaveLength(16);
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
    web.handler = status(code);
    expect((await failure(web.source().open(`${web.base}/a`))).code).toBe(want);
    expect(web.requests).toHaveLength(count);
  });

  it("429 and 503 are obeyed in their Retry-After, seconds or date, at most a minute", async () => {
    const bytes = pattern(10);
    const waits = ["3", "Thu, 01 Jan 2026 00:00:07 GMT", "86400", "soon"];
    web.handler = (request, response, count) => {
      const wait = waits[count - 1];
      if (wait === undefined) serve(bytes)(request, response, count);
      else status(count % 2 === 0 ? 503 : 429, { "retry-after": wait })(request, response, count);
    };
    expect((await web.get(web.source())).equals(bytes)).toBe(true);
    expect(web.slept).toEqual([3000, 7000, 60_000, 800]);
  });

  it("on a missing file has no length, and no permission is an error", async () => {
    web.handler = status(404);
    expect(await web.source().size?.(`${web.base}/a`)).toBeUndefined();
    web.handler = status(403);
    expect((await failure(web.source().size?.(`${web.base}/a`) ?? Promise.resolve())).code).toBe("ACCESS_DENIED");
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
      web.requests = [];
      web.handler = (_request, response, count) => {
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
      expect((await failure(web.get(web.source()))).code).toBe("SOURCE_CHANGED");
      expect(web.requests[1]?.headers["if-range"]).toBe(before.etag?.startsWith('"') ? before.etag : undefined);
    }
  });

  it("between two ranges is reported once, by ETag or by length", async () => {
    for (const [first, second] of [
      [serve(pattern(1000)), serve(pattern(1000, 1), '"v2"')],
      [serve(pattern(1000), 'W/"x"'), serve(pattern(1001), 'W/"x"')],
    ] as const) {
      const from = web.source();
      web.handler = first;
      await from.read?.(`${web.base}/a`, 0, 10);
      web.handler = second;
      expect((await failure(from.read?.(`${web.base}/a`, 10, 10) ?? Promise.resolve())).code).toBe("SOURCE_CHANGED");
      expect(await from.read?.(`${web.base}/a`, 10, 10)).toHaveLength(10);
    }
  });
});

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { failure, pattern, serve, status, testServer } from "../../tests/http-server.ts";

const web = testServer();

describe("a good server", () => {
  it("gives the bytes from any start, ranges and the length", async () => {
    const bytes = pattern(300_000);
    web.handler = serve(bytes);
    expect((await web.get(web.source())).equals(bytes)).toBe(true);
    expect((await web.get(web.source(), undefined, 299_990)).equals(bytes.subarray(299_990))).toBe(true);
    expect((await web.get(web.source(), undefined, 300_000)).length).toBe(0);
    const from = web.source();
    expect(Buffer.from((await from.read?.(`${web.base}/a`, 100, 50)) ?? [])).toEqual(bytes.subarray(100, 150));
    expect(await from.read?.(`${web.base}/a`, 299_990, 50)).toHaveLength(10);
    expect(await from.read?.(`${web.base}/a`, 400_000, 50)).toHaveLength(0);
    expect(await from.size?.(`${web.base}/a`)).toBe(300_000);
    expect(web.slept).toEqual([]);
  });

  it("is asked for exactly the range, with If-Range from the second on, over the same connection", async () => {
    web.handler = serve(pattern(100_000));
    // A request may come before the connection is free again, so that two take turns.
    const from = web.source();
    for (let i = 0; i < 5; i++) await from.read?.(`${web.base}/a`, i * 100, 10);
    expect(web.requests.map((request) => request.headers.range)).toEqual([
      "bytes=0-9",
      "bytes=100-109",
      "bytes=200-209",
      "bytes=300-309",
      "bytes=400-409",
    ]);
    expect(web.requests.map((request) => request.headers["if-range"])).toEqual([undefined, ...Array(4).fill('"v1"')]);
    await web.get(from);
    expect(web.requests.map((request) => request.headers["accept-encoding"])).toEqual(Array(6).fill("identity"));
    expect(web.connections).toBeLessThanOrEqual(2);
  });

  it("keeps its connection when it answers that there is no such file", async () => {
    web.handler = status(404);
    const from = web.source();
    for (let i = 0; i < 8; i++) expect((await failure(from.open(`${web.base}/x`))).code).toBe("NOT_FOUND");
    expect(web.connections).toBeLessThanOrEqual(2);
  });

  it("may redirect, and sees the headers of a function for each request", async () => {
    const bytes = pattern(1000);
    web.handler = (request, response, count) => {
      if (request.url === "/from") status(302, { location: "/to" })(request, response, count);
      else serve(bytes)(request, response, count);
    };
    let calls = 0;
    const from = web.source({
      headers: async (url) => ({ Authorization: `token ${++calls} ${new URL(url).pathname}` }),
    });
    expect((await web.get(from, `${web.base}/from`)).equals(bytes)).toBe(true);
    await web.get(from, `${web.base}/from`);
    expect(web.requests.map((request) => request.headers.authorization)).toEqual([
      "token 1 /from",
      "token 1 /from",
      "token 2 /from",
      "token 2 /from",
    ]);
  });

  it("may answer with less than the range asked for, and is asked for the rest", async () => {
    const bytes = pattern(1000);
    web.handler = (request, response, count) => {
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      const start = Number(range?.[1]);
      request.headers.range = `bytes=${start}-${Math.min(Number(range?.[2]), start + 99)}`;
      serve(bytes)(request, response, count);
    };
    expect(Buffer.from((await web.source().read?.(`${web.base}/a`, 50, 300)) ?? [])).toEqual(bytes.subarray(50, 350));
    expect(web.requests).toHaveLength(3);
  });

  it("has an empty file", async () => {
    web.handler = serve(Buffer.alloc(0));
    expect(await web.get(web.source())).toHaveLength(0);
    expect(await web.source().size?.(`${web.base}/a`)).toBe(0);
  });
});

describe("a server with other habits", () => {
  it("that ignores ranges is read from its start and cut", async () => {
    const bytes = pattern(200_000);
    web.handler = (_, response) => response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    expect(Buffer.from((await web.source().read?.(`${web.base}/a`, 100_000, 50)) ?? [])).toEqual(
      bytes.subarray(100_000, 100_050),
    );
    expect(await web.source().read?.(`${web.base}/a`, 300_000, 50)).toHaveLength(0);
    expect((await web.get(web.source(), undefined, 150_000)).equals(bytes.subarray(150_000))).toBe(true);
    expect(await web.source().size?.(`${web.base}/a`)).toBe(200_000);
  });

  it("that compresses anyway gives the decoded bytes, also after a failure and for ranges", async () => {
    const bytes = pattern(400_000);
    const packed = gzipSync(bytes);
    web.handler = (request, response, count) => {
      const headers = { "content-encoding": "gzip", "content-length": packed.length, etag: '"z"' };
      if (request.headers.range !== undefined) {
        const range = { ...headers, "content-range": `bytes 0-9/${packed.length}`, "content-length": 10 };
        response.writeHead(206, range).end(packed.subarray(0, 10));
      } else if (count === 1) {
        response.writeHead(200, headers);
        response.write(packed.subarray(0, packed.length >> 1), () => setImmediate(() => response.destroy()));
      } else response.writeHead(200, headers).end(packed);
    };
    expect((await web.get(web.source())).equals(bytes)).toBe(true);
    expect(Buffer.from((await web.source().read?.(`${web.base}/a`, 1000, 50)) ?? [])).toEqual(
      bytes.subarray(1000, 1050),
    );
  });

  it("that answers with another range than was asked for is an error", async () => {
    web.handler = (_, response) => response.writeHead(206, { "content-range": "bytes 0-9/100" }).end("0123456789");
    expect((await failure(web.source().read?.(`${web.base}/a`, 50, 10) ?? Promise.resolve())).code).toBe("HTTP_ERROR");
  });

  it("that tells no length is read to its end", async () => {
    const bytes = pattern(100_000);
    web.handler = (_, response) => response.end(bytes);
    expect((await web.get(web.source())).equals(bytes)).toBe(true);
  });

  it("that refuses If-Range, as browsers find out beforehand, is asked without, and a change is still noticed", async () => {
    let bytes = pattern(1000);
    let etag = '"v1"';
    const strict: typeof fetch = async (input, init) => {
      if (new Headers(init?.headers).has("if-range")) throw new TypeError("not allowed by the server");
      return fetch(input, init);
    };
    web.handler = (request, response, count) => serve(bytes, etag)(request, response, count);
    const from = web.source({ fetch: strict, retries: 1 });
    for (let i = 0; i < 3; i++) await from.read?.(`${web.base}/a`, i * 10, 10);
    expect(web.slept).toEqual([100]);
    [bytes, etag] = [pattern(1000, 1), '"v2"'];
    expect((await failure(from.read?.(`${web.base}/a`, 0, 10) ?? Promise.resolve())).code).toBe("SOURCE_CHANGED");
  });
});

describe("secrets and signals", () => {
  it("sends user and password of a url as basic authentication, and shows neither them nor query values in errors", async () => {
    web.handler = (_, response) => response.destroy();
    const secret = web.base.replace("//", "//me:p%C3%A4ss@");
    const error = await failure(web.source({ retries: 0 }).open(`${secret}/a.tar?sig=topsecret&x=1`));
    expect(web.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:päss").toString("base64")}`);
    expect(error.fields).toMatchObject({ url: `${web.base}/a.tar?sig=…&x=…` });
    const shown = `${error.message} ${JSON.stringify(error.fields)} ${String(error.cause)} ${error.stack}`;
    for (const word of ["topsecret", "me:", "p%C3", "päss"]) expect(shown).not.toContain(word);
  });

  it("drops a cause that shows the url", async () => {
    const leaky: typeof fetch = async (input) => {
      throw new TypeError(`failed to fetch ${String(input)}`);
    };
    const error = await failure(web.source({ retries: 0, fetch: leaky }).open(`${web.base}/a?sig=topsecret`));
    expect(String(error.cause)).not.toContain("topsecret");
  });

  it("stops with the signal's reason while connecting, reading or waiting to retry", async () => {
    web.handler = () => {};
    const reason = new Error("enough");
    const connecting = new AbortController();
    const open = web.source().open(`${web.base}/a`, { signal: connecting.signal });
    setTimeout(() => connecting.abort(reason), 5);
    await expect(open).rejects.toBe(reason);

    web.handler = (_, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("abc");
    };
    const reading = new AbortController();
    const reader = await web.source().open(`${web.base}/a`, { signal: reading.signal });
    await reader.next();
    const next = reader.next();
    reading.abort(reason);
    await expect(next).rejects.toBe(reason);
    await reader.close();

    await expect(web.source().read?.(`${web.base}/a`, 0, 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it("ends a pending read when it is closed, and drops the connection", async () => {
    const dropped = new Promise((resolve) => {
      web.handler = (request, response) => {
        request.socket.once("close", resolve);
        response.writeHead(200, { "content-length": 10 });
        response.write("abc");
      };
    });
    const reader = await web.source().open(`${web.base}/a`);
    await reader.next();
    const next = reader.next();
    await Promise.all([reader.close(), reader.close()]);
    expect(await next).toBeUndefined();
    await dropped;
  });

  it("refuses what is no url, and patterns, which http servers cannot list", async () => {
    expect((await failure(web.source().open("https://"))).code).toBe("REF_INVALID");
    const list = web.source().list(`${web.base}/*.tar?x=*`);
    expect((await failure(list[Symbol.asyncIterator]().next())).code).toBe("REF_INVALID");
  });
});

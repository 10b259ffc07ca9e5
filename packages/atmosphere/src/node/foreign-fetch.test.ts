import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { httpSource } from "@atdata/core";
import { afterEach, describe, expect, it } from "vitest";
import { foreignFetch } from "./foreign-fetch.ts";
import { isPublicAddress } from "./public-address.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Serves on a free port of loopback, and counts connections. */
async function serve(listener: RequestListener): Promise<{ url: string; host: string; connections(): number }> {
  const server = createServer(listener);
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}/`, host, connections: () => connections };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("addresses", () => {
  it("are public or not, in every way that one of IPv4 is written in IPv6", () => {
    const inside = [
      "127.0.0.1",
      "10.1.2.3",
      "172.31.255.255",
      "192.168.0.1",
      "169.254.169.254",
      "0.0.0.0",
      "100.64.0.1",
    ];
    const outside = ["93.184.215.14", "172.32.0.1", "11.0.0.0", "100.128.0.1", "1.1.1.1"];
    const forms = (v4: string) => {
      const [a = 0, b = 0, c = 0, d = 0] = v4.split(".").map(Number);
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      return [v4, `::ffff:${v4}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`, `::${hex}`];
    };
    expect(inside.flatMap(forms).filter(isPublicAddress)).toEqual([]);
    expect(outside.flatMap(forms).filter((address) => !isPublicAddress(address))).toEqual([]);
    const inside6 = ["::", "::1", "fe80::1", "fe80::1%eth0", "febf::", "fc00::1", "fdff::1", "ff02::1", "none", ""];
    expect(inside6.filter(isPublicAddress)).toEqual([]);
    expect(isPublicAddress("2606:4700:4700::1111")).toBe(true);
  });
});

describe("a fetch for urls of others", () => {
  it("connects to no address that is not public, however it is written or named", async () => {
    const { url, connections } = await serve((_, response) => response.end("secret"));
    const { port } = new URL(url);
    const fetch = foreignFetch();
    const hosts = [
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f000001",
      "localhost",
      "[::ffff:127.0.0.1]",
      "[::1]",
      "0.0.0.0",
    ];
    for (const host of [...hosts, "LOCALHOST"]) {
      expect(await failure(fetch(`http://${host}:${port}/`)), host).toMatchObject({ code: "URL_REFUSED" });
    }
    expect(await failure(fetch("https://169.254.169.254/latest"))).toMatchObject({ code: "URL_REFUSED" });
    expect(await failure(fetch("data:,x"))).toMatchObject({ code: "URL_REFUSED" });
    expect(connections()).toBe(0);
  });

  it("opens hosts that are allowed, with their port or any", async () => {
    const { url, host } = await serve((request, response) => response.end(request.headers["accept-encoding"]));
    for (const allowHosts of [[host], ["127.0.0.1"]]) {
      expect(await (await foreignFetch({ allowHosts })(url)).text()).toBe("identity");
    }
    const other = foreignFetch({ allowHosts: ["127.0.0.1:1", "localhost"] });
    expect(await failure(other(url))).toMatchObject({ code: "URL_REFUSED" });
    const named = url.replace("127.0.0.1", "localhost");
    expect((await other(named)).status).toBe(200);
  });

  it("looks again after each redirect, and tells a second server no secrets", async () => {
    const inner = await serve((request, response) => response.end(`authorization: ${request.headers.authorization}`));
    const outer = await serve((request, response) => {
      response.writeHead(302, { location: request.url === "/loop" ? "/loop" : request.url?.slice(1) }).end();
    });
    const only = foreignFetch({ allowHosts: [outer.host] });
    expect(await failure(only(outer.url + inner.url))).toMatchObject({ code: "URL_REFUSED" });
    expect(await failure(only(`${outer.url}file:///etc/passwd`))).toMatchObject({ code: "URL_REFUSED" });
    expect(await failure(only(`${outer.url}loop`))).toMatchObject({ code: "URL_REFUSED" });
    expect(inner.connections()).toBe(0);
    const both = foreignFetch({ allowHosts: [outer.host, inner.host] });
    const headers = { authorization: "Bearer s3cret" };
    expect(await (await both(outer.url + inner.url, { headers })).text()).toBe("authorization: undefined");
    expect(await (await both(inner.url, { headers })).text()).toBe("authorization: Bearer s3cret");
  });

  it("reads ranges, statuses and compressed bodies as any fetch does, and ends at a signal", async () => {
    const { url, host } = await serve((request, response) => {
      if (request.url === "/gzip") response.setHeader("content-encoding", "gzip").end(gzipSync("hello"));
      else if (request.url === "/slow") response.write("begun");
      else if (request.url === "/none") response.writeHead(304).end();
      else response.writeHead(206, { "content-range": "bytes 1-2/5" }).end(request.headers.range);
    });
    const fetch = foreignFetch({ allowHosts: [host] });
    const range = await fetch(url, { headers: { range: "bytes=1-2" } });
    expect([range.status, range.headers.get("content-range"), await range.text()]).toEqual([
      206,
      "bytes 1-2/5",
      "bytes=1-2",
    ]);
    expect(await (await fetch(`${url}gzip`)).text()).toBe("hello");
    expect((await fetch(`${url}none`)).body).toBe(null);
    const controller = new AbortController();
    const slow = await fetch(`${url}slow`, { signal: controller.signal });
    controller.abort(new Error("enough"));
    expect(await failure(slow.text())).toBeInstanceOf(Error);
    const reason = new Error("before");
    expect(await failure(fetch(url, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    await expect(fetch(url, { method: "POST", body: "x" })).rejects.toThrow(TypeError);
  });

  it("is refused at once by a source, without retries", async () => {
    const source = httpSource({ fetch: foreignFetch() });
    expect(await failure(source.open("http://127.0.0.1:9/x.tar"))).toMatchObject({ code: "URL_REFUSED" });
  });
});

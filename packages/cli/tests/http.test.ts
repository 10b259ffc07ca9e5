import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeDynamic } from "@atdata/core";
import { expect, onTestFinished, test } from "vitest";
import { atdata, json } from "./cli.ts";
import { tar } from "./tar.ts";

const noise = (seed: number): Uint8Array => Uint8Array.from({ length: 5000 }, (_, i) => (i * seed) % 251);
const keys = Array.from({ length: 400 }, (_, i) => String(i).padStart(5, "0"));
const shard = tar(keys.map((key, i) => [`${key}.msgpack`, encodeDynamic({ n: i, noise: noise(i) })] as const));

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Serves with a handler that is told how many requests for the shard there were before; gives the shard's url. */
async function serve(handler: Handler): Promise<{ readonly url: string; readonly ranges: (string | undefined)[] }> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/shard.tar") !== true) response.writeHead(404).end();
    else handler(request, response, ranges.push(request.headers.range) - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/shard.tar`, ranges };
}

/** Sends a range, or all, and breaks the connection after `until` bytes of the file. */
function send(request: IncomingMessage, response: ServerResponse, etag: string, until = shard.length): void {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const known = request.headers["if-range"];
  const partial = from !== undefined && (known === undefined || known === etag);
  const start = partial ? Number(from) : 0;
  const end = partial && to !== "" ? Math.min(Number(to) + 1, shard.length) : shard.length;
  response.writeHead(partial ? 206 : 200, {
    etag,
    "content-length": end - start,
    ...(partial && { "content-range": `bytes ${start}-${end - 1}/${shard.length}` }),
  });
  if (until >= end) response.end(shard.subarray(start, end));
  else response.write(shard.subarray(start, Math.max(start, until)), () => setTimeout(() => response.destroy(), 20));
}

test("a shard over HTTP is inspected and previewed like a file", async () => {
  const { url } = await serve((request, response) => send(request, response, '"1"'));
  expect(await json("inspect", url, "--json")).toMatchObject({
    shards: [{ url, bytes: shard.length, samples: keys.length }],
    samples: keys.length,
    bytes: shard.length,
    schema: {
      name: null,
      fields: [
        { name: "n", kind: "int", optional: false },
        { name: "noise", kind: "bytes", optional: false },
      ],
    },
  });
  const { stdout } = await atdata(["preview", url, "-n", "1", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ key: "00000", sample: { n: 0 } });
});

test("a server that drops the connection midway is asked again from there, and all samples come", async () => {
  const { url, ranges } = await serve((request, response, count) =>
    send(request, response, '"1"', count === 0 ? 700_000 : count === 1 ? 1_400_000 : shard.length),
  );
  const { status, stdout, stderr } = await atdata(["preview", url, "-n", "1000", "--json"]);
  expect([status, stderr]).toEqual([0, ""]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { key: string; sample: { n: number; noise: { $bytes: string } } });
  expect(lines.map(({ key }) => key)).toEqual(keys);
  expect(Buffer.from(lines[399]?.sample.noise.$bytes as string, "base64")).toEqual(Buffer.from(noise(399)));
  expect(ranges.slice(1)).toEqual([
    expect.stringMatching(/^bytes=[1-9]\d*-/),
    expect.stringMatching(/^bytes=[1-9]\d*-/),
  ]);
});

test("a file that changes between ranges is SOURCE_CHANGED and never a mixture", async () => {
  const { url } = await serve((request, response, count) =>
    send(request, response, `"${count}"`, count === 0 ? 700_000 : shard.length),
  );
  const { status, stdout, stderr } = await atdata(["preview", url, "-n", "1000", "--json"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^atdata: error\[SOURCE_CHANGED\]: .*shard\.tar/);
  for (const line of stdout.split("\n").slice(0, -1)) JSON.parse(line);
});

test("an HTTP 404 is NOT_FOUND, another refusal HTTP_ERROR or ACCESS_DENIED with its status", async () => {
  for (const [sent, code] of [
    [404, "NOT_FOUND"],
    [410, "(NOT_FOUND|HTTP_ERROR)"],
    [403, "ACCESS_DENIED"],
    [418, "HTTP_ERROR"],
  ] as const) {
    const { url } = await serve((_request, response) => response.writeHead(sent).end());
    for (const command of ["inspect", "preview"]) {
      const { status, stdout, stderr } = await atdata([command, url, "--json"]);
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(new RegExp(`^atdata: error\\[${code}\\]: .*shard\\.tar`));
    }
  }
});

test("a server that nobody listens for is NETWORK_ERROR", async () => {
  const { status, stdout, stderr } = await atdata(["preview", "http://127.0.0.1:9/shard.tar", "--json"]);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^atdata: error\[NETWORK_ERROR\]/);
});

test("what may be secret in a url is neither printed nor told in errors", async () => {
  const { url } = await serve((request, response) => send(request, response, '"1"'));
  const signed = `${url.replace("//", "//me:password@")}?sig=secret`;
  for (const args of [
    ["inspect", signed],
    ["inspect", signed, "--json"],
    ["preview", signed, "-n", "1"],
    ["inspect", `${signed}`.replace("shard.tar", "none.tar")],
  ]) {
    const { stdout, stderr } = await atdata(args);
    expect(stdout + stderr).toContain("sig=…");
    expect(stdout + stderr).not.toMatch(/password|secret/);
  }
});

// Serves the files of a folder on a loopback port, in a process of its own: `serve.ts FOLDER LATENCY_MS`. Tells the parent its port.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";

const [folder = ".", latencyMs = "0"] = process.argv.slice(2);

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await wait(Number(latencyMs));
  const path = join(folder, basename(request.url ?? ""));
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) {
    response.writeHead(404).end();
    return;
  }
  const headers = { "accept-ranges": "bytes", etag: `"${facts.size}-${facts.mtimeMs}"` };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = range?.[2] ? Math.min(Number(range[2]), facts.size - 1) : facts.size - 1;
  if (range === null) response.writeHead(200, { ...headers, "content-length": facts.size });
  else {
    const part = { "content-length": end - start + 1, "content-range": `bytes ${start}-${end}/${facts.size}` };
    response.writeHead(206, { ...headers, ...part });
  }
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(path, { start, end, highWaterMark: 1024 * 1024 }), response);
}

import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** Browsers run no script and show no page without its type. */
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

/** A request as the server saw it. */
export interface Seen {
  readonly path: string;
  readonly range: string | undefined;
}

/** One answer in the making, for a fault to change. */
export interface Answer {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  /** The whole file; empty when there is none. */
  readonly file: Buffer;
  /** How often this path was asked for before. */
  readonly before: number;
}

/** What a test lets go wrong; gives true when it has answered. */
export type Fault = (answer: Answer) => boolean | Promise<boolean>;

/** A server of the files in a folder, with ranges, ETags and `If-Range`, that counts. */
export interface FileServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Requests that were being answered at once, at the most. */
  readonly concurrency: number;
  forget(): void;
}

/** Starts a server on a free port of the loopback interface. */
export async function serveFolder(folder: string, fault: Fault = () => false): Promise<FileServer> {
  const seen: Seen[] = [];
  const counts = new Map<string, number>();
  let active = 0;
  let concurrency = 0;
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    seen.push({ path, range: request.headers.range });
    const before = counts.get(path) ?? 0;
    counts.set(path, before + 1);
    active += 1;
    concurrency = Math.max(concurrency, active);
    response.on("close", () => {
      active -= 1;
    });
    const onDisk = join(folder, path);
    const found = !path.includes("..") && existsSync(onDisk) && statSync(onDisk).isFile();
    const file = found ? readFileSync(onDisk) : Buffer.alloc(0);
    if (await fault({ request, response, path, file, before })) return;
    const type = TYPES[extname(path)];
    if (type !== undefined) response.setHeader("content-type", type);
    if (found) sendFile(request, response, file);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    get concurrency() {
      return concurrency;
    },
    forget() {
      seen.length = 0;
      counts.clear();
      concurrency = 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The strong ETag of some bytes. */
export function etagOf(file: Buffer): string {
  return `"${createHash("sha256").update(file).digest("hex").slice(0, 16)}"`;
}

/** Answers as RFC 9110 has it: 206 for one satisfiable range whose `If-Range` holds, else the whole. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: Buffer): void {
  const etag = etagOf(file);
  response.setHeader("etag", etag);
  response.setHeader("accept-ranges", "bytes");
  response.setHeader("access-control-allow-origin", "*");
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const ifRange = request.headers["if-range"];
  if (range === null || (ifRange !== undefined && ifRange !== etag)) {
    response.writeHead(200, { "content-length": file.length }).end(file);
    return;
  }
  const start = Number(range[1]);
  const end = range[2] === "" ? file.length : Math.min(file.length, Number(range[2]) + 1);
  if (start >= file.length) {
    response.writeHead(416, { "content-range": `bytes */${file.length}` }).end();
    return;
  }
  response.writeHead(206, {
    "content-length": end - start,
    "content-range": `bytes ${start}-${end - 1}/${file.length}`,
  });
  response.end(file.subarray(start, end));
}

import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dataSourceCases,
  dataStoreCases,
  indexProviderCases,
  register,
  type SourceFixture,
  searchBackendCases,
  shardFormatCases,
  shardPluginCases,
  telemetryCases,
} from "@atdata/conformance";
import { describe, expect, it } from "vitest";
import { memoryFormat } from "../src/formats/memory-format.ts";
import { memoryIndex } from "../src/index-facade/memory-index.ts";
import { scanSearch } from "../src/index-facade/scan-search.ts";
import { fileSource } from "../src/node/file-source.ts";
import { fileStore } from "../src/node/file-store.ts";
import { memoryPlugin } from "../src/plugins/memory-plugin.ts";
import { blobSource } from "../src/sources/blob-source.ts";
import { httpSource } from "../src/sources/http-source.ts";
import { memorySource } from "../src/sources/memory-source.ts";
import { memoryStore } from "../src/stores/memory-store.ts";
import { consoleTelemetry } from "../src/telemetry/console.ts";
import { noopTelemetry } from "../src/telemetry/noop.ts";

type Files = Readonly<Record<string, Uint8Array>>;

describe("memorySource", () => {
  register({ describe, it }, dataSourceCases, (files: Files) => {
    const map = new Map(Object.entries(files));
    return {
      source: memorySource(map),
      url: (name: string) => `memory:/${name}`,
      directory: "memory:/",
      glob: (pattern: string) => `memory:/${pattern}`,
      change: async (name: string, bytes: Uint8Array) => {
        map.set(name, bytes);
      },
    };
  });
});

describe("blobSource", () => {
  register({ describe, it }, dataSourceCases, (files: Files) => ({
    source: blobSource(Object.fromEntries(Object.entries(files).map(([k, bytes]) => [k, new Blob([bytes.slice()])]))),
    url: (name: string) => name,
    directory: "",
    glob: (pattern: string) => pattern,
  }));
});

describe("fileSource", () => {
  register({ describe, it }, dataSourceCases, async (files: Files) => {
    const folder = await mkdtemp(join(tmpdir(), "conformance-"));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    return {
      source: fileSource(),
      url: (name: string) => join(folder, name),
      directory: folder,
      glob: (pattern: string) => join(folder, pattern),
      change: (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes),
      dispose: () => rm(folder, { recursive: true }),
    };
  });
});

describe("httpSource", () => {
  register({ describe, it }, dataSourceCases, serveFiles);
});

describe("memoryStore", () => {
  register({ describe, it }, dataStoreCases, () => memoryStore());
});

describe("fileStore", () => {
  const leftOvers: string[] = [];
  register({ describe, it }, dataStoreCases, async () => {
    const folder = await mkdtemp(join(tmpdir(), "conformance-"));
    const dir = join(folder, "data");
    await mkdir(dir);
    return {
      ...fileStore(dir),
      async [Symbol.asyncDispose]() {
        leftOvers.push(...(await readdir(dir)).filter((name) => name.startsWith(".")));
        await rm(folder, { recursive: true });
      },
    };
  });

  it("leaves no hidden file in any of these cases", () => {
    expect(leftOvers).toEqual([]);
  });
});

describe("memoryIndex", () => {
  register({ describe, it }, indexProviderCases, () => ({ provider: memoryIndex() }));
});

describe("scanSearch", () => {
  register({ describe, it }, searchBackendCases, () => {
    const provider = memoryIndex();
    return { provider, search: scanSearch(provider) };
  });
});

describe("memoryFormat", () => {
  register({ describe, it }, shardFormatCases, () => ({ format: memoryFormat() }));
});

describe("memoryPlugin", () => {
  register({ describe, it }, shardPluginCases, () => memoryPlugin());
});

describe("consoleTelemetry", () => {
  register({ describe, it }, telemetryCases, () => {
    let lines = 0;
    const write = (): void => {
      lines++;
    };
    return { telemetry: consoleTelemetry({ level: "debug", write }), emitted: () => lines };
  });
});

describe("noopTelemetry", () => {
  register({ describe, it }, telemetryCases, () => ({ telemetry: noopTelemetry }));
});

/** Serves files on loopback with ranges and ETags. */
async function serveFiles(given: Files): Promise<SourceFixture> {
  const files = new Map(Object.entries(given));
  let version = 0;
  const server = createServer((request, response) => {
    const bytes = files.get((request.url ?? "").slice(1));
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${version}"`;
    response.setHeader("etag", etag);
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    if (from === undefined || (request.headers["if-range"] ?? etag) !== etag) {
      response.writeHead(200, { "content-length": bytes.length }).end(bytes);
      return;
    }
    const end = Math.min(to === "" || to === undefined ? bytes.length : Number(to) + 1, bytes.length);
    if (Number(from) >= bytes.length) response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    else {
      response.writeHead(206, { "content-range": `bytes ${from}-${end - 1}/${bytes.length}` });
      response.end(bytes.subarray(Number(from), end));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const base = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  return {
    source: httpSource({ retries: 0 }),
    url: (name) => `${base}/${name}`,
    async change(name, bytes) {
      version++;
      files.set(name, bytes);
    },
    async dispose() {
      server.closeAllConnections();
      server.close();
    },
  };
}

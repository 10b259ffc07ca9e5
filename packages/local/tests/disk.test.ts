import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataSourceCases, dataStoreCases, register, type SourceFixture } from "@atdata/conformance";
import { type DataSource, httpSource, memorySource } from "@atdata/core";
import { cached, diskStore } from "@atdata/local/disk";
import { describe, expect, it } from "vitest";

type Files = Readonly<Record<string, Uint8Array>>;

describe("diskStore", () => {
  const leftOvers: string[] = [];
  register({ describe, it }, dataStoreCases, async () => {
    const folder = await mkdtemp(join(tmpdir(), "disk-store-"));
    return {
      ...diskStore(join(folder, "data")),
      async [Symbol.asyncDispose]() {
        const names = await readdir(folder, { recursive: true });
        leftOvers.push(...names.filter((name) => name.includes(".tmp")));
        await rm(folder, { recursive: true });
      },
    };
  });

  it("leaves no hidden file in any of these cases", () => {
    expect(leftOvers).toEqual([]);
  });
});

describe("cached, of shards whose checksum nobody knows", () => {
  register({ describe, it }, dataSourceCases, (files: Files) => withCache(overMemory(files), undefined));
});

describe("cached, of shards that are not in the cache yet", () => {
  register({ describe, it }, dataSourceCases, (files: Files) => withCache(overMemory(files), files));
});

describe("cached, of shards that are in the cache", () => {
  register({ describe, it }, dataSourceCases, async (files: Files) => {
    const fixture = await withCache(overMemory(files), files);
    for (const name of Object.keys(files)) await readAll(fixture.source, fixture.url(name));
    return fixture;
  });
});

describe("cached, over http", () => {
  register({ describe, it }, dataSourceCases, async (files: Files) => withCache(await overHttp(files), files));
});

/** Puts a cache before a source; with `sums`, it is told the checksums of these files as a dataset would. */
async function withCache(fixture: SourceFixture, sums: Files | undefined): Promise<SourceFixture> {
  const dir = await mkdtemp(join(tmpdir(), "cached-"));
  const source = cached(fixture.source, { dir, maxBytes: 1e9 });
  const known = new Map(Object.entries(sums ?? {}).map(([name, bytes]) => [fixture.url(name), sha256(bytes)]));
  const { change, ...rest } = fixture;
  return {
    ...rest,
    // A file whose checksum is known does not change.
    ...(sums === undefined && change && { change }),
    source: {
      ...source,
      open: (url, options) => source.open(url, { ...options, sha256: known.get(url) }),
      read: (url, offset, length, options) =>
        (source.read as NonNullable<DataSource["read"]>)(url, offset, length, { ...options, sha256: known.get(url) }),
    },
    async dispose() {
      const names = await readdir(dir);
      await fixture.dispose?.();
      await rm(dir, { recursive: true });
      expect(names.filter((name) => name.includes(".tmp"))).toEqual([]);
    },
  };
}

function overMemory(files: Files): SourceFixture {
  const map = new Map(Object.entries(files));
  return {
    source: memorySource(map),
    url: (name) => `memory:/${name}`,
    directory: "memory:/",
    glob: (pattern) => `memory:/${pattern}`,
    change: async (name, bytes) => {
      map.set(name, bytes);
    },
  };
}

async function overHttp(files: Files): Promise<SourceFixture> {
  const server = createServer((request, response) => {
    const bytes = files[(request.url ?? "").slice(1)];
    if (bytes === undefined) response.writeHead(404).end();
    // A server that ignores ranges, which the source reads from the start and cuts.
    else response.writeHead(200, { "content-length": bytes.length }).end(bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    source: httpSource({ retries: 0 }),
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    async dispose() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function readAll(source: DataSource, url: string): Promise<void> {
  const reader = await source.open(url);
  while ((await reader.next()) !== undefined);
  await reader.close();
}

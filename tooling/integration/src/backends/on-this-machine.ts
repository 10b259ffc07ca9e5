import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MakeFormat, MakeIndexProvider, MakeSource, MakeStore } from "@atdata/conformance";
import { httpSource, memoryFormat, memoryIndex, memoryPlugin, memorySource, memoryStore } from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import { cached, diskStore } from "@atdata/local/disk";
import { sqliteIndex } from "@atdata/local/sqlite";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds/node";
import { serveFolder } from "../file-server.ts";
import { fixture } from "../fixtures.ts";
import { unpackTar } from "../tar.ts";
import { type BuiltIn, indexed, ready } from "./built-in.ts";

async function folderOf(files: Readonly<Record<string, Uint8Array>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "atdata-backend-"));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

const inMemory: MakeSource = (given) => {
  const files = new Map(Object.entries(given));
  const url = (name: string): string => `memory:/${name}`;
  const change = async (name: string, bytes: Uint8Array): Promise<void> => void files.set(name, bytes);
  return { source: memorySource(files), url, directory: url(""), glob: url, change };
};

const onDisk: MakeSource = async (files) => {
  const folder = await folderOf(files);
  const url = (name: string): string => join(folder, name);
  return {
    source: fileSource(),
    url,
    directory: folder,
    glob: url,
    change: (name, bytes) => writeFile(url(name), bytes),
    dispose: () => rm(folder, { recursive: true }),
  };
};

const behindCache: MakeSource = async (files) => {
  const [fixture, dir] = [await inMemory(files), await folderOf()];
  const source = cached(fixture.source, { dir, maxBytes: 1e9 });
  return { ...fixture, source, dispose: () => rm(dir, { recursive: true }) };
};

const diskStores: MakeStore = async () => {
  const folder = await folderOf();
  return { ...diskStore(join(folder, "data")), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
};

const overHttp: MakeSource = async (files) => {
  const folder = await folderOf(files);
  const server = await serveFolder(folder);
  return {
    source: httpSource({ retries: 0 }),
    url: (name) => new URL(name, server.url).href,
    change: (name, bytes) => writeFile(join(folder, name), bytes),
    async dispose() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
};

const inSqlite: MakeIndexProvider = async () => {
  const folder = await folderOf();
  const path = join(folder, "index.db");
  return {
    provider: sqliteIndex(path),
    reopen: async () => sqliteIndex(path),
    dispose: () => rm(folder, { recursive: true }),
  };
};

const inTar: MakeFormat = async () => {
  const name = "single.tar";
  const bytes = new Uint8Array(await readFile(fixture(name)));
  const keys = (await unpackTar(bytes)).map((file) => file.name.replace(/\.msgpack$/, ""));
  return { format: wds(), shards: [{ name, bytes, keys }] };
};

/** What needs no server of somebody else's. */
export const onThisMachine: readonly BuiltIn[] = [
  ready("memory", {
    ...indexed(() => ({ provider: memoryIndex() })),
    makeSource: inMemory,
    makeStore: () => memoryStore(),
    makeShardFormat: () => ({ format: memoryFormat() }),
    makePlugin: () => memoryPlugin(),
  }),
  ready("disk", { makeSource: onDisk, makeStore: diskStores }),
  ready("HTTP", { makeSource: overHttp }),
  ready("cache on disk", { makeSource: behindCache }),
  ready("SQLite", indexed(inSqlite)),
  ready("tar", { makeShardFormat: inTar }),
  ready("manifests", { makePlugin: () => manifests() }),
];

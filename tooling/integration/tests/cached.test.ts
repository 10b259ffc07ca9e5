import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createIndex, httpSource, memoryIndex } from "@atdata/core";
import { cached } from "@atdata/local/disk";
import { wds } from "@atdata/wds";
import { openDataset, writeDataset } from "@atdata/wds/node";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { type FileServer, serveFolder } from "../src/file-server.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { scratch } from "../src/scratch.ts";

const folder = scratch();
const dir = join(folder, "cache");
const samples = numbered(600, { length: 2000 });

beforeAll(async () => {
  await writeDataset(Numbered, samples, join(folder, "six.tar"), { maxSamples: 100 });
});
beforeEach(() => rmSync(dir, { recursive: true, force: true }));

function open(server: FileServer): ReturnType<typeof openDataset<Numbered>> {
  return openDataset<Numbered>(`${server.url}/six.tar`, { sources: [cached(httpSource(), { dir, maxBytes: 1e9 })] });
}

const shards = (server: FileServer): string[] =>
  server.seen.map(({ path }) => path).filter((path) => path.endsWith(".tar") && path !== "/six.tar");

describe("a dataset over HTTP with a cache before it", () => {
  it("is fetched once and read from disk after that, in order, in parts and by key", async () => {
    await using server = await serveFolder(folder);
    expect(await collect(await open(server))).toEqual(samples);
    expect(shards(server).length).toBe(6);
    expect((await readdir(dir)).length).toBe(6);
    server.forget();

    const again = await open(server);
    expect(await collect(again)).toEqual(samples);
    expect((await collect(again.shuffle({ seed: 1, window: "all" }))).length).toBe(600);
    expect(await again.get("000000123")).toEqual(samples[123]);
    expect(await again.select([599, 0])).toEqual([samples[599], samples[0]]);
    expect(shards(server)).toEqual([]);
  });

  it("is kept by the checksums of its index entry, such as Python writes them", async () => {
    await using server = await serveFolder(folder, ({ path, response }) => {
      if (path.endsWith(".tar")) return false;
      response.writeHead(404).end();
      return true;
    });
    const names = Array.from({ length: 6 }, (_, i) => `six-00000${i}.tar`);
    const dataUrls = names.map((name) => `${server.url}/${name}`);
    const sums = names.map((name) =>
      createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex"),
    );
    const provider = memoryIndex();
    const checksums = Object.fromEntries(dataUrls.map((url, i) => [url, sums[i]]));
    await provider.putEntry({
      name: "six",
      schemaRef: "atdata://local/schema/N@1.0.0",
      dataUrls,
      metadata: { checksums },
    });
    const sources = [cached(httpSource(), { dir, maxBytes: 1e9 })];
    const index = createIndex({ repos: { local: { provider } }, formats: [wds()], sources });
    for (const requests of [6, 0]) {
      server.forget();
      expect(await collect(await index.load("six", { type: Numbered }))).toEqual(samples);
      expect(shards(server).length).toBe(requests);
    }
    expect((await readdir(dir)).sort()).toEqual(sums.sort());
  });

  it("keeps nothing of a shard that was read in part", async () => {
    await using server = await serveFolder(folder);
    const dataset = await open(server);
    expect(await dataset.select([250])).toEqual([samples[250]]);
    expect(await dataset.head(5)).toEqual(samples.slice(0, 5));
    expect(await readdir(dir).catch(() => [])).toEqual([]);
  });

  it("is read rightly when all copies were damaged meanwhile", async () => {
    await using server = await serveFolder(folder);
    await collect(await open(server));
    for (const name of await readdir(dir)) await writeFile(join(dir, name), "damaged");
    expect(await collect(await open(server))).toEqual(samples);
    server.forget();
    expect(await collect(await open(server))).toEqual(samples);
    expect(shards(server)).toEqual([]);
  });
});

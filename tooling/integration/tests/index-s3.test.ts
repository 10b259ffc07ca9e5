import { readFileSync } from "node:fs";
import { join } from "node:path";
import { countingSource } from "@atdata/conformance";
import { createIndex, memoryIndex } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { diskStore } from "@atdata/local/disk";
import { localRepo } from "@atdata/local/node";
import { s3Store } from "@atdata/local/s3";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds/node";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { startBucket } from "../src/s3-bucket.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const started = await startBucket();

if (typeof started === "string") it("works on Ceph", (context) => context.skip(started));
else {
  const { client, bucket, contents } = started;
  const store = s3Store(client, { bucket, prefix: "index" });
  const source = countingSource(store.source);
  const team = { provider: memoryIndex(), store: { ...store, source, begin: store.begin.bind(store) } };
  const back = { provider: memoryIndex(), store: diskStore(join(root, "back")) };
  const repos = { local: localRepo(), team, back };
  const index = createIndex({ repos, formats: [wds()], plugins: [manifests()], createHasher: createNodeHasher });
  const samples = numbered(90, { length: 500 });
  afterAll(async () => {
    await index[Symbol.asyncDispose]();
    await started.stop();
  });

  describe("an index whose shards are in S3", () => {
    it("copies a dataset there and back, byte by byte, with a roll-up that queries use", async () => {
      const here = await index.write("n@1.0.0", Numbered, samples, { maxSamples: 30 });
      const there = await index.copy("n", "@team/n@1.0.0");
      const { objects } = await contents("index");
      expect(objects).toHaveLength(3 * 3 + 2);
      const copy = await index.load("team/n", { type: Numbered });
      expect(await collect(copy.where((f) => f.n.gt(87)))).toEqual(samples.slice(88));
      const read = [...source.opens, ...source.reads.map(({ url }) => url)];
      expect(read.filter((url) => url.endsWith(".manifest.json"))).toEqual([]);
      expect(read.some((url) => url.endsWith(".rollup.parquet"))).toBe(true);
      expect(await collect(copy)).toEqual(samples);
      const again = await index.copy("@team/n", "@back/n");
      for (const [i, url] of again.dataUrls.entries()) {
        expect(readFileSync(url)).toEqual(readFileSync(here.dataUrls[i] as string));
      }
      const sums = ({ metadata }: typeof here) => Object.values(metadata?.checksums as object);
      expect(sums(there)).toEqual(sums(here));
      expect(await collect((await index.load("back/n", { type: Numbered })).where((f) => f.n.gt(87)))).toHaveLength(2);
    });

    it("leaves no object of a write that fails, nor of a dataset that is deleted", async () => {
      function* failing() {
        yield* samples;
        throw new Error("no more");
      }
      const before = await contents("index");
      await expect(index.write("@team/half", Numbered, failing(), { maxSamples: 20 })).rejects.toThrow("no more");
      expect(await contents("index")).toEqual(before);
      await expect(index.write("@team/n@1.0.0", Numbered, samples)).rejects.toMatchObject({ code: "DATASET_EXISTS" });
      expect(await contents("index")).toEqual(before);
      const report = await index.delete("team/n", { shards: true });
      expect(report.files).toHaveLength(before.objects.length);
      expect(await contents("index")).toEqual({ objects: [], incomplete: [] });
    });
  });
}

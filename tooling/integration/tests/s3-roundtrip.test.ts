import { createHash } from "node:crypto";
import { countingSource } from "@atdata/conformance";
import { type DatasetFile, isAtdataError } from "@atdata/core";
import { s3Source, s3Store } from "@atdata/local/s3";
import { manifests } from "@atdata/manifest/node";
import { writeDataset } from "@atdata/wds";
import { openDataset } from "@atdata/wds/node";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { startBucket } from "../src/s3-bucket.ts";

const started = await startBucket();

if (typeof started === "string") it("works on Ceph", (context) => context.skip(started));
else {
  const { client, bucket, contents } = started;
  const plugins = [manifests()];
  const samples = numbered(900, { length: 500 });
  afterAll(() => started.stop());

  describe("a dataset in S3", () => {
    it("comes back by its dataset.json, its name, its shards and its folder, typed and verified", async () => {
      const store = s3Store(client, { bucket, prefix: "round" });
      const written = await writeDataset(Numbered, samples, "d.tar", { store, maxSamples: 300, plugins });
      const { objects, incomplete } = await contents("round");
      expect(incomplete).toEqual([]);
      expect(objects).toHaveLength(3 * 3 + 2);
      const token = /-[0-9a-f]{16}/.exec(written.shards[0]?.url ?? "")?.[0];
      expect(objects.filter((name) => !name.startsWith(`d${token}`))).toEqual(["d.dataset.json"]);
      const sources = [s3Source(client)];
      const at = (name: string): string => `s3://${bucket}/round/${name}`;
      for (const ref of [
        at("d.dataset.json"),
        at("d.tar"),
        at("d-*.tar"),
        at(""),
        written.shards.map(({ url }) => url),
      ]) {
        const ds = await openDataset<Numbered>(ref, { sources, verify: true });
        expect([ds.type?.name, await ds.count(), ds.shards[2]?.samples]).toEqual(["Numbered", 900, 300]);
        expect(await collect(ds)).toEqual(samples);
      }
      expect(await collect(written)).toEqual(samples);
    });

    it("answers queries from manifests and reads only the ranges that match", async () => {
      const source = countingSource(s3Source(client));
      const ref = `s3://${bucket}/round/d.dataset.json`;
      const ds = await openDataset(ref, { sources: [source], plugins, type: Numbered });
      const found = ds.where((f) => f.n.between(310, 312));
      expect(await collect(found)).toEqual(samples.slice(310, 313));
      expect((await ds.plan({ op: ">=", field: "n", value: 0 })).strategy).toBe("index");
      const [shard] = ds.shards.slice(1);
      const ofShards = source.reads.filter(({ url }) => url.endsWith(".tar"));
      expect(new Set(ofShards.map(({ url }) => url))).toEqual(new Set([shard?.url]));
      expect(ofShards.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(20_000);
      expect(source.opens.filter((url) => url.endsWith(".tar"))).toEqual([]);
      const sidecars = [...source.opens, ...source.reads.map(({ url }) => url)];
      expect(sidecars.filter((url) => url.endsWith(".manifest.json"))).toEqual([]);
      expect(sidecars.some((url) => url.endsWith(".rollup.parquet"))).toBe(true);
    });

    it("is written by one of eight writers of its name, whole, with the sidecars of that one alone", async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, async (_, i) => {
          const store = s3Store(client, { bucket, prefix: "race" });
          const mine = numbered(60, { first: i * 1000 });
          await writeDataset(Numbered, mine, "d.tar", { store, maxSamples: 20, plugins });
          return mine;
        }),
      );
      const winners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(winners).toHaveLength(1);
      for (const result of results) {
        if (result.status === "rejected") expect(isAtdataError(result.reason, "DATASET_EXISTS")).toBe(true);
      }
      const store = s3Store(client, { bucket, prefix: "race" });
      const file: DatasetFile = JSON.parse(new TextDecoder().decode(await store.get("d.dataset.json")));
      const named = [...file.shards.map(({ url }) => url), ...(file.sidecars ?? []), "d.dataset.json"].sort();
      expect(await contents("race")).toEqual({ objects: named, incomplete: [] });
      for (const { url, sha256, bytes } of file.shards) {
        const content = (await store.get(url)) ?? new Uint8Array();
        expect([content.length, createHash("sha256").update(content).digest("hex")]).toEqual([bytes, sha256]);
      }
      const ds = await openDataset(store.url("d.dataset.json"), {
        sources: [s3Source(client)],
        plugins,
        type: Numbered,
      });
      expect(await collect(ds)).toEqual(winners[0]);
      expect(await collect(ds.where((f) => f.n.ge(0)))).toEqual(winners[0]);
      expect((await ds.plan({ op: ">=", field: "n", value: 0 })).strategy).toBe("index");
    });

    it("is replaced as a whole, and nothing of the old one stays", async () => {
      const store = s3Store(client, { bucket, prefix: "race" });
      const next = numbered(5, { first: 7 });
      await writeDataset(Numbered, next, "d.tar", { store, overwrite: true, plugins });
      const { objects } = await contents("race");
      expect(objects).toHaveLength(5);
      expect(await collect(await openDataset(store.url("d.dataset.json"), { sources: [s3Source(client)] }))).toEqual(
        next,
      );
    });
  });
}

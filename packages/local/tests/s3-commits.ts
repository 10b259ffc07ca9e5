import { baseName, type DataStore } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { type S3ClientLike, s3Store } from "../src/s3/index.ts";
import { changedClient, contents, lostAnswer, newPrefix, type TestBucket } from "./s3-server.ts";

/** Tests of commits that meet other writers, or lose the server's answer. */
export function describeCommits(started: TestBucket): void {
  const { client, bucket } = started;
  const storeIn = (prefix: string, own: S3ClientLike = client): DataStore => s3Store(own, { bucket, prefix });

  /** Writes `d` of one shard; gives the names. */
  async function write(store: DataStore, content: number, overwrite = false): Promise<string[]> {
    const begun = await store.begin("d", { overwrite });
    const sink = await begun.shard("d-000000.tar");
    await sink.write(new Uint8Array(1000).fill(content));
    const shard = baseName((await sink.close()).url);
    const rollup = await begun.put("d.rollup.parquet", new Uint8Array([content]));
    const file = { shards: [{ url: shard }], sidecars: [rollup] };
    await begun.commit(new TextEncoder().encode(JSON.stringify(file)));
    return ["d.dataset.json", shard, rollup].sort();
  }

  /** Loses the answer to the first command of this name, after or before it was done. */
  function losing(name: string, done: boolean): S3ClientLike {
    let lost = false;
    return changedClient(started, async (command, send) => {
      if (lost || command.constructor.name !== name) return send();
      lost = true;
      if (done) await send();
      throw lostAnswer();
    });
  }

  describe("commits", () => {
    it("lets writers that overwrite at the same time replace each other, and leaves the files of the last alone", async () => {
      const prefix = newPrefix();
      await write(storeIn(prefix), 0);
      const all = await Promise.all(Array.from({ length: 8 }, (_, i) => write(storeIn(prefix), i + 1, true)));
      const left = (await contents(started, prefix)).sort();
      expect(all).toContainEqual(left);
    });

    it("knows its own dataset.json and objects when the answer was lost", async () => {
      for (const name of ["PutObjectCommand", "CompleteMultipartUploadCommand"]) {
        const prefix = newPrefix();
        const names = await write(storeIn(prefix, losing(name, true)), 1);
        expect((await contents(started, prefix)).sort()).toEqual(names);
        expect(await storeIn(prefix, losing(name, true)).create("a.json", new Uint8Array(1))).toBe(true);
      }
    });

    it("keeps the shards when nobody knows whether dataset.json will be written: it may come late", async () => {
      const prefix = newPrefix();
      let late = async (): Promise<unknown> => undefined;
      const delaying = changedClient(started, async (command, send) => {
        if (command.constructor.name !== "PutObjectCommand") return send();
        late = send;
        throw lostAnswer();
      });
      await expect(write(storeIn(prefix, delaying), 1)).rejects.toMatchObject({ code: "NETWORK_ERROR" });
      const unnamed = await contents(started, prefix);
      expect(unnamed.filter((name) => /^d-[0-9a-f]{16}[-.]/.test(name))).toHaveLength(2);
      expect(unnamed).toHaveLength(2);
      await late();
      const file = new TextDecoder().decode(await storeIn(prefix).get("d.dataset.json"));
      for (const name of unnamed) expect(file).toContain(name);
    });

    it("fails when the stored object has another length, and leaves nothing", async () => {
      const prefix = newPrefix();
      const lying = changedClient(started, async (command, send) => {
        const output = (await send()) as Record<string, unknown>;
        return command.constructor.name === "HeadObjectCommand" ? { ...output, ContentLength: 7 } : output;
      });
      await expect(write(storeIn(prefix, lying), 1)).rejects.toThrow("has 7 bytes of the");
      expect(await contents(started, prefix)).toEqual([]);
    });

    it("fails at the close of a shard of which a part failed, and leaves nothing", async () => {
      const prefix = newPrefix();
      const begun = await storeIn(prefix, losing("UploadPartCommand", true)).begin("d");
      const sink = await begun.shard("d.tar");
      await sink.write(new Uint8Array(10));
      await expect(sink.close()).rejects.toThrow("ECONNRESET");
      await begun.abort();
      expect(await contents(started, prefix)).toEqual([]);
    });
  });
}

import { createHash } from "node:crypto";
import { baseName, type DataStore, float, memoryFormat, ndarray, sample, writeSamples, zeros } from "@atdata/core";
import type { FaultyAnswer } from "@atdata/tooling-atproto";
import { describe, expect, it } from "vitest";
import { blobCid } from "../src/blobs/cid.ts";
import type { JsonRecord } from "../src/client/repo-client.ts";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import type { Account, Accounts } from "./blob-accounts.ts";

const UPLOAD = "com.atproto.repo.uploadBlob";
const WRITE = "com.atproto.repo.applyWrites";

/** Bytes that no other shard has. */
function shard(seed: number, length = 3000): Uint8Array {
  return new Uint8Array(length).map((_, i) => (i * 31 + seed * 7919) >> 3);
}

/** Writes `d` of shards and a small file; `stop` comes before the commit. Gives the names. */
async function write(
  store: DataStore,
  shards: readonly Uint8Array[],
  { overwrite = false, stop = false, small = 1 } = {},
): Promise<string[]> {
  const begun = await store.begin("d", { overwrite });
  const names: string[] = [];
  for (const [i, bytes] of shards.entries()) {
    const sink = await begun.shard(`d-${String(i).padStart(6, "0")}.tar`);
    await sink.write(bytes);
    names.push(baseName((await sink.close()).url));
  }
  const sidecars: string[] = [];
  for (let i = 0; i < small; i++) sidecars.push(await begun.put(`d-${i}.manifest.parquet`, Uint8Array.of(i % 2)));
  const file = { shards: names.map((url) => ({ url })), sidecars };
  if (!stop) await begun.commit(new TextEncoder().encode(JSON.stringify(file)));
  return ["d.dataset.json", ...names, ...sidecars].sort();
}

/** Names of the files of an account. */
async function filesOf({ repo }: Account): Promise<string[]> {
  return (await repo.all(COLLECTIONS.file)).map(({ value }) => String(value.name)).sort();
}

/** Types of blobs by the names of files, without the token of the write. */
function typesOf(records: readonly JsonRecord[]): Record<string, string> {
  const typed = records.map(({ name, blob }) => [
    String(name).replace(/-[0-9a-f]{16}/, ""),
    (blob as { readonly mimeType: string }).mimeType,
  ]);
  return Object.fromEntries(typed);
}

/** Tests of what a store sends and publishes. */
export function describeBlobWrites({ pds, open }: Accounts): void {
  /** Counts requests of a method while something is done. */
  async function counted(method: string, work: () => Promise<unknown>): Promise<number> {
    const before = pds.count(method);
    await work();
    return pds.count(method) - before;
  }

  describe("a write into a repository", () => {
    it("publishes in one commit, as files with types and hashes", async () => {
      const account = await open();
      expect(await counted(WRITE, () => write(account.store, [shard(1), shard(2)]))).toBe(1);
      const records = (await account.repo.all(COLLECTIONS.file)).map(({ value }) => value);
      expect(typesOf(records)).toEqual({
        "d-000000.tar": "application/x-tar",
        "d-000001.tar": "application/x-tar",
        "d-0.manifest.parquet": "application/octet-stream",
        "d.dataset.json": "application/json",
      });
      const first = records.find(({ name }) => /000000\.tar$/.test(String(name)));
      const sha256 = createHash("sha256").update(shard(1)).digest("hex");
      expect(first).toMatchObject({ blob: { ref: { $link: blobCid(shard(1)) }, size: 3000 }, sha256 });
      expect(first?.createdAt).toMatch(/\.\d{6}\+00:00$/);
    });

    it("repeats the types that the PDS finds by looking into blobs, also where they are not sent again", async () => {
      const account = await open();
      const begun = await account.store.begin("d");
      const parquet = new TextEncoder().encode("PAR1 and more");
      await begun.put("d.parquet", parquet);
      await begun.abort();
      await account.store.create("e.parquet", parquet);
      const records = (await account.repo.all(COLLECTIONS.file)).map(({ value }) => value);
      expect(typesOf(records)).toEqual({ "e.parquet": "application/vnd.apache.parquet" });
    });

    it("that stops before its commit leaves nothing published, and the next one sends only what is missing", async () => {
      const account = await open();
      const before = [shard(1), shard(2)];
      expect(await counted(UPLOAD, () => write(account.store, before, { stop: true }))).toBe(3);
      expect(await filesOf(account)).toEqual([]);
      const gone = account.repo.blob(blobCid(shard(1)));
      await expect(gone).rejects.toMatchObject({ code: "PDS_FAILED" });
      let names: string[] = [];
      const again = await counted(UPLOAD, async () => {
        names = await write(account.another(), [...before, shard(3)]);
      });
      // The third shard, and the dataset file.
      expect(again).toBe(2);
      expect(await filesOf(account)).toEqual(names);
      for (const name of names) expect(await account.store.get(name)).toBeDefined();
    });

    it("sends a blob again that the PDS has dropped", async () => {
      const account = await open();
      const cid = blobCid(shard(1));
      await account.journal.add(account.did, { cid, size: 3000, mimeType: "application/x-tar", time: Date.now() });
      expect(await counted(UPLOAD, () => write(account.store, [shard(1), shard(2)]))).toBe(4);
      expect(await account.store.get((await filesOf(account))[0] ?? "")).toBeDefined();
      expect(await account.reader().read?.(`at://${account.did}/blob/${cid}`, 0, 3000)).toEqual(shard(1));
    });

    it("says so where it no longer has the bytes that the PDS has dropped, and the next one has them", async () => {
      const account = await open();
      const cid = blobCid(shard(1));
      await account.journal.add(account.did, { cid, size: 3000, mimeType: "application/x-tar", time: Date.now() });
      const store = account.another(100);
      await expect(write(store, [shard(1), shard(2)])).rejects.toMatchObject({
        code: "PDS_FAILED",
        fields: { error: "BlobNotFound" },
        hint: "write it again: what the PDS does not have is sent then",
      });
      expect(await filesOf(account)).toEqual([]);
      // That shard, and the dataset file, in which the names are others.
      expect(await counted(UPLOAD, () => write(store, [shard(1), shard(2)]))).toBe(2);
      expect(await filesOf(account)).toHaveLength(4);
    });

    it("does not trust uploads of long ago", async () => {
      const account = await open();
      const [cid, time] = [blobCid(shard(1)), Date.now() - 7 * 60 * 60 * 1000];
      await account.journal.add(account.did, { cid, size: 3000, mimeType: "application/x-tar", time });
      expect(await counted(UPLOAD, () => write(account.store, [shard(1)], { stop: true }))).toBe(2);
    });

    it("does not count on blobs whose files were removed", async () => {
      const account = await open();
      const names = await write(account.store, [shard(1)]);
      for (const name of names) expect(await account.store.delete(name)).toBe(true);
      expect(await filesOf(account)).toEqual([]);
      expect(await counted(UPLOAD, () => write(account.another(1), [shard(1)]))).toBe(3);
    });

    it("of more files than a commit takes publishes the dataset file last, and an overwrite removes them all", async () => {
      const account = await open();
      let names: string[] = [];
      const commits = await counted(WRITE, async () => {
        names = await write(account.store, [shard(1)], { small: 450 });
      });
      expect(commits).toBe(4);
      expect(await filesOf(account)).toEqual(names);
      await expect(write(account.store, [shard(2)], { small: 250 })).rejects.toMatchObject({ code: "DATASET_EXISTS" });
      const next = await write(account.store, [shard(2)], { overwrite: true, small: 3 });
      expect(await filesOf(account)).toEqual(next);
    });

    it("of more files than a commit takes leaves none of them when it fails, unless it may have been done", async () => {
      const account = await open();
      const answer = (status: number): FaultyAnswer => ({ status, body: '{"error":"Odd","message":"no"}' });
      for (const nth of [1, 2, 3]) {
        pds.fail(WRITE, nth, answer(400));
        const failing = write(account.store, [shard(1)], { small: 250 });
        await expect(failing).rejects.toMatchObject({ code: "PDS_FAILED", fields: { status: 400 } });
        expect(await filesOf(account)).toEqual([]);
      }
      const late = await account.store.begin("d");
      for (let i = 0; i < 250; i++) await late.put(`d-${i}.x`, Uint8Array.of(1));
      await account.store.create("d.dataset.json", Uint8Array.of(1));
      await expect(late.commit(Uint8Array.of(2))).rejects.toMatchObject({ code: "DATASET_EXISTS" });
      expect(await filesOf(account)).toEqual(["d.dataset.json"]);
      await account.store.delete("d.dataset.json");
      pds.fail(WRITE, 3, answer(501));
      const uncertain = write(account.store, [shard(1)], { small: 250 });
      await expect(uncertain).rejects.toMatchObject({ code: "PDS_FAILED", fields: { status: 501 } });
      expect(await filesOf(account)).toHaveLength(251);
    });

    it("is refused before it is sent where a file is too large", async () => {
      const account = await open();
      const begun = await account.store.begin("d");
      const max = (await account.store.maxFileBytes?.()) as number;
      expect(max).toBe(5 << 20);
      const sends = await counted(UPLOAD, async () => {
        const sink = await begun.shard("d.tar");
        await sink.write(new Uint8Array(max));
        await expect(sink.write(new Uint8Array(1))).rejects.toMatchObject({
          code: "BLOB_TOO_LARGE",
          fields: { bytes: max + 1, max },
          hint: `write shards of fewer bytes (maxShardBytes: ${max})`,
        });
        await begun.abort();
        await expect(account.store.create("x", new Uint8Array(max + 1))).rejects.toMatchObject({
          code: "BLOB_TOO_LARGE",
        });
      });
      expect(sends).toBe(0);
    });

    it("of samples is cut into shards that fit", async () => {
      const account = await open();
      const Wide = sample("Wide", { x: ndarray("float64", [25_000]), y: float() });
      const samples = Array.from({ length: 60 }, (_, y) => ({ x: zeros([25_000]), y }));
      const names = { dataset: "w", single: "w.mem", numbered: (n: number) => `w-${n}.mem` };
      const { store } = account;
      const { shards } = await writeSamples({ type: Wide, store, format: memoryFormat(), names }, samples);
      expect(shards.map(({ samples }) => samples)).toEqual([26, 26, 8]);
      expect(await store.source.size?.(shards[2]?.url ?? "")).toBe(shards[2]?.bytes);
    });

    it("loses nothing with an answer that gets lost", async () => {
      const account = await open();
      pds.fail(WRITE, 1, { dropAfter: 0 });
      const names = await write(account.store, [shard(1)]);
      expect(await filesOf(account)).toEqual(names);
      pds.fail(WRITE, 1, { dropAfter: 0 });
      expect(await account.store.create("x.json", Uint8Array.of(1))).toBe(true);
      pds.fail(WRITE, 1, { dropAfter: 0 });
      expect(await account.store.delete("x.json")).toBe(true);
    });
  });
}

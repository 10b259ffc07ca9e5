import { type ByteReader, baseName, type DataSource, type ShardInfo } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { blobUrl, fileUrl } from "../src/blobs/blob-urls.ts";
import { blobCid } from "../src/blobs/cid.ts";
import type { Accounts } from "./blob-accounts.ts";

const GET = "com.atproto.sync.getBlob";
const LONG = 1_000_000;

/** Bytes that cannot be compressed, as a PDS would, so that connections break where they should. */
function content(seed = 1, length = LONG): Uint8Array {
  let state = seed * 7919;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

async function drain(reader: ByteReader): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) chunks.push(chunk);
  } finally {
    await reader.close();
  }
  return Buffer.concat(chunks).subarray();
}

/** Reads a file from front to back; plain bytes. */
async function readAll(source: DataSource, url: string): Promise<Uint8Array> {
  return new Uint8Array(await drain(await source.open(url)));
}

/** Sends requests on, and changes one byte of each blob. */
const flipping: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (!(input instanceof Request ? input.url : String(input)).includes(GET)) return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  return new Response(bytes, { headers: { "content-type": "application/x-tar" } });
};

/** Tests of reading what is damaged, missing, closed, or comes over a bad connection. */
export function describeBlobFaults({ pds, open }: Accounts): void {
  describe("a blob that is read", () => {
    it("and has one bit that its CID does not allow is refused, in whole and in parts, and not kept", async () => {
      const account = await open();
      await account.putFiles({ "a.tar": content() });
      const url = fileUrl(account.did, "a.tar");
      const source = account.reader(flipping);
      for (let twice = 0; twice < 2; twice++) {
        const refused = { code: "BLOB_MISMATCH", fields: { url, want: blobCid(content()) } };
        await expect(readAll(source, url)).rejects.toMatchObject(refused);
        await expect(source.read?.(url, 10, 10)).rejects.toMatchObject(refused);
        await expect(source.open(url, { start: 5 }).then(drain)).rejects.toMatchObject(refused);
      }
    });

    it("and is longer than its record says is refused before all of it has come", async () => {
      const account = await open();
      await account.putFiles({ "a.tar": content() });
      const [url, cid] = [`at://${account.did}/blob/x.parquet`, blobCid(content())];
      const source = account.reader();
      source.learn(url, { cid, size: 1000 });
      await expect(readAll(source, url)).rejects.toMatchObject({
        code: "BLOB_MISMATCH",
        fields: { got: "more than 1000 bytes" },
      });
    });

    it("goes on at the byte reached when the connection breaks", async () => {
      const account = await open();
      await account.putFiles({ "a.tar": content() });
      const url = fileUrl(account.did, "a.tar");
      pds.fail(GET, 1, { dropAfter: 300_000 });
      pds.fail(GET, 2, { dropAfter: 100_000 });
      const before = pds.count(GET);
      expect(await readAll(account.source, url)).toEqual(content());
      expect(pds.count(GET) - before).toBe(3);
      pds.fail(GET, 1, { dropAfter: 300_000 });
      expect(await account.source.read?.(url, 500_000, 100)).toEqual(content().subarray(500_000, 500_100));
    });

    it("in many parts at once is fetched once", async () => {
      const account = await open();
      await account.putFiles({ "a.tar": content() });
      const url = fileUrl(account.did, "a.tar");
      const before = pds.count(GET);
      const offsets = Array.from({ length: 32 }, (_, i) => i * 30_000);
      const parts = await Promise.all(offsets.map((offset) => account.source.read?.(url, offset, 10)));
      expect(parts).toEqual(offsets.map((offset) => content().subarray(offset, offset + 10)));
      expect(await account.source.read?.(url, 7, 10)).toEqual(content().subarray(7, 17));
      expect(await readAll(account.source, url)).toEqual(content());
      expect(pds.count(GET) - before).toBe(1);
    });

    it("in many parts comes to the others when one of them gives up, and is left when all do", async () => {
      const account = await open();
      await account.putFiles({ "a.tar": content() });
      const url = fileUrl(account.did, "a.tar");
      const source = account.reader();
      pds.fail(GET, 1, { every: 100_000, ms: 50 });
      const before = pds.count(GET);
      const leaving = new AbortController();
      const left = source.read?.(url, 0, 10, { signal: leaving.signal });
      const staying = source.read?.(url, 0, 10);
      leaving.abort(new Error("left"));
      await expect(left).rejects.toThrow("left");
      expect(await staying).toEqual(content().subarray(0, 10));
      expect(pds.count(GET) - before).toBe(1);
      const other = account.reader();
      pds.fail(GET, 1, { every: 10_000, ms: 1000 });
      const signal = AbortSignal.timeout(300);
      await expect(other.read?.(url, 0, 10, { signal })).rejects.toThrow("aborted due to timeout");
      expect(await other.read?.(url, 0, 10)).toEqual(content().subarray(0, 10));
    });

    it("stays the same when its file is replaced meanwhile", async () => {
      const account = await open();
      await account.putFiles({ "a.tar": content(1, 3_000_000) });
      const url = fileUrl(account.did, "a.tar");
      const reader = await account.source.open(url);
      const first = (await reader.next()) as Uint8Array;
      await account.putFiles({ "a.tar": content(2, 2_000_000) });
      const rest = await drain(reader);
      expect(Buffer.concat([first, rest]).equals(content(1, 3_000_000))).toBe(true);
      expect(await readAll(account.source, url)).toEqual(content(2, 2_000_000));
    });

    it("is found by the CID too, and beside it what an entry tells", async () => {
      const account = await open();
      await account.putFiles({ "a.tar": content(), "m.json": content(2, 100) });
      const url = blobUrl(account.did, blobCid(content()));
      const source = account.reader();
      expect(await source.size?.(url)).toBe(LONG);
      expect(await readAll(source, url)).toEqual(content());
      const manifest = `${url}.manifest.json`;
      const missing = [manifest, blobUrl(account.did, blobCid(content(3))), `at://${account.did}/blob/none`];
      for (const none of missing) {
        await expect(source.open(none)).rejects.toMatchObject({ code: "NOT_FOUND", fields: { url: none } });
        expect(await source.size?.(none)).toBeUndefined();
      }
      source.learn(manifest, { cid: blobCid(content(2, 100)), size: 100 });
      expect(await source.size?.(manifest)).toBe(100);
      expect(await readAll(source, manifest)).toEqual(content(2, 100));
    });

    it("is listed with length and hash where it has a name that shards have", async () => {
      const account = await open();
      await account.putFiles({ "b c~.tar": content(), "a.tar": content(2, 100), "a.manifest.json": content(3, 10) });
      const shards: ShardInfo[] = [];
      for await (const shard of account.source.list(fileUrl(account.did, "").slice(0, -1))) shards.push(shard);
      expect(shards.map(({ url, bytes }) => [baseName(url), bytes])).toEqual([
        ["a.tar", 100],
        ["b c~.tar", LONG],
      ]);
      for (const { sha256 } of shards) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(await readAll(account.source, shards[1]?.url ?? "")).toEqual(content());
    });

    it("is not given to others when the account is closed", async () => {
      const account = await open();
      await account.putFiles({ "a.tar": content(1, 100) });
      await account.deactivate();
      const url = blobUrl(account.did, blobCid(content(1, 100)));
      await expect(account.reader().open(url)).rejects.toMatchObject({ code: "ACCESS_DENIED", fields: { url } });
    });
  });
}

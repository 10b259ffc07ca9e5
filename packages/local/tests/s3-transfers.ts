import { createHash, randomBytes } from "node:crypto";
import { isAtdataError } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { presign, s3Source, s3Store } from "../src/s3/index.ts";
import { changedClient, contents, newPrefix, putObject, type TestBucket } from "./s3-server.ts";

/** Tests of long shards, long listings and signed urls. */
export function describeTransfers(started: TestBucket): void {
  const { client, bucket } = started;

  describe("transfers", () => {
    it("uploads a shard in several parts, and reads it back whole and in ranges", async () => {
      const prefix = newPrefix();
      const store = s3Store(client, { bucket, prefix });
      const bytes = randomBytes((20 << 20) + 12_345);
      const write = await store.begin("d");
      const sink = await write.shard("d.tar");
      for (let at = 0; at < bytes.length; at += 1_000_000) await sink.write(bytes.subarray(at, at + 1_000_000));
      const stored = await sink.close();
      expect(stored).toMatchObject({ bytes: bytes.length, sha256: sha256(bytes) });
      expect(await contents(started, prefix)).toEqual([expect.stringMatching(/^incomplete .*d-[0-9a-f]{16}\.tar$/)]);
      await write.commit(new Uint8Array([123, 125]));
      const hash = createHash("sha256");
      const reader = await store.source.open(stored.url);
      for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) hash.update(chunk);
      expect(hash.digest("hex")).toBe(stored.sha256);
      const at = (8 << 20) - 100;
      expect(await store.source.read?.(stored.url, at, 5000)).toEqual(new Uint8Array(bytes.subarray(at, at + 5000)));
      expect(await store.source.size?.(stored.url)).toBe(bytes.length);
    });

    it("takes no more than a few parts before the server has taken others", async () => {
      const [prefix, held, failed] = [newPrefix(), new Set<() => void>(), new Error("held no longer")];
      let holding = true;
      const slow = changedClient(started, (command, send) => {
        if (command.constructor.name !== "UploadPartCommand") return send();
        if (!holding) return Promise.reject(failed);
        return new Promise((_, reject) => held.add(() => reject(failed)));
      });
      const write = await s3Store(slow, { bucket, prefix }).begin("d");
      const sink = await write.shard("d.tar");
      const chunk = new Uint8Array(1 << 20);
      let taken = 0;
      const writing = (async () => {
        for (; taken < 200; taken++) await sink.write(chunk);
      })();
      writing.catch(() => undefined);
      await expect.poll(() => held.size).toBe(5);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect([held.size, taken]).toEqual([5, 39]);
      holding = false;
      for (const fail of held) fail();
      await expect(writing).rejects.toMatchObject({ code: "NETWORK_ERROR" });
      await write.abort();
      expect(await contents(started, prefix)).toEqual([]);
    });

    it("leaves no parts of a shard that is given up while they are under way", async () => {
      const prefix = newPrefix();
      const write = await s3Store(client, { bucket, prefix }).begin("d");
      const sink = await write.shard("d.tar");
      await sink.write(new Uint8Array(17 << 20));
      await write.abort();
      await expect(sink.write(new Uint8Array(1))).rejects.toMatchObject({ code: "UNSUPPORTED" });
      await expect(sink.close()).rejects.toMatchObject({ code: "UNSUPPORTED" });
      expect(await contents(started, prefix)).toEqual([]);
    });

    it("lists page by page, folders and globs", async () => {
      const prefix = newPrefix();
      const names = ["a-1.tar", "a-2.tar", "b.tar", "in/c.tar", "in/deep/d.tar", "n.json"];
      for (const name of names) await putObject(started, `${prefix}/${name}`, new Uint8Array(3));
      let pages = 0;
      const source = s3Source(
        changedClient(started, (command, send) => {
          pages++;
          command.input.MaxKeys = 2;
          return send();
        }),
      );
      const list = async (ref: string): Promise<string[]> => {
        const found: string[] = [];
        for await (const { url, bytes } of source.list(`s3://${bucket}/${prefix}${ref}`)) {
          found.push(url.slice(`s3://${bucket}/${prefix}/`.length) + (bytes === 3 ? "" : "?"));
        }
        return found;
      };
      expect(await list("/**/*.tar")).toEqual(names.slice(0, 5));
      expect(pages).toBe(3);
      expect(await list("/")).toEqual(["a-1.tar", "a-2.tar", "b.tar"]);
      expect(await list("")).toEqual(["a-1.tar", "a-2.tar", "b.tar"]);
      expect(await list("/in")).toEqual(["in/c.tar"]);
      expect(await list("/i*/*.tar")).toEqual(["in/c.tar"]);
      expect(await list("/[ab]-[!1].tar")).toEqual(["a-2.tar"]);
      expect(await list("/none")).toEqual(["none?"]);
      await expect(list("/none/")).rejects.toMatchObject({ code: "NO_SHARDS" });
    });

    it("signs urls that anyone can read", async () => {
      const key = `${newPrefix()}/a b+c.tar`;
      await putObject(started, key, new Uint8Array([1, 2, 3]));
      const url = await presign(client, `s3://${bucket}/${key}`, 60);
      expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
      await expect(presign(client, `s3://${bucket}/${key}`, 0)).rejects.toThrow(RangeError);
      await expect(presign(client, "https://x/y", 60)).rejects.toSatisfy((error) =>
        isAtdataError(error, "REF_INVALID"),
      );
    });
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

import { inspect } from "node:util";
import { isAtdataError } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { connectS3, presign, type S3Connection, s3Source, s3Store } from "../src/s3/index.ts";
import { newPrefix, type TestBucket } from "./s3-server.ts";

const SECRET = "sentinel-secret-9f2c";

/** Tests of what goes wrong, and of what errors say. */
export function describeErrors({ client, bucket, service, sdk }: TestBucket, server: string): void {
  const url = `s3://${bucket}/${newPrefix()}/a.tar`;

  /** Everything that does something, with a client. */
  function attempts(with_: S3Connection): (() => Promise<unknown>)[] {
    const [source, store] = [s3Source(with_), s3Store(with_, { bucket, prefix: newPrefix() })];
    return [
      () => source.open(url),
      async () => source.read?.(url, 0, 10),
      async () => source.size?.(url),
      () => source.list(`s3://${bucket}/x/`)[Symbol.asyncIterator]().next(),
      () => store.begin("d"),
      async () => (await store.begin("d", { overwrite: true })).shard("d.tar"),
      () => store.get("a.json"),
      () => store.create("a.json", new Uint8Array(1)),
      () => store.delete("a.json"),
    ];
  }

  async function failuresOf(with_: S3Connection): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const attempt of attempts(with_)) {
      failures.push(
        await attempt().then(
          () => "nothing failed",
          (error: unknown) => error,
        ),
      );
    }
    return failures;
  }

  describe("errors", () => {
    it("say NOT_FOUND for what is not there", async () => {
      const source = s3Source(client);
      await expect(source.open(url)).rejects.toMatchObject({ code: "NOT_FOUND", clause: "no such object" });
      const nowhere = s3Store(client, { bucket: "atdata-no-such-bucket" });
      await expect(nowhere.source.open(nowhere.url("a.tar"))).rejects.toThrow("no such bucket");
      await expect(nowhere.get("a.json")).rejects.toThrow("no such bucket");
      await expect((await nowhere.begin("d")).shard("d.tar")).rejects.toThrow("create the bucket");
      for (const bad of ["s3:/a/b", "s3://", "s3://a b/c", "https://a/b"]) {
        await expect(source.open(bad)).rejects.toMatchObject({ code: "REF_INVALID" });
      }
    });

    // moto lets everybody in.
    it.skipIf(server === "moto")("say ACCESS_DENIED for wrong keys, and never the keys", async () => {
      const wrongSecret = { accessKeyId: service.credentials.accessKeyId, secretAccessKey: SECRET };
      const wrongUser = { accessKeyId: `${SECRET}-id`, secretAccessKey: SECRET, sessionToken: `${SECRET}-token` };
      for (const credentials of [wrongSecret, wrongUser]) {
        const other = await connectS3({ endpoint: service.url, credentials });
        const failures = await failuresOf(other);
        other.destroy();
        for (const failure of failures) {
          expect(failure).toMatchObject({ code: "ACCESS_DENIED" });
          expectNoSecret(failure, credentials.accessKeyId);
        }
      }
    });

    it("say NETWORK_ERROR when nobody is there, and never the keys", async () => {
      const credentials = { accessKeyId: `${SECRET}-id`, secretAccessKey: SECRET };
      const other = await connectS3({ endpoint: "http://127.0.0.1:9", credentials });
      const failures = await failuresOf(other);
      for (const failure of failures) {
        expect(failure).toMatchObject({ code: "NETWORK_ERROR" });
        expect(String(failure)).toContain("ECONNREFUSED");
        expectNoSecret(failure, credentials.accessKeyId);
      }
      const signed = await presign(other, url, 60);
      expect(signed).toContain("X-Amz-Signature=");
      other.destroy();
    });

    it("say that an object changed between two ranges, once", async () => {
      const store = s3Store(client, { bucket, prefix: newPrefix() });
      await store.create("a.bin", new Uint8Array(100).fill(1));
      await store.source.read?.(store.url("a.bin"), 0, 10);
      await store.delete("a.bin");
      await store.create("a.bin", new Uint8Array(100).fill(2));
      await expect(store.source.read?.(store.url("a.bin"), 10, 10)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
      expect(await store.source.read?.(store.url("a.bin"), 10, 2)).toEqual(new Uint8Array([2, 2]));
    });

    it("say that an object is shorter than it was", async () => {
      const store = s3Store(client, { bucket, prefix: newPrefix() });
      await store.create("a.bin", new Uint8Array(100).fill(1));
      await store.source.read?.(store.url("a.bin"), 50, 10);
      await store.delete("a.bin");
      await store.create("a.bin", new Uint8Array(20).fill(2));
      await expect(store.source.read?.(store.url("a.bin"), 50, 10)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
      expect(await store.source.read?.(store.url("a.bin"), 50, 10)).toEqual(new Uint8Array());
    });

    it("take the SDK's own client as well", async () => {
      const store = s3Store(sdk, { bucket, prefix: newPrefix() });
      expect(await store.create("a.json", new Uint8Array([7]))).toBe(true);
      expect(await store.get("a.json")).toEqual(new Uint8Array([7]));
    });
  });
}

/** Looks into all that a logger could print of an error, its causes included. */
function expectNoSecret(failure: unknown, accessKeyId: string): void {
  expect(isAtdataError(failure)).toBe(true);
  const text = inspect(failure, { depth: 10, showHidden: true }) + String(failure) + JSON.stringify(failure);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(accessKeyId);
  expect(text).not.toMatch(/signature=|authorization/i);
}

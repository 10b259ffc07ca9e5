import { isAtdataError } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { connectS3, type S3ClientLike } from "./s3-client.ts";
import { s3Store } from "./s3-store.ts";

/** A server that has nothing, takes uploads, and never answers to a part. */
const silent: S3ClientLike = {
  async send(command: object, options?: { readonly abortSignal?: AbortSignal }) {
    const signal = options?.abortSignal;
    switch (command.constructor.name) {
      case "HeadObjectCommand":
        throw Object.assign(new Error("none"), { name: "NotFound", $metadata: { httpStatusCode: 404 } });
      case "UploadPartCommand":
        return new Promise((_, reject) => {
          const end = (): void => reject(signal?.reason);
          if (signal?.aborted) end();
          else signal?.addEventListener("abort", end);
        });
      default:
        return { UploadId: "1" };
    }
  },
};

describe("connectS3", () => {
  it("gives a client that is closed when it is disposed of", async () => {
    const client = await connectS3({ endpoint: "http://127.0.0.1:9" });
    let closed = 0;
    client.destroy = () => {
      closed += 1;
    };
    await client[Symbol.asyncDispose]();
    expect(closed).toBe(1);
  });
});

describe("a store in S3", () => {
  it("ends what it waits for with the signal that the write began with", async () => {
    const abort = new AbortController();
    const write = await s3Store(silent, { bucket: "lab" }).begin("d", { signal: abort.signal });
    const sink = await write.shard("d.tar");
    await sink.write(new Uint8Array(10));
    const closing = sink.close();
    abort.abort(new Error("enough"));
    await expect(closing).rejects.toThrow("enough");
    await expect(write.shard("e.tar")).rejects.toThrow("enough");
    await write.abort();
  });

  it("takes no folder for a bucket, and keeps secrets in a url to itself", async () => {
    for (const bucket of ["lab/data", "lab/", ""]) {
      expect(() => s3Store(silent, { bucket })).toThrow(expect.objectContaining({ code: "REF_INVALID" }));
    }
    const { source } = s3Store(silent, { bucket: "lab", prefix: "/data/" });
    for (const secret of ["sentinel", "sen/tinel"]) {
      const error = await source.open(`s3://AKIA:${secret}@lab/data/a.tar`).catch((reason: unknown) => reason);
      expect(isAtdataError(error, "REF_INVALID")).toBe(true);
      expect(String(error)).toContain("s3://lab/data/a.tar");
      expect(String(error)).not.toMatch(/AKIA|sen/);
    }
  });
});

import { connectS3, type Diagnosis, diagnoseS3, type S3ClientLike } from "@atdata/local/s3";
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { afterAll, describe, expect, it, vi } from "vitest";
import { changedClient, contents, newPrefix, servers, startBucket } from "./s3-server.ts";

vi.setConfig({ testTimeout: 60_000 });

function found({ findings }: Diagnosis): string[] {
  return findings.map(({ level, code }) => `${level} ${code}`);
}

for (const name of Object.keys(servers)) {
  const started = await startBucket(name);
  if (typeof started === "string") {
    it(`a bucket on ${name}`, (context) => context.skip(started));
    continue;
  }
  const { client, sdk, bucket, service } = started;
  afterAll(() => started.stop());

  describe(`a bucket on ${name}`, () => {
    it("that is fit has nothing to tell of, and nothing is left in it", async () => {
      const prefix = newPrefix();
      const diagnosis = await diagnoseS3(client, { bucket, prefix });
      expect(diagnosis).toMatchObject({ where: `s3://${bucket}/${prefix}/`, findings: [] });
      expect(diagnosis.latencyMs).toBeGreaterThan(0);
      expect(Math.abs(diagnosis.clockMs as number)).toBeLessThan(5000);
      expect(await contents(started, prefix)).toEqual([]);
    });

    it("that is missing is broken", async () => {
      const diagnosis = await diagnoseS3(client, { bucket: "atdata-none" });
      expect(diagnosis.findings).toEqual([
        {
          level: "broken",
          code: "BUCKET_MISSING",
          what: "there is no bucket atdata-none",
          advice: "create it, or check its name and the endpoint",
        },
      ]);
    });

    it("of a server that is not there is broken", async () => {
      const gone = await connectS3({ endpoint: "http://127.0.0.1:1", credentials: service.credentials });
      expect(found(await diagnoseS3(gone, { bucket }))).toEqual(["broken NETWORK_ERROR"]);
      gone.destroy();
    });

    it("of a server that ignores conditions is broken", async () => {
      const ignoring = changedClient(started, (command, send) => {
        delete command.input.IfNoneMatch;
        delete command.input.IfMatch;
        return send();
      });
      const prefix = newPrefix();
      expect(found(await diagnoseS3(ignoring, { bucket, prefix }))).toEqual(["broken CONDITIONS_IGNORED"]);
      expect(await contents(started, prefix)).toEqual([]);
    });

    it("whose server has another time is told of", async () => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 60_000 });
      try {
        const diagnosis = await diagnoseS3(client, { bucket, prefix: newPrefix() });
        expect(diagnosis.findings.map(({ code, what }) => [code, what])).toEqual([
          ["CLOCK_DIFFERS", expect.stringMatching(/^its clock is (59|6\d) s ahead of that of this machine$/)],
        ]);
      } finally {
        vi.useRealTimers();
      }
    });

    it.runIf(name === "Ceph")(
      "is forbidden to other keys, and what a policy forbids is told by what fails",
      async () => {
        const secretAccessKey = "s3ntinel-secret";
        const wrong: S3ClientLike & { destroy(): void } = await connectS3({
          endpoint: service.url,
          credentials: { accessKeyId: service.credentials.accessKeyId, secretAccessKey },
        });
        const diagnosis = await diagnoseS3(wrong, { bucket });
        expect(found(diagnosis)).toEqual(["broken ACCESS_DENIED", "warning ACCESS_DENIED"]);
        expect(JSON.stringify(diagnosis)).not.toContain(secretAccessKey);
        wrong.destroy();
        const Statement = {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:DeleteObject",
          Resource: `arn:aws:s3:::${bucket}/*`,
        };
        const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
        await sdk.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
        const { findings } = await diagnoseS3(client, { bucket, prefix: newPrefix() });
        await sdk.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
        expect(findings[0]?.what).toBe("an object cannot be deleted: the S3 server answered AccessDenied");
      },
    );

    it("that keeps old versions says so, and whether it takes conditions then", async () => {
      const versioning = { Bucket: bucket, VersioningConfiguration: { Status: "Enabled" as const } };
      await sdk.send(new PutBucketVersioningCommand(versioning));
      expect(found(await diagnoseS3(client, { bucket, prefix: newPrefix() }))).toEqual([
        // Ceph 16 takes no If-None-Match where there are versions: all of several racers win.
        ...(name === "Ceph" ? ["broken CONDITIONS_IGNORED"] : []),
        "note BUCKET_VERSIONED",
      ]);
    });
  });
}

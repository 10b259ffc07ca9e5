import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAtdataError } from "@atdata/core";
import { type S3Service, startCeph } from "@atdata/local/services";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, expect, test } from "vitest";
import { atdata, scratch } from "./cli.ts";

const folder = scratch();
const started = await startCeph().catch((error: unknown) => {
  if (process.env.CI === "true" || !isAtdataError(error, "UNSUPPORTED")) throw error;
  return error.message;
});

if (typeof started === "string") test("works on Ceph", (context) => context.skip(started));
else {
  afterAll(() => started.stop());

  test("shards in S3 are written, named, read by name or url, and removed, with credentials from the environment", async () => {
    const env = await bucketAndHome(started);
    const run = async (...args: readonly string[]): Promise<string> => {
      const { status, stdout, stderr } = await atdata(args, { env });
      expect([args, status, stderr]).toEqual([args, 0, expect.not.stringContaining("error")]);
      return stdout;
    };
    writeFileSync(join(folder, "in.jsonl"), '{"label":7}\n{"label":8}\n');
    await run("write", "@team/digits@1.0.0", "--from", join(folder, "in.jsonl"));
    const { shards } = JSON.parse(await run("index", "show", "@team/digits", "--json")) as {
      shards: { url: string }[];
    };
    const url = shards[0]?.url ?? "";
    expect(url).toMatch(/^s3:\/\/atdata-cli\/team\/data\/digits-[0-9a-f]+.*\.tar$/);
    const samples = await run("preview", "@team/digits", "--json");
    expect(samples.match(/"label":\d/g)).toEqual(['"label":7', '"label":8']);
    // A bucket that a repository is in is read with the repository's settings.
    expect(await run("preview", url, "--json")).toBe(samples);
    expect(JSON.parse(await run("query", "@team/digits", "label = 8", "--plan", "--json"))).toMatchObject({
      strategy: "index",
    });
    await run("copy", "@team/digits@1.0.0", "@local/digits@1.0.0");
    expect(await run("preview", "@local/digits", "--json")).toBe(samples);
    await run("index", "rm", "@team/digits", "--shards");
    const gone = await atdata(["preview", url], { env });
    expect([gone.status, gone.stderr]).toEqual([1, expect.stringContaining("error[NOT_FOUND]")]);
  });

  test("secrets of the environment are in no error", async () => {
    const env = {
      ...(await bucketAndHome(started)),
      AWS_SECRET_ACCESS_KEY: "sentinel-secret",
      AWS_ACCESS_KEY_ID: "sentinel-id",
    };
    const { status, stderr } = await atdata(["inspect", "s3://atdata-cli/none.tar"], { env });
    expect([status, stderr]).toEqual([1, expect.stringContaining("error[ACCESS_DENIED]")]);
    expect(stderr).not.toContain("sentinel");
  });
}

/** Makes the bucket, and a home whose repository `team` is in it. */
async function bucketAndHome({ url, region, credentials }: S3Service): Promise<Record<string, string>> {
  const client = new S3Client({ endpoint: url, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: "atdata-cli" }));
  client.destroy();
  const s3 = { endpoint: url, region, pathStyle: true };
  const repos = { team: { index: "sqlite:team.db", store: "s3://atdata-cli/team/data", s3 } };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ repos }));
  const { accessKeyId, secretAccessKey } = credentials;
  return { ATDATA_HOME: folder, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

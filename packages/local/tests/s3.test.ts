import { dataSourceCases, dataStoreCases, type MakeSource, type MakeStore, register } from "@atdata/conformance";
import { afterAll, describe, it } from "vitest";
import { s3Source, s3Store } from "../src/s3/index.ts";
import { describeCommits } from "./s3-commits.ts";
import { describeErrors } from "./s3-errors.ts";
import { newPrefix, putObject, servers, startBucket } from "./s3-server.ts";
import { describeTransfers } from "./s3-transfers.ts";

for (const name of Object.keys(servers)) {
  const started = await startBucket(name);
  if (typeof started === "string") {
    it(`works on ${name}`, (context) => context.skip(started));
    continue;
  }
  const { client, bucket } = started;
  const makeStore: MakeStore = () => s3Store(client, { bucket, prefix: newPrefix() });
  const makeSource: MakeSource = async (files) => {
    const prefix = newPrefix();
    await Promise.all(Object.entries(files).map(([key, bytes]) => putObject(started, `${prefix}/${key}`, bytes)));
    const url = (key: string): string => `s3://${bucket}/${prefix}/${key}`;
    return {
      source: s3Source(client),
      url,
      directory: url(""),
      glob: url,
      change: (key, bytes) => putObject(started, `${prefix}/${key}`, bytes),
    };
  };
  describe(`on ${name}`, () => {
    afterAll(() => started.stop());
    describe("the store", () => register({ describe, it }, dataStoreCases, makeStore));
    describe("the source", () => register({ describe, it }, dataSourceCases, makeSource));
    describeTransfers(started);
    describeCommits(started);
    describeErrors(started, name);
  });
}

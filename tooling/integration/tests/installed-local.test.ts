import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { s3Store } from "@atdata/local/s3";
import { startPostgres, startRedis } from "@atdata/local/services";
import { sqliteIndex } from "@atdata/local/sqlite";
import { writeDataset } from "@atdata/wds";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, pack, repository, run } from "../src/installed.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { examplesOf } from "../src/readme.ts";
import { startBucket } from "../src/s3-bucket.ts";
import { scratch } from "../src/scratch.ts";
import { startForTests } from "../src/start-for-tests.ts";

const README = "packages/local/README.md";
const root = scratch();
const project = join(root, "project");
const home = join(root, "my-home");
const bucket = await startBucket();
const redis = await startForTests(startRedis);
const postgres = await startForTests(startPostgres);

/** What somebody who has read the README writes: one program that puts a dataset where the team finds it. */
const WRITE = `
import { createIndex, type Dataset, float, int, type Infer, sample } from "@atdata/core";
import { manifests } from "@atdata/manifest";
import { connectRedis } from "@atdata/local/redis";
import { connectS3, s3Store } from "@atdata/local/s3";
import { wds } from "@atdata/wds";

const Reading = sample("Reading", { station: int(), celsius: float() });
type Reading = Infer<typeof Reading>;
function* readings(): Generator<Reading> {
  for (let n = 0; n < 1000; n++) yield { station: n % 7, celsius: n / 10 };
}

const client = await connectS3({ endpoint: "S3_URL", credentials: { accessKeyId: "S3_KEY", secretAccessKey: "S3_SECRET" } });
await using provider = await connectRedis("REDIS_URL");
const team = { provider, store: s3Store(client, { bucket: "lab", prefix: "weather" }) };
const index = createIndex({ repos: { team }, formats: [wds()], plugins: [manifests()] });

const entry = await index.write("@team/readings@1.0.0", Reading, readings(), { maxSamples: 100 });
const warm: Dataset<Reading> = (await index.load("@team/readings", { type: Reading })).where((f) => f.celsius.gt(95));
console.log(JSON.stringify({ urls: entry.dataUrls, warm: (await warm.head(2000)).length }));
client.destroy();
`;

/** And one that knows its name alone. */
const READ = `
import { createIndex, loadDataset } from "@atdata/core";
import { connectRedis } from "@atdata/local/redis";
import { connectS3, s3Store } from "@atdata/local/s3";
import { wds } from "@atdata/wds";

const client = await connectS3({ endpoint: "S3_URL", credentials: { accessKeyId: "S3_KEY", secretAccessKey: "S3_SECRET" } });
await using provider = await connectRedis("REDIS_URL");
const team = { provider, store: s3Store(client, { bucket: "lab", prefix: "weather" }) };
const index = createIndex({ repos: { team }, formats: [wds()] });
const train = await loadDataset("@team/readings", { index, split: "train" });
let celsius = 0;
for await (const reading of train) celsius += Number(reading.celsius);
console.log(JSON.stringify({ type: train.type?.name, count: await train.count(), celsius: Math.round(celsius) }));
client.destroy();
`;

if (typeof bucket === "string") it("works on Ceph", (context) => context.skip(bucket));
else if (typeof redis === "string") it("works on Redis", (context) => context.skip(redis));
else if (typeof postgres === "string") it("works on Postgres", (context) => context.skip(postgres));
else {
  const { url, credentials } = bucket.service;
  /** Puts in the servers of this test. */
  const here = (code: string): string =>
    code
      .replaceAll("S3_URL", url)
      .replaceAll("S3_KEY", credentials.accessKeyId)
      .replaceAll("S3_SECRET", credentials.secretAccessKey)
      .replaceAll("REDIS_URL", redis.url)
      .replaceAll("http://127.0.0.1:9000", url)
      .replaceAll('accessKeyId: "me", secretAccessKey: "secret"', JSON.stringify(credentials).slice(1, -1))
      .replaceAll("redis://localhost:6379", redis.url)
      .replaceAll("postgres://localhost/datasets", postgres.url)
      // What is random, and where this user's home is, is looked at below.
      .replace(/"[^"]*\/data\/digits-[0-9a-f]{12}\.tar"/, "entry.dataUrls[0]");
  const inProject = (name: string): Promise<string> => run(process.execPath, [name], project, { ATDATA_HOME: home });

  beforeAll(async () => {
    const packed = await pack(["core", "wds", "manifest", "local"], root);
    const { devDependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    const named = [
      "ioredis",
      "pg",
      "@aws-sdk/client-s3",
      "@aws-sdk/s3-request-presigner",
      "parquet-wasm",
      "apache-arrow",
    ];
    const libraries = Object.fromEntries(named.map((name) => [name, devDependencies[name]]));
    mkdirSync(project);
    const dependencies = { ...packed, ...libraries };
    const overrides = packed;
    const manifest = { name: "a-new-user", private: true, type: "module", dependencies, pnpm: { overrides } };
    writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
    await install(project);
    const sdk = new S3Client({ endpoint: url, region: "us-east-1", credentials, forcePathStyle: true });
    await sdk.send(new CreateBucketCommand({ Bucket: "lab" }));
    sdk.destroy();
    // The README opens these, too.
    const other = s3Store(bucket.client, { bucket: "lab", prefix: "other" });
    await writeDataset(Numbered, numbered(3), "others.tar", { store: other });
  }, 300_000);
  afterAll(async () => {
    await redis.stop();
    await postgres.stop();
    await bucket.stop();
  });

  describe("somebody who installs core, wds, manifest and local in an empty project", () => {
    it("writes to S3 and Redis, and loads by name in another process", { timeout: 120_000 }, async () => {
      writeFileSync(join(project, "write.ts"), here(WRITE));
      writeFileSync(join(project, "read.ts"), here(READ));
      const { urls, warm } = JSON.parse(await inProject("write.ts"));
      expect(urls).toHaveLength(10);
      expect(urls[0]).toMatch(/^s3:\/\/lab\/weather\/readings-.*\.tar$/);
      expect(warm).toBe(49);
      expect(JSON.parse(await inProject("read.ts"))).toEqual({ type: "Reading", count: 1000, celsius: 49950 });
    });

    it("compiles that, with only ES2022 and the DOM beside it", { timeout: 180_000 }, async () => {
      const compilerOptions = {
        target: "ES2022",
        lib: ["ES2022", "DOM"],
        module: "NodeNext",
        strict: true,
        skipLibCheck: false,
        types: [],
        noEmit: true,
      };
      // Resources that are disposed by `await using` take a younger library; the packages' own declarations do not.
      const plain = (code: string): string => here(code).replaceAll("await using", "const");
      writeFileSync(join(project, "write-plain.ts"), plain(WRITE));
      writeFileSync(join(project, "read-plain.ts"), plain(READ));
      const files = ["write-plain.ts", "read-plain.ts"];
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      const tsc = join(repository, "node_modules/typescript/bin/tsc");
      expect(await run(process.execPath, [tsc, "-p", "tsconfig.json"], project)).toBe("");
    });

    it("runs what the README shows, against servers of their own", { timeout: 120_000 }, async () => {
      const examples = examplesOf(README).map(([code]) => code);
      const runnable = examples.filter((code) => !/better-sqlite3|\/var\/|example\.org/.test(code));
      expect(runnable.length).toBeGreaterThanOrEqual(4);
      for (const [i, code] of runnable.entries()) {
        writeFileSync(join(project, `example-${i}.ts`), here(code));
        await inProject(`example-${i}.ts`);
      }
      // The first one has written where it says.
      await using index = sqliteIndex(join(home, "index.db"));
      expect((await index.latestEntry("digits"))?.dataUrls[0]).toMatch(new RegExp(`^${home}/data/digits-.*\\.tar$`));
    });
  });
}

import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createIndex } from "@atdata/core";
import { diskStore } from "@atdata/local/disk";
import { startRedis } from "@atdata/local/services";
import { sqliteIndex } from "@atdata/local/sqlite";
import { wds } from "@atdata/wds/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, runNode } from "../src/no-room.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { startBucket } from "../src/s3-bucket.ts";
import { scratch } from "../src/scratch.ts";
import { startForTests } from "../src/start-for-tests.ts";

const root = scratch();
const cli = fileURLToPath(new URL("../../../packages/cli/src/bin.ts", import.meta.url));
const rows = join(root, "rows.jsonl");
writeFileSync(rows, '{"n":1,"text":"a"}\n');

/** Runs the command for somebody with these repositories, who makes a mistake or has bad luck; gives the code and the message. */
async function mistake(
  repos: object,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly code: string; readonly told: string }> {
  const home = mkdtempSync(join(root, "home-"));
  writeFileSync(join(home, "config.json"), JSON.stringify({ repos }));
  const { status, stdout, stderr }: Ended = await runNode([cli, ...args], { ...env, ATDATA_HOME: home });
  expect({ args, status, stdout }).toEqual({ args, status: 1, stdout: "" });
  expect(stderr).not.toMatch(/^\s+at |node:internal/m);
  const [, code = "", told = ""] = /^atdata: error\[(\w+)\]: ([\s\S]*)/m.exec(stderr) ?? [];
  expect(stderr).toMatch(/^ {2}try: /m);
  return { code, told };
}

const write = (repo: string): string[] => ["write", `@${repo}/d@1.0.0`, "--from", rows];

describe("a name that stands for nothing", { timeout: 120_000 }, () => {
  const repos = { lab: { index: `sqlite:${join(root, "lab.db")}`, store: join(root, "lab") } };
  beforeAll(async () => {
    const lab = { provider: sqliteIndex(join(root, "lab.db")), store: diskStore(join(root, "lab")) };
    await using index = createIndex({ repos: { lab }, formats: [wds()] });
    await index.write("@lab/digits@1.0.0", Numbered, numbered(3));
    await index.write("@lab/digits@1.1.0", Numbered, numbered(4));
  });

  it.each([
    ["@labs/digits", "REPO_UNKNOWN", /labs/, /lab/],
    ["@lab/digit", "DATASET_NOT_FOUND", /digit/, /digits/],
    ["@lab/digits@2.0.0", "DATASET_NOT_FOUND", /2\.0\.0/, /1\.1\.0/],
  ])("%s is %s, and what there is is told", async (ref, want, named, available) => {
    for (const command of ["inspect", "preview", "verify"]) {
      const { code, told } = await mistake(repos, [command, ref]);
      expect(code).toBe(want);
      const [clause, hint] = told.split("try: ");
      expect(clause).toMatch(named);
      expect(hint).toMatch(available);
    }
  });
});

describe("an index that is not well", { timeout: 120_000 }, () => {
  it("is a damaged file of SQLite: it stays as it is, and nothing is written beside it", async () => {
    const folder = join(root, "damaged");
    mkdirSync(folder);
    const path = join(folder, "index.db");
    writeFileSync(path, "SQLite format 3\0".padEnd(8192, "damage"));
    const repos = { lab: { index: `sqlite:${path}`, store: join(folder, "data") } };
    for (const args of [["index", "list", "--repo", "lab"], ["inspect", "@lab/d"], write("lab")]) {
      const { code, told } = await mistake(repos, args);
      expect(code).toBe("INDEX_CORRUPT");
      expect(told).toContain(path);
    }
    expect(readdirSync(folder)).toEqual(["index.db"]);
  });

  it.for([
    ["that drops keys", { maxmemory: "50mb", "maxmemory-policy": "allkeys-lru" }, "maxmemory-policy", "noeviction"],
    ["that is a replica", { replicaof: "127.0.0.1 1", "replica-serve-stale-data": "yes" }, "read", "primary"],
  ] as const)("is a Redis %s: no shard of what cannot be named stays", async ([, config, clause, hint], context) => {
    const started = await startForTests(() => startRedis({ config }));
    if (typeof started === "string") return context.skip(started);
    await using redis = started;
    const store = mkdtempSync(join(root, "store-"));
    const { code, told } = await mistake({ team: { index: redis.url, store } }, write("team"));
    expect(code).toBe("INDEX_FAILED");
    expect(told).toContain(clause);
    expect(told).toContain(hint);
    expect(readdirSync(store)).toEqual([]);
  });

  it("is a server that is not there: which one is told, and nothing is written", async () => {
    const store = mkdtempSync(join(root, "store-"));
    for (const url of ["redis://127.0.0.1:9", "postgres://me:sentinel@127.0.0.1:9/db"]) {
      const { code, told } = await mistake({ team: { index: url, store } }, write("team"));
      expect(code).toBe("INDEX_UNAVAILABLE");
      expect(told).toContain("127.0.0.1:9");
      expect(told).not.toContain("sentinel");
    }
    expect(readdirSync(store)).toEqual([]);
  });
});

const bucket = await startBucket();
if (typeof bucket === "string") it("works on Ceph", (context) => context.skip(bucket));
else {
  const { service } = bucket;
  afterAll(bucket.stop);

  describe("a bucket", { timeout: 120_000 }, () => {
    it.each([
      ["is not there", "no-such-bucket", service.credentials, "NOT_FOUND"],
      ["lets nobody in", bucket.bucket, { ...service.credentials, secretAccessKey: "wrong" }, "ACCESS_DENIED"],
    ] as const)("that %s is told of, and no name stands for what is not in it", async (_, name, keys, want) => {
      const path = join(root, `${name}.db`);
      const s3 = { endpoint: service.url };
      const repos = { team: { index: `sqlite:${path}`, store: `s3://${name}/team`, s3 } };
      const env = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
      for (const args of [write("team"), ["inspect", `s3://${name}/team/d.tar`]]) {
        const { code, told } = await mistake(repos, args, env);
        expect(code).toBe(want);
        expect(told).toContain(name);
      }
      await using provider = sqliteIndex(path);
      for await (const entry of provider.listEntries()) throw new Error(`there is ${entry.name}`);
    });
  });
}

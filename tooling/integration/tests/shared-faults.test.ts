import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { consoleTelemetry, createIndex, entryDetails, httpSource, type Index, loadDataset } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { connectRedis } from "@atdata/local/redis";
import { connectS3, presign, type S3Connection, s3Store } from "@atdata/local/s3";
import { startRedis } from "@atdata/local/services";
import { manifests } from "@atdata/manifest/node";
import { type FaultyProxy, faultyProxy, type ProxyFault, type ProxyRequest } from "@atdata/tooling-atproto";
import { openDataset, wds } from "@atdata/wds/node";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { type FaultyTcp, faultyTcp } from "../src/faulty-tcp.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { startBucket, type TestBucket } from "../src/s3-bucket.ts";
import { scratch } from "../src/scratch.ts";
import { failureOf, SENTINEL } from "../src/secrets.ts";
import { startForTests } from "../src/start-for-tests.ts";

const root = scratch();
const cli = fileURLToPath(new URL("../../../packages/cli/src/bin.ts", import.meta.url));
const bucket = await startBucket();
const redis = await startForTests(() => startRedis({ config: { requirepass: SENTINEL } }));

if (typeof bucket === "string") it("works on Ceph", (context) => context.skip(bucket));
else if (typeof redis === "string") it("works on Redis", (context) => context.skip(redis));
else describeFaults(bucket, Object.assign(new URL(redis.url), { password: SENTINEL }).href, redis.stop);

function describeFaults(started: TestBucket, redisUrl: string, stopRedis: () => Promise<void>): void {
  const { client, bucket, contents, service } = started;
  const { accessKeyId, secretAccessKey } = service.credentials;
  const secrets = [SENTINEL, accessKeyId, secretAccessKey];
  const samples = numbered(600, { length: 2000 });
  const options = { maxSamples: 200 };
  const lines: string[] = [];
  const telemetry = consoleTelemetry({ level: "debug", write: (line) => lines.push(line) });
  let s3: FaultyProxy;
  let tcp: FaultyTcp;
  let faulty: S3Connection;
  let truth: Index;
  let index: Index;

  function indexOver(provider: Awaited<ReturnType<typeof connectRedis>>, client: S3Connection): Index {
    const team = { provider, store: s3Store(client, { bucket, prefix: "team" }) };
    return createIndex({
      repos: { team },
      formats: [wds()],
      plugins: [manifests()],
      createHasher: createNodeHasher,
    });
  }

  beforeAll(async () => {
    s3 = await faultyProxy(service.url);
    tcp = await faultyTcp(Number(new URL(redisUrl).port));
    faulty = await started.connect(s3.url);
    truth = indexOver(await connectRedis(redisUrl), client);
    const proxied = Object.assign(new URL(redisUrl), { port: String(tcp.port) }).href;
    index = indexOver(await connectRedis(proxied), faulty);
    await truth.write("@team/there@1.0.0", Numbered, samples, options);
  });
  afterAll(async () => {
    await index[Symbol.asyncDispose]();
    await truth[Symbol.asyncDispose]();
    faulty.destroy();
    await s3[Symbol.asyncDispose]();
    await tcp[Symbol.asyncDispose]();
    await stopRedis();
    await started.stop();
  });

  let faults = 0;
  /** Lets every other request that fits go wrong. */
  function everyOther(fits: (request: ProxyRequest) => boolean, fault: ProxyFault): FaultyProxy["fault"] {
    let count = 0;
    return (request) => {
      if (!fits(request) || count++ % 2 === 1) return "none";
      faults++;
      return fault;
    };
  }
  const ofShards = ({ method, path }: ProxyRequest): boolean => method === "GET" && path.includes(".tar");
  const writes = ({ method }: ProxyRequest): boolean => method === "PUT" || method === "POST";

  describe("a download by name", () => {
    it.each<[string, ProxyFault]>([
      ["dropped connections", "refuse"],
      ["broken answers", { dropAfter: 200_000 }],
      ["status 500", { status: 500 }],
      ["status 503", { status: 503 }],
      ["slow bytes", { every: 20_000, ms: 5 }],
    ])("comes whole and verified through %s", async (_, fault) => {
      const before = faults;
      s3.fault = everyOther(ofShards, fault);
      const { train } = await loadDataset("@team/there", { index, type: Numbered, verify: true, telemetry });
      expect(await collect(train)).toEqual(samples);
      expect(faults).toBeGreaterThan(before);
    });

    it("ends with an error where bodies are cut, and where Redis is away, and tells no secret", async () => {
      s3.fault = (request) => (ofShards(request) ? { truncateTo: 200_000 } : "none");
      const { train } = await loadDataset("@team/there", { index, type: Numbered, telemetry });
      expect(await failureOf(collect(train), secrets)).toMatchObject({ code: "SHARD_TRUNCATED" });
      s3.fault = () => "none";
      tcp.set("refuse");
      await failureOf(index.get("@team/there"), secrets);
      tcp.set({ side: "request", breakAfter: 0 });
      const away = await failureOf(loadDataset("@team/there", { index, telemetry }), secrets);
      expect(away).toMatchObject({ code: "INDEX_UNAVAILABLE" });
      tcp.set("none");
    });
  });

  /** Writes by name through both proxies: afterwards there is all of it, or nothing that is named. */
  async function writeByName(name: string): Promise<string | undefined> {
    const before = await contents("team");
    const failure = await failureOf(index.write(`@team/${name}@1.0.0`, Numbered, samples, options), secrets);
    s3.fault = () => "none";
    tcp.set("none");
    const entry = await truth.get(`@team/${name}@1.0.0`);
    if (failure === undefined) {
      expect(await collect(await truth.load(`@team/${name}`, { type: Numbered, verify: true }))).toEqual(samples);
      expect(entryDetails(entry ?? fail(name)).shards).toHaveLength(3);
      return undefined;
    }
    const { objects } = await contents("team");
    // Whether a call that broke off was carried out is not known: what an entry speaks of stays.
    if (failure.code !== "INDEX_UNAVAILABLE") expect(entry).toBeUndefined();
    if (entry !== undefined) expect(await collect(await truth.load(entry.id, { type: Numbered }))).toEqual(samples);
    else expect(objects.filter((each) => each.endsWith(".json") && !before.objects.includes(each))).toEqual([]);
    return failure.code;
  }

  describe("an upload by name", () => {
    it.each<[string, ProxyFault]>([
      ["dropped connections", "refuse"],
      ["requests that are cut", { cutRequest: 1000 }],
      ["answers that are lost", "swallow"],
      ["status 500", { status: 500 }],
      ["status 503", { status: 503 }],
      ["slow bytes", { everyOfRequest: 50_000, ms: 5 }],
    ])("finishes through %s", async (name, fault) => {
      const before = faults;
      s3.fault = everyOther(fault === "refuse" ? writes : ({ method }) => method === "PUT", fault);
      expect(await writeByName(name.replaceAll(" ", "-"))).toBeUndefined();
      expect(faults).toBeGreaterThan(before);
    });

    it("leaves nothing named where the store goes away, or where it takes no more", async () => {
      for (const [i, fault] of (["refuse", { status: 500 }] as const).entries()) {
        let count = 0;
        s3.fault = () => (count++ < 4 ? "none" : fault);
        expect(await writeByName(`away-${i}`)).toMatch(/^(NETWORK_ERROR|HTTP_ERROR|IO_ERROR)$/);
      }
    });

    it("is there whole or not at all where the connection to Redis breaks at any point", {
      timeout: 120_000,
    }, async () => {
      const codes: (string | undefined)[] = [];
      for (const [i, breakAfter] of [0, 150, 400, 800, 1200, 1600, 2400].entries()) {
        tcp.set({ side: i % 2 === 0 ? "request" : "answer", breakAfter });
        codes.push(await writeByName(`broken-${i}`));
      }
      expect(codes).toContain("INDEX_UNAVAILABLE");
    });
  });

  describe("a secret", () => {
    it("is in no error of a server that lets nobody in", async () => {
      const credentials = { accessKeyId, secretAccessKey: SENTINEL, sessionToken: `${SENTINEL}-token` };
      const stranger = await connectS3({ endpoint: service.url, credentials });
      const other = indexOver(await connectRedis(redisUrl), stranger);
      const written = await failureOf(other.write("@team/strange@1.0.0", Numbered, samples), secrets);
      expect(written).toMatchObject({ code: "ACCESS_DENIED" });
      const { train } = await loadDataset("@team/there", { index: other, type: Numbered, telemetry });
      expect(await failureOf(collect(train), secrets)).toMatchObject({ code: "ACCESS_DENIED" });
      await other[Symbol.asyncDispose]();
      stranger.destroy();
    });

    it("is in no error about a signed url, nor in what is told of one", { timeout: 90_000 }, async () => {
      const [shard = ""] = (await truth.resolve("@team/there")).dataUrls;
      const url = await presign(faulty, shard, 600);
      const signature = new URL(url).searchParams.get("X-Amz-Signature") ?? "";
      expect(signature).toHaveLength(64);
      const all = [...secrets, signature];
      const open = () => openDataset(url, { type: Numbered, sources: [httpSource({ retries: 1 })], telemetry });
      expect(await collect(await open())).toEqual(samples.slice(0, 200));
      for (const [fault, code] of [
        ["refuse", "NETWORK_ERROR"],
        [{ status: 500 }, "HTTP_ERROR"],
        [{ status: 403 }, "ACCESS_DENIED"],
        [{ dropAfter: 0 }, "NETWORK_ERROR"],
        [{ truncateTo: 100_000 }, "SHARD_TRUNCATED"],
      ] as const) {
        s3.fault = (request) => (ofShards(request) && request.path.includes("X-Amz-") ? fault : "none");
        const failure = await failureOf((async () => collect(await open()))(), all);
        expect(failure?.code).toBe(code);
      }
      s3.fault = () => "none";
      const refused = await failureOf(index.insert("@team/signed@1.0.0", url, { type: Numbered }), all);
      expect(refused?.code).toBeDefined();
      for (const line of lines) expect(line).not.toContain(signature);
    });

    it("is in no output of the command, whatever goes wrong", { timeout: 300_000 }, async () => {
      const home = join(root, "cli");
      mkdirSync(home);
      const proxied = Object.assign(new URL(redisUrl), { port: String(tcp.port) }).href;
      const endpoint = s3.url;
      const repos = { team: { index: proxied, store: `s3://${bucket}/team`, s3: { endpoint } } };
      writeFileSync(join(home, "config.json"), JSON.stringify({ repos }));
      const env = {
        ...process.env,
        ATDATA_HOME: home,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      };
      async function atdata(...args: string[]): Promise<{ status: number | null; output: string }> {
        const child = spawn(process.execPath, [cli, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
        const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
        const output = `${await buffer(child.stdout)}${await buffer(child.stderr)}`;
        for (const secret of secrets) expect(output).not.toContain(secret);
        expect(output).not.toMatch(/^\s+at /m);
        return { status: await ended, output };
      }
      const shown = await atdata("index", "show", "@team/there", "--json");
      expect(shown).toMatchObject({ status: 0, output: expect.stringContaining("there") });
      expect((await atdata("preview", "@team/there", "--limit", "1")).status).toBe(0);
      s3.fault = () => ({ status: 403 });
      const forbidden = await atdata("preview", "@team/there", "--limit", "1");
      expect(forbidden).toMatchObject({ status: 1, output: expect.stringContaining("ACCESS_DENIED") });
      s3.fault = () => "none";
      tcp.set("refuse");
      for (const args of [
        ["index", "list", "--repo", "team"],
        ["inspect", "@team/there"],
        ["diagnose"],
        ["diagnose", "--json"],
      ]) {
        const { status, output } = await atdata(...args);
        expect({ args, status }).toEqual({ args, status: 1 });
        expect(output).toMatch(args[0] === "diagnose" ? /cannot be reached/ : /error\[INDEX_UNAVAILABLE\]/);
      }
      tcp.set("none");
    });

    it("is in nothing that is stored, and in no line of telemetry", async () => {
      const client_ = new Redis(redisUrl);
      for (const key of await client_.keys("*")) {
        const dump = (await client_.dumpBuffer(key))?.toString("latin1") ?? "";
        for (const secret of secrets) expect(dump).not.toContain(secret);
      }
      client_.disconnect();
      const store = s3Store(client, { bucket, prefix: "team" });
      const { objects } = await contents("team");
      expect(objects.some((name) => name.endsWith(".dataset.json"))).toBe(true);
      for (const name of objects) {
        const text = Buffer.from((await store.get(name)) ?? []).toString("latin1");
        for (const secret of secrets) expect(text).not.toContain(secret);
      }
      expect(lines.length).toBeGreaterThan(0);
      for (const secret of secrets) expect(lines.join("\n")).not.toContain(secret);
    });
  });
}

function fail(name: string): never {
  throw new Error(`${name} is not there`);
}

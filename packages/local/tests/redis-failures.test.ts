import { inspect } from "node:util";
import { connectRedis, redisIndex } from "@atdata/local/redis";
import { startRedis } from "@atdata/local/services";
import { Redis } from "ioredis";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "./collect.ts";
import { redisForTests } from "./redis-database.ts";

const redis = await redisForTests();
afterAll(() => redis.stop());

const ENTRY = { name: "d", schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a.tar"] };
const SECRET = "s3ntinel-secret";

async function failureOf(work: Promise<unknown>): Promise<{ code?: string; message: string }> {
  try {
    await work;
  } catch (error) {
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(SECRET);
    return error as { code?: string; message: string };
  }
  throw new Error("it did not fail");
}

describe.skipIf(redis.missing)(`a Redis index${redis.missing ?? ""}`, () => {
  it.each([
    ["data_urls is not msgpack", { name: "d", schema_ref: "s", data_urls: "\xc1" }],
    ["data_urls is no list of strings", { name: "d", schema_ref: "s", data_urls: "a" }],
    ["the entry has no data_urls", { name: "d", schema_ref: "s" }],
    ["the entry has no schema_ref", { name: "d", data_urls: "\x90" }],
    ["the entry has no name", { schema_ref: "s", data_urls: "\x90" }],
    ["metadata is no map", { name: "d", schema_ref: "s", data_urls: "\x90", metadata: "\x90" }],
  ])("says where %s", async (clause, fields) => {
    const client = new Redis(await redis.emptyDatabase());
    for (const [field, value] of Object.entries(fields)) {
      await client.hset("LocalDatasetEntry:x", field, Buffer.from(value, "latin1"));
    }
    const error = await failureOf(redisIndex(client).getEntry("x"));
    expect(error).toMatchObject({ code: "INDEX_CORRUPT" });
    expect(error.message).toBe(`${clause}; index=redis; key=LocalDatasetEntry:x`);
    client.disconnect();
  });

  it("says which key holds something of another type, and leaves it", async () => {
    const client = new Redis(await redis.emptyDatabase());
    const provider = redisIndex(client);
    const { id } = await redisIndex(client).putEntry(ENTRY);
    await client.set(`LocalDatasetEntry:${id}`, "text");
    await client.set("Label:d@", "text");
    await client.set("LocalSchema:S@1.0.0", "{");
    await client.lpush("LocalSchema:S@2.0.0", "{}");
    for (const work of [
      () => provider.getEntry(id),
      () => provider.putEntry(ENTRY),
      () => provider.getLabel("d", ""),
      () => provider.putLabel({ name: "d", version: "", id }),
      () => provider.getSchema("S", "1.0.0"),
      () => provider.createSchema({ name: "S", version: "2.0.0", json: {} }),
    ]) {
      const { code, message } = await failureOf(work());
      expect(code).toBe("INDEX_CORRUPT");
      expect(message).toMatch(/key=(LocalDatasetEntry:bafy|Label:d@|LocalSchema:S@)/);
    }
    expect(await client.get("Label:d@")).toBe("text");
    expect(await client.zcard("atdata:labels")).toBe(0);
    client.disconnect();
  });

  it("refuses a client that puts a prefix before keys", async () => {
    const client = new Redis(redis.url, { keyPrefix: "app:", lazyConnect: true });
    expect(() => redisIndex(client)).toThrow(TypeError);
  });

  it("ends with the signal's reason while Redis does not answer", async () => {
    const provider = redisIndex({ callBuffer: () => new Promise(() => {}) });
    const options = { signal: AbortSignal.timeout(20) };
    for (const work of [
      provider.getEntry("x", options),
      provider.latestEntry("x", options),
      provider.putEntry(ENTRY, options),
      provider.getSchema("S", "1.0.0", options),
      collect(provider.listEntries(options)),
      collect(provider.listLabels({ ...options, name: "d" })),
    ]) {
      await expect(work).rejects.toThrow(expect.objectContaining({ name: "TimeoutError" }));
    }
  });
});

describe.skipIf(redis.missing)(`a Redis that is not fit for an index${redis.missing ?? ""}`, () => {
  it("may drop keys: nothing is written, but what is there is read", async () => {
    await using service = await startRedis({ config: { maxmemory: "50mb", "maxmemory-policy": "allkeys-lru" } });
    await using provider = await connectRedis(service.url);
    const error = await failureOf(provider.putEntry(ENTRY));
    expect(error.code).toBe("INDEX_FAILED");
    expect(error.message).toContain("drops keys when its memory is full (maxmemory-policy allkeys-lru)");
    expect(error.message).toContain("try: CONFIG SET maxmemory-policy noeviction");
    expect(await provider.latestEntry("d")).toBeUndefined();
    const client = new Redis(service.url);
    await client.config("SET", "maxmemory-policy", "noeviction");
    await provider.putEntry(ENTRY);
    client.disconnect();
  });

  it("has no memory left: nothing is half written", async () => {
    await using service = await startRedis({ config: { maxmemory: "3mb" } });
    await using provider = await connectRedis(service.url);
    await provider.putEntry(ENTRY);
    const big = { ...ENTRY, metadata: { raw: new Uint8Array(1 << 20) } };
    let error: { code?: string; message: string } | undefined;
    for (let i = 0; i < 10 && error === undefined; i++) {
      error = await provider.putEntry({ ...big, dataUrls: [`/${i}.tar`] }).then(
        () => undefined,
        (cause) => cause,
      );
    }
    expect(error).toMatchObject({ code: "INDEX_FAILED" });
    expect(error?.message).toContain("redis has no memory left");
    const client = new Redis(service.url);
    const entries = await client.keys("LocalDatasetEntry:*");
    expect(await client.zcard("atdata:entries")).toBe(entries.length);
    client.disconnect();
  });

  it("may only be read: it is, and writing says why not", async () => {
    await using primary = await startRedis();
    await using provider = await connectRedis(primary.url);
    const { id } = await provider.putEntry(ENTRY);
    await using replica = await startRedis({ config: { replicaof: `127.0.0.1 ${new URL(primary.url).port}` } });
    await using reader = await connectRedis(replica.url);
    await expect.poll(() => reader.getEntry(id), { timeout: 10_000 }).toBeDefined();
    expect((await reader.latestEntry("d"))?.id).toBe(id);
    expect(await collect(reader.listEntries())).toHaveLength(1);
    expect(await reader.latestEntry("none")).toBeUndefined();
    const error = await failureOf(reader.putEntry({ ...ENTRY, dataUrls: ["/b.tar"] }));
    expect(error).toMatchObject({ code: "INDEX_FAILED" });
    expect(error.message).toContain("this redis may only be read");
  });

  it("may only be read and has what Python wrote: names are looked up, and a listing of everything is not cut short", async () => {
    await using primary = await startRedis();
    const client = new Redis(primary.url);
    await using provider = await connectRedis(primary.url);
    await provider.putEntry(ENTRY);
    const python = { name: "python", schema_ref: "s", cid: "x", data_urls: Buffer.from([0x90]) };
    await client.hset("LocalDatasetEntry:x", python);
    await using replica = await startRedis({ config: { replicaof: `127.0.0.1 ${new URL(primary.url).port}` } });
    await using reader = await connectRedis(replica.url);
    await expect.poll(() => reader.getEntry("x"), { timeout: 10_000 }).toBeDefined();
    expect(await reader.latestEntry("none")).toBeUndefined();
    expect(await collect(reader.listEntries({ name: "d" }))).toHaveLength(1);
    expect(await reader.latestLabel("none")).toBeUndefined();
    const error = await failureOf(collect(reader.listEntries()));
    expect(error).toMatchObject({ code: "INDEX_FAILED" });
    expect(error.message).toContain("this redis may only be read");
    client.disconnect();
  });

  it("wants a password, or another one", async () => {
    await using service = await startRedis({ config: { requirepass: SECRET } });
    const url = new URL(service.url);
    const none = await failureOf(connectRedis(url.href));
    expect(none).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    expect(none.message).toContain(`redis wants a password; index=redis://${url.host}; try:`);
    url.password = `${SECRET}-wrong`;
    const wrong = await failureOf(connectRedis(url.href));
    expect(wrong).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    expect(wrong.message).toContain("redis refused user or password");
    url.password = SECRET;
    await using provider = await connectRedis(url.href);
    await provider.putEntry(ENTRY);
    expect(inspect(await failureOf(provider.putEntry({ ...ENTRY, metadata: { f: () => {} } })))).not.toContain(SECRET);
  });

  it("lets its user do too little", async () => {
    await using service = await startRedis();
    const admin = new Redis(service.url);
    await admin.call("ACL", "SETUSER", "reader", "on", `>${SECRET}`, "~*", "+@read", "+@connection", "+info");
    const url = new URL(service.url);
    [url.username, url.password] = ["reader", SECRET];
    await using provider = await connectRedis(url.href);
    expect(await provider.getEntry("x")).toBeUndefined();
    const error = await failureOf(provider.putEntry(ENTRY));
    expect(error).toMatchObject({ code: "INDEX_FAILED" });
    expect(error.message).toContain("the redis user lacks a permission");
    admin.disconnect();
  });

  it("is not there, or goes away", async () => {
    const service = await startRedis();
    const url = new URL(service.url);
    url.password = SECRET;
    await using provider = await connectRedis(service.url);
    await provider.putEntry(ENTRY);
    await service.stop();
    const gone = await failureOf(provider.latestEntry("d"));
    expect(gone).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    expect(gone.message).toContain(`redis cannot be reached; index=${service.url}`);
    expect(await failureOf(provider.putEntry(ENTRY))).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    expect(await failureOf(connectRedis(url.href))).toMatchObject({ code: "INDEX_UNAVAILABLE" });
  });

  it("is a url that cannot be parsed: nothing of it is told", async () => {
    const error = await failureOf(connectRedis(`redis://user:${SECRET}/@127.0.0.1:1`));
    expect(error).toMatchObject({ code: "INDEX_UNAVAILABLE" });
  });
});

import { DatabaseSync } from "node:sqlite";
import type { IndexProvider } from "@atdata/core";
import { adopt, type RedisClient, redisIndex } from "@atdata/local/redis";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { collect } from "./collect.ts";
import { redisForTests } from "./redis-database.ts";

const redis = await redisForTests();
afterAll(() => redis.stop());

const ID = "bafyreifkbkyshrprstm43mvsv7f4svyleje2lk2tcajhunplqgsbphisge";

/** What Python atdata wrote into its SQLite index: the bytes are the same in all of its indexes. */
const fixture = new DatabaseSync(new URL("../../../fixtures/python/index.db?immutable=1", import.meta.url), {
  readOnly: true,
});
const rows = (table: string): Record<string, string>[] =>
  fixture.prepare(`SELECT * FROM ${table}`).all() as Record<string, string>[];

describe.skipIf(redis.missing)(`a Redis index beside Python${redis.missing ?? ""}`, () => {
  let client: Redis;
  let provider: IndexProvider;
  beforeEach(async () => {
    client = new Redis(await redis.emptyDatabase());
    provider = redisIndex(client);
  });
  afterEach(() => client.disconnect());

  /** Writes an entry as Python does: with its key alone. */
  const pythonEntry = async (id: string, name: string): Promise<void> => {
    const urls = Buffer.from("91a82f612f622e746172", "hex");
    await client.hset(`LocalDatasetEntry:${id}`, {
      name,
      schema_ref: "atdata://local/schema/S@1.0.0",
      cid: id,
      data_urls: urls,
    });
  };
  const pythonLabel = (name: string, version: string, cid: string): Promise<unknown> =>
    client.hset(`Label:${name}@${version}`, { cid, name, version });
  /** An index that notes the commands it sends. */
  const counting = (): { index: IndexProvider; sent: string[] } => {
    const sent: string[] = [];
    const noting: RedisClient = {
      callBuffer(command, ...args) {
        sent.push(command);
        return client.callBuffer(command, ...(args as string[]));
      },
    };
    return { index: redisIndex(noting), sent };
  };
  const put = (name: string, url: string): Promise<{ readonly id: string }> =>
    provider.putEntry({ name, schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: [url] });

  it("finds all that Python wrote, by name and in listings", async () => {
    for (const { created_at, cid, ...fields } of rows("dataset_entries")) {
      const present = Object.entries({ cid: cid ?? "", ...fields }).filter(([, value]) => value !== null);
      const packed = present.map(([field, value]) => [field, typeof value === "string" ? value : Buffer.from(value)]);
      await client.hset(`LocalDatasetEntry:${cid}`, Object.fromEntries(packed));
    }
    for (const { name, version, schema_json } of rows("schemas"))
      await client.set(`LocalSchema:${name}@${version}`, schema_json ?? "");
    for (const { name, version, lens_json } of rows("lenses"))
      await client.set(`LocalLens:${name}@${version}`, lens_json ?? "");
    for (const { name = "", version = "", cid = "" } of rows("labels")) await pythonLabel(name, version, cid);

    const shard = "/data/atdata/basic/data--0b299b6f--000000.tar";
    const sha256 = "37fd26aff7b461b30785b2626abad0c6c4b4dca8cb57804eed0e375027cc9a34";
    const entry = {
      id: ID,
      name: "basic",
      schemaRef: "atdata://local/schema/Basic@1.0.0",
      dataUrls: [shard],
      metadata: { split: "train", n: 3, checksums: { [shard]: sha256 } },
      createdAt: undefined,
    };
    expect(await provider.latestEntry("basic")).toEqual(entry);
    expect(await provider.getEntry(ID)).toEqual(entry);
    expect(await collect(provider.listEntries())).toEqual([entry]);
    const keys = (all: readonly { name: string; version: string }[]): string[] =>
      all.map(({ name, version }) => `${name}@${version}`).sort();
    expect(keys(await collect(provider.listSchemas()))).toEqual(keys(rows("schemas") as never));
    expect(keys(await collect(provider.listLenses()))).toEqual(keys(rows("lenses") as never));
    expect(keys(await collect(provider.listLabels({ id: ID })))).toEqual(keys(rows("labels") as never));
    for (const { name = "", version = "", schema_json = "" } of rows("schemas")) {
      expect((await provider.getSchema(name, version))?.json).toEqual(JSON.parse(schema_json));
    }
  });

  it.each(["digits", "a@b", "a:b", "d*", "d?g", "[ab]", "\\", "数据 💾", "x".repeat(5000)])(
    "finds an entry and a label of Python's by the name %j",
    async (name) => {
      await pythonEntry("one", name);
      await pythonEntry("other", "digits2");
      await pythonLabel(name, "1.0.0", "one");
      expect((await provider.latestEntry(name))?.id).toBe("one");
      expect(await provider.latestLabel(name)).toMatchObject({ name, version: "1.0.0", id: "one" });
      expect(await collect(provider.listEntries({ name }))).toHaveLength(1);
    },
  );

  it("takes one round trip for what is found, and scans nothing", async () => {
    const { index: counted, sent } = counting();
    const { id } = await counted.putEntry({
      name: "d",
      schemaRef: "atdata://local/schema/S@1.0.0",
      dataUrls: ["/a.tar"],
    });
    await counted.createSchema({ name: "S", version: "1.0.0", json: {} });
    await counted.putLabel({ name: "d", version: "1.0.0", id });
    const find: Record<string, () => Promise<unknown>> = {
      entry: () => counted.getEntry(id),
      latestEntry: () => counted.latestEntry("d"),
      label: () => counted.getLabel("d", "1.0.0"),
      latestLabel: () => counted.latestLabel("d"),
      schema: () => counted.getSchema("S", "1.0.0"),
      relabel: () => counted.putLabel({ name: "d", version: "1.0.0", id }, { expect: id }),
      again: () => counted.putEntry({ name: "d", schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a.tar"] }),
    };
    // Once, so that Redis holds the scripts.
    for (const call of Object.values(find)) await call();
    for (const [what, call] of Object.entries(find)) {
      sent.length = 0;
      expect(await call(), what).toBeTruthy();
      expect(sent, what).toHaveLength(1);
    }
  });

  it("looks once for many that are not there, and again when it is told to", async () => {
    // Once before, so that Redis holds the scripts.
    await redisIndex(client).latestEntry("none");
    await redisIndex(client).latestLabel("none");
    const { index: counted, sent } = counting();
    for (let i = 0; i < 10; i++) {
      expect(await counted.latestEntry(`none-${i}`)).toBeUndefined();
      expect(await counted.latestLabel(`none-${i}`)).toBeUndefined();
    }
    // One for each, and for the first one the look and another try.
    expect(sent).toHaveLength(22);
    await pythonEntry("late", "late");
    expect(await counted.latestEntry("late")).toBeUndefined();
    expect(await adopt(client)).toBe(1);
    expect(await adopt(client)).toBe(0);
    expect((await counted.latestEntry("late"))?.id).toBe("late");
  });

  it("lists what Python has written since", async () => {
    expect(await collect(provider.listEntries())).toEqual([]);
    await pythonEntry("late", "late");
    expect((await collect(provider.listEntries())).map(({ id }) => id)).toEqual(["late"]);
  });

  it("does not give what was deleted or renamed behind its back", async () => {
    const first = await put("d", "/1.tar");
    const second = await put("d", "/2.tar");
    const third = await put("d", "/3.tar");
    await client.del(`LocalDatasetEntry:${third.id}`);
    await pythonEntry(second.id, "renamed");
    expect((await provider.latestEntry("d"))?.id).toBe(first.id);
    expect((await collect(provider.listEntries({ name: "d" }))).map(({ id }) => id)).toEqual([first.id]);
    expect((await provider.latestEntry("renamed"))?.id).toBe(second.id);
    expect((await collect(provider.listEntries())).map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it("follows labels that Python moves, and says no time of theirs", async () => {
    await provider.putLabel({ name: "d", version: "", id: "one" });
    await provider.putLabel({ name: "d", version: "1.0.0", id: "one" });
    await pythonLabel("d", "", "two");
    expect(await provider.getLabel("d", "")).toMatchObject({ id: "two", createdAt: undefined });
    expect(await provider.latestLabel("d")).toMatchObject({ id: "two", version: "" });
    await provider.putLabel({ name: "d", version: "", id: "three" }, { expect: "two" });
    await pythonLabel("d", "1.0.0", "four");
    expect(await provider.latestLabel("d")).toMatchObject({ id: "three" });
    await adopt(client);
    expect(await provider.latestLabel("d")).toMatchObject({ id: "four", version: "1.0.0", createdAt: undefined });
    expect((await collect(provider.listLabels({ id: "four" }))).map(({ version }) => version)).toEqual(["1.0.0"]);
    expect(await collect(provider.listLabels({ id: "one" }))).toEqual([]);
    await client.del("Label:d@1.0.0");
    expect(await provider.latestLabel("d")).toMatchObject({ id: "three" });
  });

  it("rebuilds its own keys when they are lost", async () => {
    const { id } = await put("d", "/1.tar");
    await provider.putLabel({ name: "d", version: "", id });
    await provider.createSchema({ name: "S", version: "1.0.0", json: {} });
    await client.del(...(await client.keys("atdata:*")));
    expect((await provider.latestEntry("d"))?.id).toBe(id);
    expect(await collect(provider.listLabels({ id }))).toHaveLength(1);
    expect(await collect(provider.listSchemas())).toHaveLength(1);
  });

  it("knows old schemas, of a module and a class, by their class", async () => {
    const json = { name: "Point", version: "1.0.0" };
    await client.set("LocalSchema:my.module.Point@1.0.0", JSON.stringify(json));
    const found = { name: "Point", version: "1.0.0", json, ref: "atdata://local/schema/Point@1.0.0" };
    expect(await provider.getSchema("Point", "1.0.0")).toEqual(found);
    expect(await collect(provider.listSchemas())).toEqual([found]);
    expect(await collect(provider.listSchemas({ name: "Point" }))).toEqual([found]);
    await client.set("LocalSchema:Point@1.0.0", JSON.stringify({ ...json, newer: true }));
    await adopt(client);
    expect(await collect(provider.listSchemas())).toEqual([{ ...found, json: { ...json, newer: true } }]);
    expect(await provider.createSchema({ name: "Point", version: "1.0.0", json: {} })).toMatchObject({
      created: false,
    });
  });

  it("keeps a name with dots that a schema has itself", async () => {
    const json = { name: "a.B" };
    await provider.createSchema({ name: "a.B", version: "1.0.0", json });
    expect((await collect(provider.listSchemas({ name: "a.B" })))[0]?.ref).toBe("atdata://local/schema/a.B@1.0.0");
    expect(await collect(provider.listSchemas({ name: "B" }))).toEqual([]);
  });

  it("leaves keys of others alone that look like Python's", async () => {
    await client.set("Label:x", "text");
    await client.lpush("LocalDatasetEntry:list", "1");
    await client.hset("Label:hash@", { other: 1 });
    await client.set("LocalSchema:none", "{}");
    expect(await collect(provider.listEntries())).toEqual([]);
    expect(await collect(provider.listLabels())).toEqual([]);
    expect(await collect(provider.listSchemas())).toEqual([]);
    expect(await client.keys("atdata:*")).toEqual([]);
  });
});

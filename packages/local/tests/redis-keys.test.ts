import type { IndexProvider } from "@atdata/core";
import { redisIndex } from "@atdata/local/redis";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { collect } from "./collect.ts";
import { redisForTests } from "./redis-database.ts";

const redis = await redisForTests();
afterAll(() => redis.stop());

const ID = "bafyreifo4ccqom4fdklmsq56lkcjbsjxwirl7lqqlii5q432pnel4kxhxe";
const ENTRY = { name: "grüße", schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a/b.tar"] };

describe.skipIf(redis.missing)(`what a Redis index writes${redis.missing ?? ""}`, () => {
  let client: Redis;
  let provider: IndexProvider;
  beforeEach(async () => {
    client = new Redis(await redis.emptyDatabase());
    provider = redisIndex(client);
  });
  afterEach(() => client.disconnect());

  const hash = async (key: string): Promise<Record<string, string>> => {
    const fields = await client.hgetallBuffer(key);
    return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value.toString("hex")]));
  };
  const pythonKeys = async (): Promise<string[]> =>
    (await client.keys("*")).filter((key) => !key.startsWith("atdata:")).sort();
  const hex = (text: string): string => Buffer.from(text).toString("hex");

  it("is an entry's hash as Python writes it, and when it was put", async () => {
    await provider.putEntry({ ...ENTRY, metadata: { n: 1, x: 1.5, raw: Uint8Array.of(0, 255) } });
    expect(await pythonKeys()).toEqual([`LocalDatasetEntry:${ID}`]);
    const { created_at: createdAt, ...fields } = await hash(`LocalDatasetEntry:${ID}`);
    expect(fields).toEqual({
      name: hex("grüße"),
      schema_ref: hex("atdata://local/schema/S@1.0.0"),
      cid: hex(ID),
      data_urls: "91a82f612f622e746172",
      metadata: "83a16e01a178cb3ff8000000000000a3726177c40200ff",
    });
    expect(createdAt).toMatch(/^(3\d){16}$/);
  });

  it("has no metadata where there is none, also after there was some", async () => {
    await provider.putEntry({ ...ENTRY, metadata: { n: 1 } });
    await client.hset(`LocalDatasetEntry:${ID}`, "legacy_uuid", "u");
    await provider.putEntry(ENTRY);
    expect(Object.keys(await hash(`LocalDatasetEntry:${ID}`)).sort()).toEqual([
      "cid",
      "created_at",
      "data_urls",
      "legacy_uuid",
      "name",
      "schema_ref",
    ]);
  });

  it("is JSON text in ASCII for schemas and lenses", async () => {
    await provider.createSchema({ name: "S", version: "1.0.0", json: { name: "S", description: "é" } });
    await provider.createLens({ name: "l", version: "1.0.0", json: { name: "l" } });
    expect(await pythonKeys()).toEqual(["LocalLens:l@1.0.0", "LocalSchema:S@1.0.0"]);
    expect(await client.get("LocalSchema:S@1.0.0")).toBe('{"name":"S","description":"\\u00e9"}');
    expect(await client.get("LocalLens:l@1.0.0")).toBe('{"name":"l"}');
  });

  it("is a label's hash as Python writes it, and when and for which entry it was put", async () => {
    await provider.putLabel({ name: "d", version: "", id: ID });
    await provider.putLabel({ name: "d", version: "1.0.0", id: ID, description: "first" });
    expect(await pythonKeys()).toEqual(["Label:d@", "Label:d@1.0.0"]);
    const { created_at: _, ...plain } = await hash("Label:d@");
    expect(plain).toEqual({ cid: hex(ID), name: hex("d"), version: "", created_for: hex(ID) });
    expect(await hash("Label:d@1.0.0")).toMatchObject({ version: hex("1.0.0"), description: hex("first") });
  });

  it("leads to each key by sets, of which nothing is left once all is deleted", async () => {
    await provider.putEntry(ENTRY);
    await provider.putLabel({ name: "d", version: "", id: ID });
    const sets = ["entries", `entries:${ENTRY.name}`, "labels", "labels:d", `labels-of:${ID}`];
    expect((await client.keys("atdata:*")).sort()).toEqual(sets.map((set) => `atdata:${set}`).sort());
    await provider.deleteEntry(ID);
    await provider.deleteLabel("d", "");
    expect(await client.keys("*")).toEqual([]);
  });

  it("keeps what metadata can hold", async () => {
    const metadata = {
      nan: Number.NaN,
      big: 2 ** 53 - 1,
      small: 1 - 2 ** 53,
      inf: -Infinity,
      raw: Uint8Array.of(0, 10, 255),
      é: [null, true],
    };
    const entry = { ...ENTRY, name: "n".repeat(100_000), metadata };
    const held = await provider.putEntry(entry);
    expect(held).toMatchObject(entry);
    expect(await provider.latestEntry(entry.name)).toEqual(held);
  });

  it("refuses a label whose key belongs to another name", async () => {
    await provider.putLabel({ name: "a@b", version: "", id: ID });
    await expect(provider.putLabel({ name: "a", version: "b@", id: "other" })).rejects.toMatchObject({
      code: "INDEX_FAILED",
    });
    expect(await provider.getLabel("a", "b@")).toBeUndefined();
    expect(await provider.deleteLabel("a", "b@")).toBe(false);
    expect((await provider.getLabel("a@b", ""))?.id).toBe(ID);
  });

  it("comes last when it is put last, though the clock was ahead before", async () => {
    const first = await provider.putEntry(ENTRY);
    await provider.putLabel({ name: "d", version: "1.0.0", id: "first" });
    const ahead = String((Date.now() + 3_600_000) * 1000);
    for (const set of ["entries", `entries:${ENTRY.name}`]) await client.zadd(`atdata:${set}`, ahead, first.id);
    for (const set of ["labels", "labels:d"]) await client.zadd(`atdata:${set}`, ahead, "d@1.0.0");
    const second = await provider.putEntry({ ...ENTRY, dataUrls: ["/other.tar"] });
    await provider.putLabel({ name: "d", version: "2.0.0", id: "second" });
    expect((await provider.latestEntry(ENTRY.name))?.id).toBe(second.id);
    expect((await provider.latestLabel("d"))?.id).toBe("second");
  });

  it("is put in one order by many connections at once, and one of a hundred creates a schema", async () => {
    const clients = Array.from({ length: 10 }, () => client.duplicate());
    const providers = clients.map((one) => redisIndex(one));
    const racers = Array.from({ length: 100 }, (_, i) => i);
    const created = await Promise.all(
      racers.map((i) => providers[i % 10]?.createSchema({ name: "S", version: "1.0.0", json: { winner: i } })),
    );
    expect(created.filter((one) => one?.created)).toHaveLength(1);
    const winner = created.find((one) => one?.created)?.held.json;
    expect(created.every((one) => JSON.stringify(one?.held.json) === JSON.stringify(winner))).toBe(true);
    const moved = await Promise.all(
      racers.map((i) => providers[i % 10]?.putLabel({ name: "d", version: "", id: `id-${i}` }, { expect: null })),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
    await Promise.all(racers.map((i) => providers[i % 10]?.putEntry({ ...ENTRY, dataUrls: [`/${i}.tar`] })));
    const listed = await collect(provider.listEntries());
    expect(listed).toHaveLength(100);
    const scores = await Promise.all(listed.map(({ id }) => client.zscore("atdata:entries", id)));
    expect(new Set(scores).size).toBe(100);
    for (const one of clients) one.disconnect();
  });

  it("lists thousands in the order of putting, large ones too", async () => {
    const names = Array.from({ length: 2500 }, (_, i) => `d${i}`);
    await Promise.all(
      names.map((name, i) =>
        provider.putEntry({
          ...ENTRY,
          name,
          dataUrls: [name],
          metadata: i % 500 === 0 ? { raw: new Uint8Array(3e6) } : {},
        }),
      ),
    );
    expect((await collect(provider.listEntries())).map(({ name }) => name)).toEqual(names);
  });
});

import type { IndexProvider, NewEntry } from "@atdata/core";
import { startPostgres, startRedis } from "@atdata/local/services";
import { Redis } from "ioredis";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { faultyTcp } from "../src/faulty-tcp.ts";
import { openProvider } from "../src/open-provider.ts";
import { workEntry } from "../src/put-work.ts";
import { seededRandom } from "../src/random.ts";
import { failureOf, SENTINEL } from "../src/secrets.ts";
import { startForTests } from "../src/start-for-tests.ts";

const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000);
const BREAKS = Math.max(40, Math.round(Number(process.env.ATDATA_FUZZ ?? 0) / 500));
const schema = (n: number): { name: string; version: string; json: unknown } => {
  return { name: "S", version: `1.0.${n}`, json: { n, text: "x".repeat(n * 10) } };
};
/** An entry large enough that a request for it can be cut anywhere. */
const entryOf = (n: number): NewEntry => workEntry(1, n * 8);

async function startWithPassword(): Promise<Awaited<ReturnType<typeof startRedis>>> {
  const service = await startRedis({ config: { requirepass: SENTINEL } });
  return { ...service, url: withPassword(service.url, "") };
}

/** Postgres lets everybody in who is at this machine, so that only the user of the url must be right. */
function withPassword(url: string, username: string): string {
  return Object.assign(new URL(url), { username, password: SENTINEL }).href;
}

/** Tells what Redis or Postgres itself holds, as text. */
const dumps = {
  async Redis(url: string): Promise<string> {
    const client = new Redis(url);
    const keys = await client.keys("*");
    const dumped = await Promise.all(keys.map(async (key) => (await client.dumpBuffer(key))?.toString("latin1")));
    // As many entries are named as there are.
    expect(await client.zcard("atdata:entries")).toBe(
      keys.filter((key) => key.startsWith("LocalDatasetEntry:")).length,
    );
    expect(await client.zcard("atdata:labels")).toBe(keys.filter((key) => key.startsWith("Label:")).length);
    client.disconnect();
    return keys.join() + dumped.join();
  },
  async Postgres(url: string): Promise<string> {
    const client = new Client(url);
    await client.connect();
    const tables = ["dataset_entries", "schemas", "lenses", "labels"];
    const rows: unknown[] = [];
    for (const table of tables) rows.push((await client.query(`SELECT t::text FROM ${table} t`)).rows);
    await client.end();
    return JSON.stringify(rows);
  },
};

describe.each([
  ["Redis", startWithPassword, ""],
  ["Postgres", startPostgres, "postgres"],
] as const)("an index in %s", (name, start, username) => {
  it(`is whole after connections that break within commands, and goes on after each (seed ${seed})`, {
    timeout: 300_000,
  }, async (context) => {
    const started = await startForTests(start);
    if (typeof started === "string") return context.skip(started);
    await using service = started;
    await using proxy = await faultyTcp(Number(new URL(service.url).port));
    const direct = withPassword(service.url, username);
    const url = Object.assign(new URL(direct), { port: String(proxy.port) }).href;
    const random = seededRandom(seed);
    await using provider = await openProvider(url);
    await using truth = await openProvider(direct);
    const done = { entry: new Set<string>(), schema: new Set<number>(), label: -1 };

    /** What is done in step `n`, each noting what it was told to be written. */
    const calls: readonly ((provider: IndexProvider, n: number) => Promise<unknown>)[] = [
      async (via, n) => done.entry.add((await via.putEntry(entryOf(n))).id),
      async (via, n) => done.schema.add((await via.createSchema(schema(n))) && n),
      async (via, n) => {
        const [id = "x"] = done.entry;
        if (await via.putLabel({ name: "l", version: "", id, description: String(n) })) done.label = n;
      },
      (via) => via.latestEntry("w1"),
      (via) => collect(via.listEntries()),
      (via) => collect(via.listLabels({ name: "l" })),
    ];
    for (const call of calls) await call(provider, 0);
    let failed = 0;
    for (let n = 1; n <= BREAKS; n++) {
      const call = calls[n % calls.length] as (typeof calls)[number];
      const side = random(2) === 0 ? "request" : "answer";
      proxy.set({ side, breakAfter: random(random(2) === 0 ? 150 : 2000) });
      const failures: (string | undefined)[] = [(await failureOf(call(provider, n)))?.code];
      proxy.set("none");
      // A connection that broke right after its answer fails the next call instead; the one after has a new one.
      failures.push((await failureOf(call(provider, n)))?.code);
      if (failures[1] !== undefined) failures.push((await failureOf(call(provider, n)))?.code);
      const [code, ...more] = failures.filter((each) => each !== undefined);
      expect({ n, more, last: failures.at(-1) }).toEqual({ n, more: [], last: undefined });
      expect([undefined, "INDEX_UNAVAILABLE", "INDEX_FAILED"]).toContain(code);
      failed += code === undefined ? 0 : 1;
    }
    expect(proxy.broken).toBeGreaterThan(BREAKS / 4);
    expect(failed).toBeGreaterThan(BREAKS / 8);

    const wanted = new Map(
      Array.from({ length: BREAKS + 1 }, (_, n) => [JSON.stringify(entryOf(n).dataUrls), entryOf(n)]),
    );
    const held = new Set<string>();
    for await (const { id, createdAt, ...entry } of truth.listEntries()) {
      held.add(id);
      expect(entry).toEqual(wanted.get(JSON.stringify(entry.dataUrls)));
    }
    for (const id of done.entry) expect(held.has(id)).toBe(true);
    for (const n of done.schema) expect((await truth.getSchema("S", `1.0.${n}`))?.json).toEqual(schema(n).json);
    for await (const each of truth.listSchemas()) {
      expect(each.json).toEqual(schema(Number(each.version.slice("1.0.".length))).json);
    }
    expect((await truth.getLabel("l", ""))?.description).toBe(String(done.label));
    expect(await dumps[name](direct)).not.toContain(SENTINEL);
  });

  it("is read and written through a slow connection, and is unavailable without one", async (context) => {
    const started = await startForTests(start);
    if (typeof started === "string") return context.skip(started);
    await using service = started;
    await using proxy = await faultyTcp(Number(new URL(service.url).port));
    const url = Object.assign(new URL(withPassword(service.url, username)), { port: String(proxy.port) }).href;
    await using provider = await openProvider(url);
    proxy.set({ every: 40, ms: 1 });
    const { id } = await provider.putEntry(entryOf(2));
    expect((await provider.latestEntry("w1"))?.metadata).toEqual(entryOf(2).metadata);
    proxy.set({ side: "request", breakAfter: 0 });
    await failureOf(provider.getEntry(id));
    proxy.set("refuse");
    for (const call of [provider.getEntry(id), provider.putEntry(entryOf(3)), collect(provider.listLabels())]) {
      expect(await failureOf(call)).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    }
    expect(await failureOf(openProvider(url))).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    proxy.set("none");
    await expect.poll(() => failureOf(provider.getEntry(id)), { timeout: 20_000 }).toBeUndefined();
  });
});

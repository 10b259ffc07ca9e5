import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { diagnoseDisk } from "@atdata/local/disk";
import { connectPostgres, diagnosePostgres } from "@atdata/local/postgres";
import { type Diagnosis, diagnoseRedis } from "@atdata/local/redis";
import { startRedis } from "@atdata/local/services";
import { diagnoseSqlite, sqliteIndex } from "@atdata/local/sqlite";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "./collect.ts";
import { givenService } from "./given-service.ts";
import { postgresForTests } from "./postgres-schema.ts";

const SECRET = "s3ntinel-secret";
const ENTRY = { name: "d", schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a.tar"] };

function found({ findings }: Diagnosis): string[] {
  return findings.map(({ level, code }) => `${level} ${code}`);
}

const redis = await givenService("ATDATA_TEST_REDIS_URL", startRedis);
afterAll(() => redis.stop());

describe.skipIf(redis.missing)(`a Redis${redis.missing ?? ""}`, () => {
  it("that is fit is told from one that is not, and nothing is left in it", async () => {
    await using fit = await startRedis({ config: { appendonly: "yes" } });
    const diagnosis = await diagnoseRedis(fit.url);
    expect(diagnosis).toMatchObject({ where: fit.url, findings: [] });
    expect(diagnosis.server).toMatch(/^redis \d+\.\d+\.\d+$/);
    expect(diagnosis.latencyMs).toBeGreaterThan(0);
    expect(Math.abs(diagnosis.clockMs as number)).toBeLessThan(5000);
    const client = new Redis(fit.url);
    expect(await client.dbsize()).toBe(0);
    client.disconnect();

    await using unfit = await startRedis({ config: { maxmemory: "50mb", "maxmemory-policy": "allkeys-lru" } });
    expect(found(await diagnoseRedis(unfit.url))).toEqual(["broken REDIS_EVICTS", "warning REDIS_NOT_SAVED"]);
  });

  it("is searched for what Python has written", async () => {
    await using service = await startRedis({ config: { appendonly: "yes" } });
    const client = new Redis(service.url);
    await client.hset("LocalDatasetEntry:x", { name: "d", schema_ref: "s", cid: "x", data_urls: "\x90" });
    expect((await diagnoseRedis(service.url)).findings).toEqual([
      { level: "note", code: "REDIS_ADOPTED", what: "Python atdata has written 1 more, found by name from now on" },
    ]);
    expect(await client.zcard("atdata:entries")).toBe(1);
    expect(found(await diagnoseRedis(service.url))).toEqual([]);
    client.disconnect();
  });

  it("that is a replica, or full, says so", async () => {
    await using primary = await startRedis({ config: { appendonly: "yes" } });
    const replicaof = `127.0.0.1 ${new URL(primary.url).port}`;
    await using replica = await startRedis({ config: { replicaof, appendonly: "yes" } });
    expect(found(await diagnoseRedis(replica.url))).toEqual(["warning REDIS_REPLICA"]);

    await using full = await startRedis({ config: { maxmemory: "1", appendonly: "yes" } });
    expect(found(await diagnoseRedis(full.url))).toEqual(["broken INDEX_FAILED"]);
  });

  it("that is guarded says what its user may not do", async () => {
    await using guarded = await startRedis({ config: { appendonly: "yes" } });
    const admin = new Redis(guarded.url);
    await admin.call("ACL", "SETUSER", "reader", "on", `>${SECRET}`, "~*", "+@read", "+@connection", "+time");
    admin.disconnect();
    const url = new URL(guarded.url);
    [url.username, url.password] = ["reader", SECRET];
    const diagnosis = await diagnoseRedis(url.href);
    expect(found(diagnosis)).toEqual(["note SETTINGS_UNKNOWN", "broken INDEX_FAILED"]);
    expect(JSON.stringify(diagnosis)).not.toContain(SECRET);
  });

  it("that is stopped, or lets nobody in, is broken", async () => {
    const service = await startRedis({ config: { requirepass: SECRET } });
    expect(found(await diagnoseRedis(service.url))).toEqual(["broken INDEX_UNAVAILABLE"]);
    await service.stop();
    const url = new URL(service.url);
    url.password = SECRET;
    const diagnosis = await diagnoseRedis(url.href);
    expect(diagnosis).toMatchObject({ where: service.url, findings: [{ what: "redis cannot be reached" }] });
    expect(JSON.stringify(diagnosis)).not.toContain(SECRET);
  });
});

const postgres = await postgresForTests();
afterAll(() => postgres.stop());

describe.skipIf(postgres.missing)(`a Postgres${postgres.missing ?? ""}`, () => {
  /** The findings, without that about a server for tests. */
  const foundAt = async (url: string, options = ""): Promise<string[]> => {
    const target = new URL(url);
    target.searchParams.set("options", `${target.searchParams.get("options") ?? ""} ${options}`.trim());
    const diagnosis = await diagnosePostgres(target.href);
    expect(JSON.stringify(diagnosis)).not.toContain(SECRET);
    return found(diagnosis).filter((code) => code !== "warning POSTGRES_FSYNC_OFF");
  };

  it("tells its settings, its tables and what a user may do", async () => {
    const { url, name, drop } = await postgres.emptySchema();
    const client = new pg.Client(url);
    await client.connect();
    const user = `reader_${name}`;
    try {
      expect(await foundAt(url)).toEqual(["note INDEX_NEW"]);
      const provider = await connectPostgres(url);
      await provider.putEntry(ENTRY);
      await provider[Symbol.asyncDispose]();
      expect(await foundAt(url)).toEqual([]);
      const settings = "-c synchronous_commit=off -c default_transaction_read_only=on";
      expect(await foundAt(url, settings)).toEqual(["warning POSTGRES_ASYNC_COMMIT", "warning POSTGRES_READ_ONLY"]);
      await client.query("ALTER TABLE labels SET UNLOGGED");
      expect(await foundAt(url)).toEqual(["broken POSTGRES_UNLOGGED"]);
      await client.query("ALTER TABLE labels SET LOGGED");

      await client.query(`CREATE ROLE ${user} LOGIN PASSWORD '${SECRET}'; GRANT USAGE ON SCHEMA ${name} TO ${user}`);
      const reader = new URL(url);
      [reader.username, reader.password] = [user, SECRET];
      expect(await foundAt(reader.href)).toEqual(["broken POSTGRES_PRIVILEGES"]);
      await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${name} TO ${user}`);
      expect(await foundAt(reader.href)).toEqual(["warning POSTGRES_PRIVILEGES"]);
    } finally {
      await client.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`).catch(() => {});
      await client.end();
      await drop();
    }
  });

  it("answers with its version, its time and how long it takes", async () => {
    const diagnosis = await diagnosePostgres(postgres.url);
    expect(diagnosis.server).toMatch(/^postgres \d+\.\d+$/);
    expect(diagnosis.latencyMs).toBeGreaterThan(0);
    expect(Math.abs(diagnosis.clockMs as number)).toBeLessThan(5000);
  });

  it("that is not there, or has no such database, is broken", async () => {
    const gone = await diagnosePostgres(`postgres://me:${SECRET}@127.0.0.1:1/x`);
    expect(gone).toMatchObject({ where: "postgres://127.0.0.1:1", findings: [{ code: "INDEX_UNAVAILABLE" }] });
    expect(JSON.stringify(gone)).not.toContain(SECRET);
    const url = new URL(postgres.url);
    url.pathname = "/no_such_database";
    expect((await diagnosePostgres(url.href)).findings[0]?.what).toBe("postgres has no such database");
  });
});

describe("files", () => {
  const home = mkdtempSync(join(tmpdir(), "atdata-diagnose-"));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("an index in SQLite is whole, damaged, or not there yet; looking makes no file", async () => {
    const path = join(home, "index.db");
    expect(found(await diagnoseSqlite(path))).toEqual(["note INDEX_NEW"]);
    expect(readdirSync(home)).toEqual([]);
    await using provider = sqliteIndex(path);
    for (let i = 0; i < 200; i++) await provider.putEntry({ ...ENTRY, dataUrls: [`/${i}.tar`] });
    await provider[Symbol.asyncDispose]();
    const diagnosis = await diagnoseSqlite(path);
    expect(diagnosis).toMatchObject({ where: path, findings: [] });
    expect(diagnosis.server).toMatch(/^sqlite 3\./);
    await using again = sqliteIndex(path);
    expect(await collect(again.listEntries())).toHaveLength(200);
    await again[Symbol.asyncDispose]();

    const bytes = readFileSync(path);
    // All of a page but its header: one of the tree that leads to the ids.
    bytes.fill(7, 4096 * 3 + 8, 4096 * 4);
    writeFileSync(path, bytes);
    expect(found(await diagnoseSqlite(path))).toEqual(["broken INDEX_CORRUPT"]);
    writeFileSync(path, "no database".repeat(500));
    expect(found(await diagnoseSqlite(path))).toEqual(["broken INDEX_CORRUPT"]);
  });

  it("a database of something else is no index, and one without tables is new", async () => {
    const path = join(home, "other.db");
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE moz_places (id INTEGER); PRAGMA user_version = 1");
    const [finding, ...none] = (await diagnoseSqlite(path)).findings;
    expect(finding).toEqual({
      level: "broken",
      code: "INDEX_CORRUPT",
      what: "the database is of something else",
      advice: "give the index a file of its own",
    });
    expect(none).toEqual([]);
    other.exec("DROP TABLE moz_places");
    other.close();
    expect(found(await diagnoseSqlite(path))).toEqual(["note INDEX_NEW"]);
  });

  it("a folder for shards is there, not there yet, or a file, and nothing is left in it", async () => {
    const data = join(home, "data");
    expect(found(await diagnoseDisk(data))).toEqual(["note STORE_NEW"]);
    const there = mkdtempSync(join(home, "store-"));
    const diagnosis = await diagnoseDisk(there);
    expect(diagnosis).toMatchObject({ where: there, findings: [] });
    expect(diagnosis.latencyMs).toBeGreaterThan(0);
    expect(readdirSync(there)).toEqual([]);
    writeFileSync(data, "");
    expect(found(await diagnoseDisk(data))).toEqual(["broken NOT_A_FOLDER"]);
  });
});

import { inspect } from "node:util";
import { connectPostgres, postgresIndex } from "@atdata/local/postgres";
import { startPostgres } from "@atdata/local/services";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "./collect.ts";
import { postgresForTests } from "./postgres-schema.ts";

const postgres = await postgresForTests();
afterAll(() => postgres.stop());

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

/** Runs `use` with the url of an empty schema and a client of it. */
async function inSchema(use: (url: string, client: pg.Client, name: string) => Promise<void>): Promise<void> {
  const { url, name, drop } = await postgres.emptySchema();
  const client = new pg.Client(url);
  await client.connect();
  try {
    await use(url, client, name);
  } finally {
    await client.end();
    await drop();
  }
}

describe.skipIf(postgres.missing)(`a Postgres index${postgres.missing ?? ""}`, () => {
  it("says which row cannot be read", () =>
    inSchema(async (url, client) => {
      await using provider = await connectPostgres(url);
      const { id } = await provider.putEntry(ENTRY);
      await provider.createSchema({ name: "S", version: "1.0.0", json: {} });
      await client.query("UPDATE dataset_entries SET data_urls = '\\xc1'");
      await client.query("UPDATE schemas SET schema_json = '{'");
      const entry = await failureOf(provider.getEntry(id));
      expect(entry).toMatchObject({ code: "INDEX_CORRUPT" });
      expect(entry.message).toContain(
        `data_urls is not msgpack; index=${new URL(url).protocol}//${new URL(url).host}; key=dataset_entries ${id}`,
      );
      expect((await failureOf(collect(provider.listEntries()))).code).toBe("INDEX_CORRUPT");
      expect((await failureOf(provider.getSchema("S", "1.0.0"))).message).toContain("key=schemas S@1.0.0");
    }));

  it("leaves tables of others alone that have its names", () =>
    inSchema(async (url, client) => {
      await client.query("CREATE TABLE labels (title TEXT)");
      await using provider = await connectPostgres(url);
      const error = await failureOf(provider.latestLabel("d"));
      expect(error).toMatchObject({ code: "INDEX_CORRUPT" });
      expect(error.message).toContain("the tables are not those of an index");
    }));

  it("reads where it may only read, and says why it cannot write", () =>
    inSchema(async (url, client, name) => {
      await using owner = await connectPostgres(url);
      await owner.putEntry(ENTRY);
      const readOnly = new URL(url);
      readOnly.searchParams.set("options", `-c search_path=${name} -c default_transaction_read_only=on`);
      await using reader = await connectPostgres(readOnly.href);
      expect((await reader.latestEntry("d"))?.name).toBe("d");
      const error = await failureOf(reader.putEntry(ENTRY));
      expect(error).toMatchObject({ code: "INDEX_FAILED" });
      expect(error.message).toContain("this postgres may only be read");

      const role = `reader_${name}`;
      await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${SECRET}'`);
      await client.query(
        `GRANT USAGE ON SCHEMA ${name} TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA ${name} TO ${role}`,
      );
      const asRole = new URL(url);
      [asRole.username, asRole.password] = [role, SECRET];
      await using weak = await connectPostgres(asRole.href);
      expect((await weak.latestEntry("d"))?.name).toBe("d");
      expect((await failureOf(weak.putEntry(ENTRY))).message).toContain("the postgres user lacks a permission");
      await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }));

  it("ends with the signal's reason while Postgres does not answer", async () => {
    const provider = postgresIndex({ query: () => new Promise(() => {}) });
    const options = { signal: AbortSignal.timeout(20) };
    for (const work of [
      provider.getEntry("x", options),
      provider.putEntry(ENTRY, options),
      collect(provider.listLabels(options)),
    ]) {
      await expect(work).rejects.toThrow(expect.objectContaining({ name: "TimeoutError" }));
    }
  });

  it("is told of a database or user that is not there", async () => {
    const url = new URL(postgres.url);
    url.password = SECRET;
    url.pathname = "/no_such_database";
    const database = await failureOf(connectPostgres(url.href));
    expect(database).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    expect(database.message).toContain(`postgres has no such database; index=postgres://${url.host}; try: create it`);
    url.username = "nobody_of_that_name";
    expect(await failureOf(connectPostgres(url.href))).toMatchObject({ code: "INDEX_UNAVAILABLE" });
  });

  it("tells nothing of a url that cannot be parsed", async () => {
    for (const url of [`postgres://user:${SECRET}/@127.0.0.1:1/x`, `postgres://user:${SECRET}@[/x`]) {
      expect(await failureOf(connectPostgres(url))).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    }
  });
});

describe.skipIf(postgres.missing)(`a Postgres that goes away${postgres.missing ?? ""}`, () => {
  it("is unavailable, and ends nobody", async () => {
    const service = await startPostgres();
    await using provider = await connectPostgres(service.url);
    await provider.putEntry(ENTRY);
    await service.stop();
    for (const work of [
      () => provider.latestEntry("d"),
      () => provider.putEntry(ENTRY),
      () => connectPostgres(service.url),
    ]) {
      const error = await failureOf(work());
      expect(error).toMatchObject({ code: "INDEX_UNAVAILABLE" });
      expect(error.message).toContain(new URL(service.url).host);
    }
  });
});

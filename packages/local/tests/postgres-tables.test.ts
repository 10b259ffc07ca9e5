import { DatabaseSync } from "node:sqlite";
import type { IndexProvider } from "@atdata/core";
import { postgresIndex } from "@atdata/local/postgres";
import type pg from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { collect } from "./collect.ts";
import { poolOf, postgresForTests } from "./postgres-schema.ts";

const postgres = await postgresForTests();
afterAll(() => postgres.stop());

const ID = "bafyreifo4ccqom4fdklmsq56lkcjbsjxwirl7lqqlii5q432pnel4kxhxe";
const ENTRY = { name: "grüße", schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a/b.tar"] };

describe.skipIf(postgres.missing)(`a Postgres index${postgres.missing ?? ""}`, () => {
  let schema: Awaited<ReturnType<typeof postgres.emptySchema>>;
  let pool: pg.Pool;
  let provider: IndexProvider;
  beforeEach(async () => {
    schema = await postgres.emptySchema();
    pool = poolOf(schema.url);
    provider = postgresIndex(pool);
  });
  afterEach(async () => {
    await pool.end();
    await schema.drop();
  });
  const rows = async (text: string, values: unknown[] = []): Promise<unknown[]> =>
    (await pool.query(text, values)).rows;

  it("makes Python's four tables and two indexes, and nothing else", async () => {
    await provider.getEntry("none");
    const columns = await pool.query(
      `SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' NN' ELSE '' END
         || coalesce(' = ' || column_default, '') AS line
       FROM information_schema.columns WHERE table_schema = $1 ORDER BY table_name, ordinal_position`,
      [schema.name],
    );
    expect(columns.rows.map(({ line }) => line)).toEqual([
      "dataset_entries.cid text NN",
      "dataset_entries.name text NN",
      "dataset_entries.schema_ref text NN",
      "dataset_entries.data_urls bytea NN",
      "dataset_entries.metadata bytea",
      "dataset_entries.legacy_uuid text",
      "dataset_entries.created_at timestamp with time zone = now()",
      "labels.name text NN",
      "labels.cid text NN",
      "labels.version text NN = ''::text",
      "labels.description text",
      "labels.created_at timestamp with time zone = now()",
      "lenses.name text NN",
      "lenses.version text NN",
      "lenses.lens_json text NN",
      "lenses.created_at timestamp with time zone = now()",
      "schemas.name text NN",
      "schemas.version text NN",
      "schemas.schema_json text NN",
      "schemas.created_at timestamp with time zone = now()",
    ]);
    const indexes = await pool.query(
      `SELECT indexname || ' ' || substring(indexdef from '\\(.*') AS line FROM pg_indexes WHERE schemaname = $1 ORDER BY 1`,
      [schema.name],
    );
    expect(indexes.rows.map(({ line }) => line)).toEqual([
      "dataset_entries_pkey (cid)",
      "idx_entries_name (name)",
      "idx_labels_cid (cid)",
      "labels_pkey (name, version)",
      "lenses_pkey (name, version)",
      "schemas_pkey (name, version)",
    ]);
  });

  it("writes rows as Python does", async () => {
    await provider.putEntry({ ...ENTRY, metadata: { n: 1, x: 1.5, raw: Uint8Array.of(0, 255) } });
    await provider.createSchema({ name: "S", version: "1.0.0", json: { name: "S", description: "é" } });
    await provider.createLens({ name: "l", version: "1.0.0", json: { name: "l" } });
    await provider.putLabel({ name: "d", version: "", id: ID });
    const entry = {
      cid: ID,
      name: "grüße",
      schema_ref: "atdata://local/schema/S@1.0.0",
      data_urls: Buffer.from("91a82f612f622e746172", "hex"),
      metadata: Buffer.from("83a16e01a178cb3ff8000000000000a3726177c40200ff", "hex"),
      legacy_uuid: null,
      created_at: expect.any(Date),
    };
    expect(await rows("SELECT * FROM dataset_entries")).toEqual([entry]);
    await provider.putEntry(ENTRY);
    expect(await rows("SELECT metadata FROM dataset_entries")).toEqual([{ metadata: null }]);
    expect(await rows("SELECT name, version, schema_json FROM schemas")).toEqual([
      { name: "S", version: "1.0.0", schema_json: '{"name":"S","description":"\\u00e9"}' },
    ]);
    expect(await rows("SELECT name, version, lens_json FROM lenses")).toEqual([
      { name: "l", version: "1.0.0", lens_json: '{"name":"l"}' },
    ]);
    expect(await rows("SELECT name, cid, version, description FROM labels")).toEqual([
      { name: "d", cid: ID, version: "", description: null },
    ]);
  });

  it("keeps what metadata can hold, and long names", async () => {
    const metadata = {
      nan: Number.NaN,
      big: 2 ** 53 - 1,
      small: 1 - 2 ** 53,
      inf: -Infinity,
      raw: Uint8Array.of(0, 10, 255),
      é: [null, true],
    };
    const entry = { ...ENTRY, name: "数据 💾 ' \" \\ % _ ".repeat(20), metadata };
    const held = await provider.putEntry(entry);
    expect(held).toMatchObject(entry);
    expect(await provider.latestEntry(entry.name)).toEqual(held);
  });

  it("opens what Python wrote", async () => {
    await provider.getEntry("none");
    const file = new DatabaseSync(new URL("../../../fixtures/python/index.db?immutable=1", import.meta.url), {
      readOnly: true,
    });
    for (const table of ["dataset_entries", "schemas", "lenses", "labels"]) {
      for (const row of file.prepare(`SELECT * FROM ${table}`).all()) {
        const columns = Object.keys(row);
        const values = Object.values(row).map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
        const places = columns.map((column, at) =>
          column === "created_at" ? `$${at + 1}::timestamp AT TIME ZONE 'UTC'` : `$${at + 1}`,
        );
        await pool.query(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places.join(", ")})`, values);
      }
    }
    const shard = "/data/atdata/basic/data--0b299b6f--000000.tar";
    const sha256 = "37fd26aff7b461b30785b2626abad0c6c4b4dca8cb57804eed0e375027cc9a34";
    const entry = {
      id: "bafyreifkbkyshrprstm43mvsv7f4svyleje2lk2tcajhunplqgsbphisge",
      name: "basic",
      schemaRef: "atdata://local/schema/Basic@1.0.0",
      dataUrls: [shard],
      metadata: { split: "train", n: 3, checksums: { [shard]: sha256 } },
      createdAt: "2026-11-23T01:28:07.000Z",
    };
    expect(await provider.latestEntry("basic")).toEqual(entry);
    expect(await collect(provider.listEntries())).toEqual([entry]);
    for (const { name, version, json } of await collect(provider.listSchemas())) {
      const [row] = file.prepare("SELECT schema_json FROM schemas WHERE name = ? AND version = ?").all(name, version);
      expect(json).toEqual(JSON.parse(String(row?.schema_json)));
    }
    const count = (table: string): unknown => file.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n;
    expect(await collect(provider.listSchemas())).toHaveLength(Number(count("schemas")));
    expect(await collect(provider.listLenses())).toHaveLength(Number(count("lenses")));
    expect(await collect(provider.listLabels())).toHaveLength(Number(count("labels")));
  });

  it("takes the last of two that Python put at the same time, always the same one", async () => {
    await provider.getEntry("none");
    const insert = "INSERT INTO labels (name, cid, version, created_at) VALUES ('d', $1, $2, '2026-01-01')";
    for (const version of ["1.0.0", "2.0.0", ""]) await pool.query(insert, [`id-${version}`, version]);
    expect((await provider.latestLabel("d"))?.version).toBe("2.0.0");
    await pool.query("UPDATE labels SET description = 'x' WHERE version = '1.0.0'");
    expect((await provider.latestLabel("d"))?.version).toBe("2.0.0");
    await provider.putLabel({ name: "d", version: "1.0.0", id: "moved" });
    expect((await provider.latestLabel("d"))?.id).toBe("moved");
  });

  it("puts last what is put last, though the clock was ahead before", async () => {
    const first = await provider.putEntry(ENTRY);
    await provider.putLabel({ name: "d", version: "1.0.0", id: "first" });
    await pool.query("UPDATE dataset_entries SET created_at = now() + interval '1 hour'");
    await pool.query("UPDATE labels SET created_at = now() + interval '1 hour'");
    const second = await provider.putEntry({ ...ENTRY, dataUrls: ["/other.tar"] });
    await provider.putLabel({ name: "d", version: "2.0.0", id: "second" });
    expect((await provider.latestEntry(ENTRY.name))?.id).toBe(second.id);
    expect((await provider.latestLabel("d"))?.id).toBe("second");
    await provider.putLabel({ name: "d", version: "1.0.0", id: "third" }, { expect: "first" });
    expect((await provider.latestLabel("d"))?.id).toBe("third");
    expect((await collect(provider.listEntries())).map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it("is made by ten at once, and one of a hundred creates a schema", async () => {
    const pools = Array.from({ length: 10 }, () => poolOf(schema.url, { max: 4 }));
    const providers = pools.map((one) => postgresIndex(one));
    const racers = Array.from({ length: 100 }, (_, i) => i);
    const at = (i: number): IndexProvider => providers[i % 10] as IndexProvider;
    const created = await Promise.all(
      racers.map((i) => at(i).createSchema({ name: "S", version: "1.0.0", json: { winner: i } })),
    );
    const winner = created.filter((one) => one.created);
    expect(winner).toHaveLength(1);
    expect(created.every(({ held }) => JSON.stringify(held) === JSON.stringify(winner[0]?.held))).toBe(true);
    const put = (i: number, expected: string | null): Promise<boolean> =>
      at(i).putLabel({ name: "d", version: "", id: `id-${i}` }, { expect: expected });
    expect((await Promise.all(racers.map((i) => put(i, null)))).filter(Boolean)).toHaveLength(1);
    const now = (await provider.getLabel("d", ""))?.id ?? "";
    expect((await Promise.all(racers.map((i) => put(i + 100, now)))).filter(Boolean)).toHaveLength(1);
    await Promise.all(racers.map((i) => at(i).putEntry({ ...ENTRY, dataUrls: [`/${i}.tar`] })));
    expect(await collect(provider.listEntries())).toHaveLength(100);
    await Promise.all(pools.map((one) => one.end()));
  });

  it("lists thousands in the order of putting, large ones too", async () => {
    const names = Array.from({ length: 1500 }, (_, i) => `d${i}`);
    for (const [i, name] of names.entries()) {
      const metadata = i % 500 === 0 ? { raw: new Uint8Array(3e6) } : {};
      await provider.putEntry({ ...ENTRY, name, dataUrls: [name], metadata });
    }
    expect((await collect(provider.listEntries())).map(({ name }) => name)).toEqual(names);
  });
});

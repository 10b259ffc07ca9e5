import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { contentId, type IndexProvider } from "@atdata/core";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { betterSqlite3 } from "./better-sqlite3.ts";
import { nodeSqlite } from "./node-driver.ts";
import { sqliteIndex } from "./sqlite-index.ts";
import { PYTHON_TABLES } from "./tables.ts";

const fixture = new URL("../../../../fixtures/python/index.db", import.meta.url);
const ID = "bafyreifkbkyshrprstm43mvsv7f4svyleje2lk2tcajhunplqgsbphisge";
const SHARD = "/data/atdata/basic/data--0b299b6f--000000.tar";
const SHA256 = "37fd26aff7b461b30785b2626abad0c6c4b4dca8cb57804eed0e375027cc9a34";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-index-"));
  path = join(folder, "index.db");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

function put(provider: IndexProvider, name: string, shard = `/data/${name}.tar`): Promise<{ readonly id: string }> {
  return provider.putEntry({ name, schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: [shard] });
}

describe.each([
  ["node:sqlite", nodeSqlite],
  ["better-sqlite3", betterSqlite3(Database)],
])("an index that Python wrote, over %s", (_, driver) => {
  beforeEach(() => copyFile(fixture, path));

  it("gives every field of its entry, schemas, lens and labels", async () => {
    await using provider = sqliteIndex(path, { driver });
    const entry = {
      id: ID,
      name: "basic",
      schemaRef: "atdata://local/schema/Basic@1.0.0",
      dataUrls: [SHARD],
      metadata: {
        split: "train",
        n: 3,
        checksums: { [SHARD]: SHA256 },
      },
      createdAt: "2026-11-23T01:28:07Z",
    };
    expect(await provider.getEntry(ID)).toEqual(entry);
    expect(await provider.latestEntry("basic")).toEqual(entry);
    expect(await collect(provider.listEntries())).toEqual([entry]);
    expect(contentId(entry)).toBe(ID);

    const schemas = await collect(provider.listSchemas({ name: "Basic" }));
    expect(schemas.map(({ ref }) => ref)).toEqual([
      "atdata://local/schema/Basic@1.0.0",
      "atdata://local/schema/Basic@1.0.1",
    ]);
    expect(await provider.getSchema("Basic", "1.0.1")).toEqual(schemas[1]);
    expect(schemas[0]?.json).toMatchObject({
      name: "Basic",
      version: "1.0.0",
      description: "Basic sample.",
      createdAt: "2026-11-23T01:28:07.227424+00:00",
      fields: { length: 9, 6: { name: "image", fieldType: { $type: "local#ndarray", dtype: "float32" } } },
    });

    const lens = await provider.getLens("name_only", "1.0.0");
    expect(lens?.json).toMatchObject({ source_schema: "Basic", view_schema: "NameOnly" });
    expect(await collect(provider.listLenses())).toEqual([lens]);

    const createdAt = "2026-11-23T01:28:07Z";
    const plain = { name: "basic", version: "", id: ID, description: undefined, createdAt };
    const first = { name: "basic", version: "1.0.0", id: ID, description: "first", createdAt };
    expect(await collect(provider.listLabels({ id: ID }))).toEqual([plain, first]);
    expect(await provider.getLabel("basic", "")).toEqual(plain);
    // Of one second: the row that was written later.
    expect(await provider.latestLabel("basic")).toEqual(first);
  });

  it("stays as it is, with nothing beside it, when it is only read", async () => {
    const before = await readFile(path);
    const provider = sqliteIndex(path, { driver });
    await collect(provider.listEntries());
    await provider[Symbol.asyncDispose]?.();
    expect(await readdir(folder)).toEqual(["index.db"]);
    expect(before.equals(await readFile(path))).toBe(true);
  });

  it("keeps Python's tables word for word when it is written", async () => {
    const tables = (): unknown[] => {
      const db = new DatabaseSync(path, { readOnly: true });
      const all = db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").all();
      db.close();
      return all;
    };
    const before = tables();
    const provider = sqliteIndex(path, { driver });
    await put(provider, "new");
    await provider[Symbol.asyncDispose]?.();
    expect(tables()).toEqual(before);

    await rm(path);
    const own = sqliteIndex(path, { driver });
    await put(own, "new");
    await own[Symbol.asyncDispose]?.();
    expect(tables()).toEqual(before);
  });

  it("is written in Python's form, field by field", async () => {
    const provider = sqliteIndex(path, { driver });
    const json = { name: "S", version: "1.0.0", fields: [], description: "ü" };
    await provider.createSchema({ name: "S", version: "1.0.0", json });
    await provider.createLens({ name: "l", version: "1.0.0", json: { name: "l" } });
    const schemaRef = "atdata://local/schema/S@1.0.0";
    const metadata = { tags: ["a"], checksums: { "/a.tar": "00" }, n: 3, raw: Uint8Array.of(1) };
    const { id } = await provider.putEntry({ name: "d", schemaRef, dataUrls: ["/a.tar", "/b.tar"], metadata });
    const bare = await put(provider, "bare");
    await provider.putLabel({ name: "d", version: "", id });
    await provider.putLabel({ name: "d", version: "1.0.0", id, description: "x" });
    await provider[Symbol.asyncDispose]?.();

    const db = new DatabaseSync(path);
    const now = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const [, entry, second] = db.prepare("SELECT * FROM dataset_entries ORDER BY rowid").all() as {
      data_urls: Uint8Array;
      metadata: Uint8Array | null;
    }[];
    expect({ ...entry }).toMatchObject({
      cid: id,
      name: "d",
      schema_ref: schemaRef,
      legacy_uuid: null,
      created_at: now,
    });
    // A list of two texts; a map of four, in order: list, map, small integer, bytes.
    expect(Buffer.from(entry?.data_urls ?? []).toString("latin1")).toBe("\x92\xa6/a.tar\xa6/b.tar");
    expect(Buffer.from(entry?.metadata ?? []).toString("latin1")).toBe(
      "\x84\xa4tags\x91\xa1a\xa9checksums\x81\xa6/a.tar\xa200\xa1n\x03\xa3raw\xc4\x01\x01",
    );
    expect({ ...second }).toMatchObject({ cid: bare.id, metadata: null });
    const schema = db.prepare("SELECT * FROM schemas WHERE name = 'S'").get() as { schema_json: string };
    expect({ ...schema }).toMatchObject({ name: "S", version: "1.0.0", created_at: now });
    expect(JSON.parse(schema.schema_json)).toEqual(json);
    expect(schema.schema_json).toMatch(/^[ -~]*$/);
    expect({ ...db.prepare("SELECT * FROM lenses WHERE name = 'l'").get() }).toEqual({
      name: "l",
      version: "1.0.0",
      lens_json: '{"name":"l"}',
      created_at: now,
    });
    expect(
      db
        .prepare("SELECT * FROM labels WHERE name = 'd' ORDER BY rowid")
        .all()
        .map((row) => ({ ...row })),
    ).toEqual([
      { name: "d", cid: id, version: "", description: null, created_at: now },
      { name: "d", cid: id, version: "1.0.0", description: "x", created_at: now },
    ]);
    expect({ ...db.prepare("PRAGMA journal_mode").get() }).toEqual({ journal_mode: "wal" });
    expect({ ...db.prepare("PRAGMA user_version").get() }).toEqual({ user_version: 1 });
    db.close();
  });

  it("may be read and written by Python at the same time", async () => {
    await using provider = sqliteIndex(path, { driver });
    const python = new DatabaseSync(path);
    const label = (name: string, cid: string, version: string): unknown =>
      python.prepare("INSERT OR REPLACE INTO labels (name, cid, version) VALUES (?, ?, ?)").run(name, cid, version);
    const latest = (name: string): unknown =>
      python.prepare("SELECT cid FROM labels WHERE name = ? ORDER BY created_at DESC, rowid DESC LIMIT 1").get(name)
        ?.cid;

    const ours = await put(provider, "d", "/ours.tar");
    python
      .prepare("INSERT OR REPLACE INTO dataset_entries (cid, name, schema_ref, data_urls) VALUES (?, ?, ?, ?)")
      .run("theirs", "d", "atdata://local/schema/S@1.0.0", Buffer.from("\x91\xab/theirs.tar", "latin1"));
    expect((await provider.latestEntry("d"))?.dataUrls).toEqual(["/theirs.tar"]);
    await put(provider, "d", "/ours.tar");
    expect((await provider.latestEntry("d"))?.id).toBe(ours.id);
    expect(python.prepare("SELECT count(*) AS n FROM dataset_entries WHERE name = 'd'").get()?.n).toBe(2);

    // What is put again is the latest again, whoever does it.
    label("d", "theirs", "1.0.0");
    await provider.putLabel({ name: "d", version: "2.0.0", id: ours.id });
    expect([latest("d"), (await provider.latestLabel("d"))?.version]).toEqual([ours.id, "2.0.0"]);
    label("d", "theirs", "1.0.0");
    expect([latest("d"), (await provider.latestLabel("d"))?.version]).toEqual(["theirs", "1.0.0"]);
    await provider.putLabel({ name: "d", version: "2.0.0", id: ours.id });
    expect([latest("d"), (await provider.latestLabel("d"))?.version]).toEqual([ours.id, "2.0.0"]);
    expect(await provider.putLabel({ name: "d", version: "1.0.0", id: ours.id }, { expect: "theirs" })).toBe(true);

    python
      .prepare("INSERT OR REPLACE INTO schemas (name, version, schema_json) VALUES ('S', '1.0.0', '{\"a\": 1}')")
      .run();
    expect((await provider.createSchema({ name: "S", version: "1.0.0", json: {} })).held.json).toEqual({ a: 1 });
    python.close();
  });

  it("has the label that was put last for its latest, also after the clock was set back", async () => {
    await using provider = sqliteIndex(path, { driver });
    const python = new DatabaseSync(path);
    python.exec("UPDATE labels SET created_at = '2999-01-01 00:00:00' WHERE version = '1.0.0'");
    python.close();
    await provider.putLabel({ name: "basic", version: "0.9.0", id: ID });
    const { version, createdAt } = (await provider.latestLabel("basic")) ?? {};
    expect([version, createdAt]).toEqual(["0.9.0", "2999-01-01T00:00:00Z"]);
  });

  it("may lack tables, as one of an older Python does, until it is written", async () => {
    await rm(path);
    const python = new DatabaseSync(path);
    python.exec(PYTHON_TABLES);
    python.exec("DROP TABLE labels; DROP TABLE lenses");
    await using provider = sqliteIndex(path, { driver });
    expect(await provider.latestLabel("d")).toBeUndefined();
    expect(await collect(provider.listLenses())).toEqual([]);
    expect(await provider.deleteLabel("d", "")).toBe(false);
    python.exec("INSERT INTO labels (name, cid) VALUES ('d', 'x')");
    python.close();
    expect((await provider.latestLabel("d"))?.id).toBe("x");
  });
});

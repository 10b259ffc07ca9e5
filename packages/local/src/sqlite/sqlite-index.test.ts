import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import type { IndexProvider } from "@atdata/core";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { betterSqlite3 } from "./better-sqlite3.ts";
import { nodeSqlite } from "./node-driver.ts";
import { sqliteIndex } from "./sqlite-index.ts";

const run = promisify(execFile);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sqlite-index-"));
  path = join(folder, "index.db");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const schemaRef = "atdata://local/schema/S@1.0.0";

function put(provider: IndexProvider, name: string, shard: string | number = 0): Promise<{ readonly id: string }> {
  return provider.putEntry({ name, schemaRef, dataUrls: [`/data/${name}-${shard}.tar`] });
}

async function failure(work: Promise<unknown>): Promise<{ code?: string; message?: string }> {
  return work.then(
    () => ({}),
    (error: { code: string; message: string }) => error,
  );
}

describe.each([
  ["node:sqlite", nodeSqlite],
  ["better-sqlite3", betterSqlite3(Database)],
])("sqliteIndex over %s", (_, driver) => {
  it("makes folder and file with the first write, and not by reading", async () => {
    path = join(folder, "a", "b", "index.db");
    await using provider = sqliteIndex(path, { driver });
    expect(await provider.latestEntry("d")).toBeUndefined();
    for await (const _ of provider.listLabels()) expect.unreachable();
    expect(await readdir(folder)).toEqual([]);
    const { id } = await put(provider, "d");
    expect((await provider.latestEntry("d"))?.id).toBe(id);
  });

  it("takes an empty file for an index that is not there yet", async () => {
    await writeFile(path, "");
    await using provider = sqliteIndex(path, { driver });
    expect(await provider.latestEntry("d")).toBeUndefined();
    await put(provider, "d");
    expect((await provider.latestEntry("d"))?.name).toBe("d");
  });

  it("lists each entry once that is there all the time, also what is put again or deleted meanwhile", async () => {
    await using provider = sqliteIndex(path, { driver });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await put(provider, "d", i)).id);
    const listed: string[] = [];
    for await (const { id } of provider.listEntries({ name: "d" })) {
      listed.push(id);
      if (listed.length === 1) {
        await put(provider, "d", 2);
        await put(provider, "d", "new");
        await provider.deleteEntry(ids[3] as string);
        await provider.putEntry({ name: "renamed", schemaRef, dataUrls: ["/data/d-4.tar"] });
      }
    }
    expect(listed).toEqual(ids.slice(0, 3));
  });

  it.each([1, 75])("leaves a database of something else alone that has a version %d of its own", async (version) => {
    const foreign = new DatabaseSync(path);
    foreign.exec(`CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = ${version}`);
    const provider = sqliteIndex(path, { driver });
    expect((await failure(put(provider, "d"))).message).toMatch("the database is of something else");
    expect(foreign.prepare("SELECT name FROM sqlite_master").all()).toEqual([{ name: "bookmarks" }]);
    foreign.exec("DROP TABLE bookmarks; PRAGMA user_version = 1");
    foreign.close();
    await put(provider, "d");
    expect(await provider.latestEntry("d")).toBeDefined();
    await provider[Symbol.asyncDispose]?.();
  });

  it("says what is no database, is damaged, or is of something else", async () => {
    await writeFile(path, "no database at all; ".repeat(500));
    const text = sqliteIndex(path, { driver });
    for (const work of [text.latestEntry("d"), put(text, "d")]) {
      expect((await failure(work)).message).toMatch(
        `the file is no SQLite database; index=${path}; try: bring it back`,
      );
    }

    const directory = sqliteIndex(folder, { driver });
    for (const work of [directory.latestEntry("d"), put(directory, "d")]) {
      expect(await failure(work)).toMatchObject({ code: "INDEX_CORRUPT", fields: { index: folder } });
    }

    await rm(path);
    const foreign = new DatabaseSync(path);
    foreign.exec("CREATE TABLE bookmarks (url TEXT)");
    foreign.close();
    const other = sqliteIndex(path, { driver });
    expect((await failure(put(other, "d"))).message).toMatch("the database is of something else");
    await other[Symbol.asyncDispose]?.();

    await rm(path);
    const whole = sqliteIndex(path, { driver });
    for (let i = 0; i < 200; i++) await put(whole, "d", i);
    await whole[Symbol.asyncDispose]?.();
    await truncate(path, Math.floor((await stat(path)).size / 8192) * 4096);
    const half = sqliteIndex(path, { driver });
    const listing = async (): Promise<void> => {
      for await (const _ of half.listEntries());
    };
    expect(await failure(listing())).toMatchObject({ code: "INDEX_CORRUPT" });
    await half[Symbol.asyncDispose]?.();
  });

  it("names the row that cannot be read, and reads the others", async () => {
    const provider = sqliteIndex(path, { driver });
    await put(provider, "good");
    const python = new DatabaseSync(path);
    python.exec("INSERT INTO dataset_entries (cid, name, schema_ref, data_urls) VALUES ('x', 'bad', 's', x'c1')");
    python.exec("INSERT INTO dataset_entries (cid, name, schema_ref, data_urls) VALUES ('y', x'00', 's', x'90')");
    python.exec("INSERT INTO schemas (name, version, schema_json) VALUES ('S', '1.0.0', '{')");
    python.close();
    const at = (key: string): object => ({ code: "INDEX_CORRUPT", fields: { index: path, key } });
    expect(await failure(provider.latestEntry("bad"))).toMatchObject(at("x"));
    expect(await failure(provider.getEntry("y"))).toMatchObject(at("y"));
    expect(await failure(provider.getSchema("S", "1.0.0"))).toMatchObject(at("S@1.0.0"));
    expect((await provider.latestEntry("good"))?.name).toBe("good");
    await provider[Symbol.asyncDispose]?.();
  });

  it("writes into the file of that name, also when the one it had open was removed or replaced", async () => {
    await using provider = sqliteIndex(path, { driver });
    await put(provider, "first");
    for (const name of await readdir(folder)) await rm(join(folder, name));
    expect(await provider.latestEntry("first")).toBeUndefined();
    await put(provider, "second");
    expect((await provider.latestEntry("second"))?.name).toBe("second");

    const other = join(folder, "other.db");
    const restored = sqliteIndex(other, { driver });
    await put(restored, "restored");
    await restored[Symbol.asyncDispose]?.();
    for (const name of await readdir(folder)) if (name.startsWith("index.db")) await rm(join(folder, name));
    await rename(other, path);
    await put(provider, "third");
    const names: string[] = [];
    for await (const { name } of sqliteIndex(path, { driver }).listEntries()) names.push(name);
    expect(names).toEqual(["restored", "third"]);
  });

  it("refuses the form of a newer version, and writes nothing into it", async () => {
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 2");
    newer.close();
    const before = await readFile(path);
    const provider = sqliteIndex(path, { driver });
    for (const work of [provider.latestEntry("d"), put(provider, "d")]) {
      expect(await failure(work)).toMatchObject({ code: "FORMAT_TOO_NEW", fields: { found: "2", supported: "1" } });
    }
    expect(before.equals(await readFile(path))).toBe(true);
  });

  it("does nothing after it was closed, and may be closed twice", async () => {
    const provider = sqliteIndex(path, { driver });
    await put(provider, "d");
    for (let i = 0; i < 2; i++) await provider[Symbol.asyncDispose]?.();
    for (const work of [provider.latestEntry("d"), put(provider, "d")]) {
      expect((await failure(work)).code).toBe("INDEX_UNAVAILABLE");
    }
    expect(await readdir(folder)).toEqual(["index.db"]);
  });
});

it("lets other experimental warnings through, and that of node:sqlite not", async () => {
  const text = `
    const { sqliteIndex } = await import(${JSON.stringify(new URL("./sqlite-index.ts", import.meta.url).href)});
    await sqliteIndex(":memory:").latestEntry("d");
    process.emitWarning("another", "ExperimentalWarning");`;
  const { stderr } = await run(process.execPath, ["--input-type=module", "-e", text]);
  expect(stderr).not.toContain("SQLite");
  expect(stderr).toContain("another");
});

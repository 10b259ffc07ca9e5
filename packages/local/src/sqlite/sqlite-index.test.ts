import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import type { IndexProvider } from "@atdata/core";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { betterSqlite3 } from "./better-sqlite3.ts";
import { nodeSqlite } from "./node-driver.ts";
import { sqliteIndex } from "./sqlite-index.ts";

const run = promisify(execFile);
const fixture = new URL("../../../../fixtures/python/index.db", import.meta.url);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sqlite-index-"));
  path = join(folder, "index.db");
});
afterEach(async () => {
  await chmod(folder, 0o700);
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

/** Runs a script in a process that may not do more than the files' modes say: as nobody where this one is root. */
function asNobody(driver: string, script: string): { process: ChildProcess; output: Promise<string> } {
  const modules = ["./sqlite-index.ts", "./better-sqlite3.ts", "./node-driver.ts"].map((name) =>
    JSON.stringify(new URL(name, import.meta.url).href),
  );
  const text = `
    const { sqliteIndex } = await import(${modules[0]});
    const { betterSqlite3 } = await import(${modules[1]});
    const { nodeSqlite } = await import(${modules[2]});
    const { default: Database } = await import(${JSON.stringify(import.meta.resolve("better-sqlite3"))});
    const driver = ${driver};
    driver(":memory:", "write").close();
    if (process.getuid() === 0) process.setuid(65534);
    const path = ${JSON.stringify(path)};
    const codeOf = (work) => work.then(() => "none", (error) => error.code);
    ${script}`;
  const child = run(process.execPath, ["--input-type=module", "-e", text]);
  const output = child.then(({ stdout, stderr }) => {
    expect(stderr).toBe("");
    return stdout;
  });
  return { process: child.child, output };
}

describe.each([
  ["node:sqlite", nodeSqlite, "nodeSqlite"],
  ["better-sqlite3", betterSqlite3(Database), "betterSqlite3(Database)"],
])("sqliteIndex over %s", (_, driver, inChild) => {
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

  it("reads what may not be written, leaves nothing beside it, and sees what somebody else writes", async () => {
    await copyFile(fixture, path);
    await chmod(path, 0o444);
    await chmod(folder, 0o555);
    const child = asNobody(
      inChild,
      `const provider = sqliteIndex(path, { driver });
      const names = [];
      for await (const { name } of provider.listEntries()) names.push(name);
      const { version } = await provider.latestLabel("basic");
      console.log(names.join(), version, await codeOf(provider.deleteEntry("x")));
      for await (const _ of process.stdin) {
        console.log((await provider.latestEntry("new"))?.name);
        process.exit();
      }`,
    );
    await once(child.process.stdout as Readable, "data");
    expect(await readdir(folder)).toEqual(["index.db"]);
    await chmod(folder, 0o755);
    await chmod(path, 0o644);
    const writer = sqliteIndex(path, { driver });
    await put(writer, "new");
    await writer[Symbol.asyncDispose]?.();
    await chmod(path, 0o444);
    await chmod(folder, 0o555);
    child.process.stdin?.write("go on");
    expect(await child.output).toBe("basic 1.0.0 ACCESS_DENIED\nnew\n");
    expect(await readdir(folder)).toEqual(["index.db"]);
  });

  it("reads beside a live writer what may not be written", async () => {
    const writer = sqliteIndex(path, { driver });
    await put(writer, "in-the-log");
    await chmod(folder, 0o555);
    const script = `console.log((await sqliteIndex(path, { driver }).latestEntry("in-the-log"))?.name);`;
    expect(await asNobody(inChild, script).output).toBe("in-the-log\n");
    await writer[Symbol.asyncDispose]?.();
  });

  it("says what may be neither read nor made", async () => {
    await copyFile(fixture, path);
    await chmod(path, 0);
    await chmod(folder, 0o555);
    const script = `
      console.log(await codeOf(sqliteIndex(path, { driver }).latestEntry("d")));
      const entry = { name: "d", schemaRef: "s", dataUrls: [] };
      console.log(await codeOf(sqliteIndex(path, { driver }).putEntry(entry)));
      console.log(await codeOf(sqliteIndex(path + "/../in/other.db", { driver }).putEntry(entry)));
      console.log(await codeOf(sqliteIndex(path + "/../other.db", { driver }).putEntry(entry)));`;
    expect(await asNobody(inChild, script).output).toBe("ACCESS_DENIED\n".repeat(4));
    await chmod(folder, 0o700);
    expect(await readdir(folder)).toEqual(["index.db"]);
  });

  it("writes all or nothing when the disk is full, and says so", async () => {
    const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const text = `
      const { sqliteIndex } = await import(${url("./sqlite-index.ts")});
      const { betterSqlite3 } = await import(${url("./better-sqlite3.ts")});
      const { nodeSqlite } = await import(${url("./node-driver.ts")});
      const { default: Database } = await import(${JSON.stringify(import.meta.resolve("better-sqlite3"))});
      const provider = sqliteIndex(${JSON.stringify(path)}, { driver: ${inChild} });
      for (let i = 0; ; i++) {
        const metadata = { text: "x".repeat(20_000) };
        try {
          await provider.putEntry({ name: "d", schemaRef: "s", dataUrls: ["/" + i], metadata });
        } catch (error) {
          console.log(i, error.code, error.message.includes("disk"));
          break;
        }
      }
      process.kill(process.pid, "SIGKILL");`;
    await mkdir(join(folder, "in"));
    // 1,024 blocks: a log of half a MiB or of one, as the shell counts.
    const child = run("sh", [
      "-c",
      'ulimit -f 1024; exec "$0" "$@"',
      process.execPath,
      "--input-type=module",
      "-e",
      text,
    ]);
    const { stdout } = (await child.catch((error: unknown) => error)) as { stdout: string };
    const [count, ...said] = stdout.trim().split(" ");
    expect(said).toEqual(["INDEX_FAILED", "true"]);
    expect(Number(count)).toBeGreaterThan(5);
    await using provider = sqliteIndex(path, { driver });
    let listed = 0;
    for await (const entry of provider.listEntries()) {
      expect(entry.dataUrls).toEqual([`/${listed++}`]);
      expect(entry.metadata).toEqual({ text: "x".repeat(20_000) });
    }
    expect(listed).toBe(Number(count));
    await put(provider, "again");
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

import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

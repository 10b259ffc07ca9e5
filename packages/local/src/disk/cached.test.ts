import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inspect, promisify } from "node:util";
import { countingSource } from "@atdata/conformance";
import { type DataSource, isAtdataError, memorySource } from "@atdata/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cached } from "./cached.ts";

const run = promisify(execFile);
const child = fileURLToPath(new URL("../../tests/cache/read-through.ts", import.meta.url));
const MIB = 1 << 20;

let folder: string;
let dir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cached-"));
  dir = join(folder, "cache");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function readAll(source: DataSource, url: string, sum: string | undefined): Promise<Buffer> {
  const reader = await source.open(url, { sha256: sum });
  const chunks: Uint8Array[] = [];
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) chunks.push(chunk);
  } finally {
    await reader.close();
  }
  return Buffer.concat(chunks);
}

const held = async (): Promise<string[]> => (await readdir(dir).catch(() => [])).sort();

describe("cached", () => {
  const bytes = new Uint8Array(randomBytes(3 * MIB));
  const sum = sha256(bytes);

  function make(maxBytes: number = 100 * MIB, files: Record<string, Uint8Array> = { "a.tar": bytes }) {
    const upstream = countingSource(memorySource(files));
    return { upstream, source: cached(upstream, { dir, maxBytes }) };
  }

  it("fetches a shard once, and gives the same bytes from disk, also to another process's cache", async () => {
    const { upstream, source } = make();
    for (let i = 0; i < 3; i++) expect((await readAll(source, "a.tar", sum.toUpperCase())).equals(bytes)).toBe(true);
    expect(upstream.opens).toEqual(["a.tar"]);
    expect(await held()).toEqual([sum]);
    const other = make();
    expect((await readAll(other.source, "elsewhere/b.tar", sum)).equals(bytes)).toBe(true);
    expect(other.upstream.opens).toEqual([]);
  });

  it("keeps nothing that has no checksum, was not read to its end, or not from its start", async () => {
    const { upstream, source } = make();
    await readAll(source, "a.tar", undefined);
    await readAll(source, "a.tar", "../../etc/passwd");
    const started = await source.open("a.tar", { sha256: sum });
    await started.next();
    expect((await held()).map((name) => name.startsWith("."))).toEqual([true]);
    await started.close();
    const later = await source.open("a.tar", { sha256: sum, start: 10 });
    while ((await later.next()) !== undefined);
    await later.close();
    expect(await held()).toEqual([]);
    expect(upstream.openReaders).toBe(0);
  });

  it("reads ranges from the copy where there is one, and otherwise from the source without fetching the shard", async () => {
    const { upstream, source } = make();
    const range = async (): Promise<boolean> =>
      Buffer.from((await source.read?.("a.tar", 100, 50, { sha256: sum })) ?? []).equals(bytes.subarray(100, 150));
    expect(await range()).toBe(true);
    expect([upstream.opens.length, upstream.bytes]).toEqual([0, 50]);
    await readAll(source, "a.tar", sum);
    expect(await range()).toBe(true);
    expect(upstream.reads.length).toBe(1);
    const from = await source.open("a.tar", { sha256: sum, start: 3 * MIB - 7 });
    expect(await from.next()).toEqual(bytes.subarray(-7));
    await from.close();
    expect(upstream.opens.length).toBe(1);
  });

  it("ends with the signal's reason while a copy is checked, and answers others all the same", async () => {
    await readAll(make().source, "a.tar", sum);
    const { upstream, source } = make();
    const controller = new AbortController();
    const reason = new Error("enough");
    const options = { sha256: sum, signal: controller.signal };
    const stopped = [source.open("a.tar", options), source.read?.("a.tar", 0, 10, options)];
    const ranges = Promise.all(Array.from({ length: 20 }, (_, i) => source.read?.("a.tar", i, 10, { sha256: sum })));
    controller.abort(reason);
    // Both at once: one that is not waited for yet may be the first to reject.
    const ended = { status: "rejected", reason };
    expect(await Promise.allSettled(stopped)).toEqual([ended, ended]);
    expect(await ranges).toEqual(Array.from({ length: 20 }, (_, i) => bytes.slice(i, i + 10)));
    expect([upstream.opens, upstream.reads]).toEqual([[], []]);
  });

  it("gives up on bytes that are others than expected, and keeps nothing of them", async () => {
    const url = "https://user:s3ntinel@host/a.tar?key=s3ntinel";
    const { source } = make(100 * MIB, { [url]: bytes });
    const want = "0".repeat(64);
    const wrong = await readAll(source, url, want).catch((caught: unknown) => caught);
    const shard = "https://host/a.tar?key=…";
    expect(isAtdataError(wrong, "CHECKSUM_MISMATCH") && wrong.fields).toEqual({ shard, want, got: sum });
    expect(inspect(wrong, { depth: 10, showHidden: true })).not.toContain("s3ntinel");
    expect(await held()).toEqual([]);
  });

  it.each([
    ["changed", async (path: string) => writeFile(path, Buffer.from(bytes).fill(0, 5000, 5001))],
    ["cut", async (path: string) => truncate(path, 1000)],
    ["emptied", async (path: string) => truncate(path, 0)],
  ])("fetches a copy again that was %s", async (_, damage) => {
    const { upstream, source } = make();
    await readAll(source, "a.tar", sum);
    await sleep(5);
    await damage(join(dir, sum));
    for (const each of [source, make().source]) {
      expect((await readAll(each, "a.tar", sum)).equals(bytes)).toBe(true);
    }
    expect(upstream.opens.length).toBe(2);
    expect(sha256(await readFile(join(dir, sum)))).toBe(sum);
  });

  it("holds no more than maxBytes, and lets go of what was not used for longest", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 5 }, (_, i) => [`${i}.tar`, new Uint8Array(randomBytes(17 * MIB))]),
    );
    const sums = Object.values(files).map(sha256);
    // Room for three of them and for one step of what is being fetched.
    const { upstream, source } = make(3 * 17 * MIB + 16 * MIB, files);
    const readIt = (i: number): Promise<Buffer> => readAll(source, `${i}.tar`, sums[i]);
    for (const i of [0, 1, 2]) {
      await readIt(i);
      await sleep(5);
    }
    expect(await held()).toEqual(sums.slice(0, 3).sort());
    await readIt(0);
    await readIt(3);
    expect(await held()).not.toContain(sums[1]);
    expect(await held()).toContain(sums[0]);

    // What is being read stays, though it was not used for longest.
    const before = upstream.opens.length;
    const reading = await source.open("0.tar", { sha256: sums[0] });
    await reading.next();
    for (const name of await held()) if (name !== sums[0]) await utimes(join(dir, name), new Date(), new Date());
    for (const i of [4, 1, 2]) await readIt(i);
    expect(await held()).toContain(sums[0]);
    let rest = 0;
    for (let chunk = await reading.next(); chunk !== undefined; chunk = await reading.next()) rest += chunk.length;
    expect(rest).toBeGreaterThan(15 * MIB);
    await reading.close();
    expect(upstream.opens.slice(before)).not.toContain("0.tar");

    let total = 0;
    for (const name of await held()) total += (await stat(join(dir, name))).size;
    expect(total).toBeLessThanOrEqual(3 * 17 * MIB + 16 * MIB);
  });

  it.each([1, 9, 10])("keeps a shard of %d MiB where 10 MiB may be kept", async (mib) => {
    const file = new Uint8Array(randomBytes(mib * MIB));
    const { source } = make(10 * MIB, { "b.tar": file });
    await readAll(source, "b.tar", sha256(file));
    expect(await held()).toEqual([sha256(file)]);
  });

  it("reads what is larger than the cache, and what cannot be written, without keeping it", async () => {
    const { source } = make(2 * MIB);
    expect((await readAll(source, "a.tar", sum)).equals(bytes)).toBe(true);
    expect(await held()).toEqual([]);
    await rm(dir, { recursive: true, force: true });
    await writeFile(dir, "a file where the folder should be");
    expect((await readAll(make().source, "a.tar", sum)).equals(bytes)).toBe(true);
  });

  it("reads on when the disk is full, and leaves nothing", async () => {
    const path = join(folder, "a.tar");
    await writeFile(path, bytes);
    const args = [process.execPath, child, folder, String(100 * MIB), "1", "0"];
    const { stdout } = await run("sh", ["-c", 'ulimit -f 2048; exec "$0" "$@"', ...args]);
    expect(stdout).toBe(`a.tar ${sum}\n`);
    expect(await held()).toEqual([]);
  });

  it("removes what a killed process has left, but not what another one is still writing", async () => {
    await writeFile(join(folder, "a.tar"), bytes);
    const stuck = spawn(process.execPath, [child, folder, String(100 * MIB), "1", "1"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => stuck.stdout.once("data", resolve));
    const [temporary = ""] = await held();
    expect(temporary).toMatch(/^\..*\.tmp$/);
    stuck.kill("SIGKILL");
    await new Promise((resolve) => stuck.once("exit", resolve));
    const { source } = make();
    await readAll(source, "a.tar", sum);
    expect(await held()).toEqual([temporary, sum]);
    const old = new Date(Date.now() - 11 * 60 * 1000);
    await utimes(join(dir, temporary), old, old);
    await rm(join(dir, sum));
    await readAll(source, "a.tar", sum);
    expect(await held()).toEqual([sum]);
  });

  it("may be shared by processes that are killed at any point", { timeout: 60_000 }, async () => {
    for (let i = 0; i < 6; i++) await writeFile(join(folder, `${i}.tar`), randomBytes(2 * MIB + i));
    const sums = new Map<string, string>();
    for (let i = 0; i < 6; i++) sums.set(`${i}.tar`, sha256(await readFile(join(folder, `${i}.tar`))));
    // Room for half of them: they push each other's copies out all the time.
    const start = (): ChildProcess =>
      spawn(process.execPath, [child, folder, String(23 * MIB), "1000", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    const all = Array.from({ length: 4 }, start);
    const outputs = all.map((each) => {
      const output = { text: "" };
      each.stdout?.on("data", (chunk: Buffer) => {
        output.text += chunk.toString();
      });
      return output;
    });
    while (outputs.some(({ text }) => text.split("\n").length < 20)) await sleep(20);
    for (const each of all) {
      each.kill("SIGKILL");
      await sleep(50);
    }
    await Promise.all(
      all.map((each) => each.exitCode ?? each.signalCode ?? new Promise((resolve) => each.once("exit", resolve))),
    );
    for (const { text } of outputs) {
      for (const line of text.split("\n").slice(0, -1)) {
        const [name = "", got] = line.split(" ");
        expect(got).toBe(sums.get(name));
      }
    }
    const whole = (await held()).filter((name) => !name.startsWith("."));
    for (const name of whole) expect(sha256(await readFile(join(dir, name)))).toBe(name);
    expect(whole.length).toBeGreaterThan(0);
  });

  it("refuses a bound that is none", () => {
    for (const maxBytes of [0, -1, Number.NaN]) expect(() => make(maxBytes)).toThrow(RangeError);
  });
});

import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { diskStore } from "@atdata/local/disk";
import { describe, expect, it } from "vitest";
import { factsOf } from "../src/check-store.ts";
import { serveFolder } from "../src/file-server.ts";
import { mayMount, runOnSmallDisk, runWithShortFiles } from "../src/no-room.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const child = fileURLToPath(new URL("../src/children/fill-disk.ts", import.meta.url));
const cli = fileURLToPath(new URL("../../../packages/cli/src/bin.ts", import.meta.url));

interface Told {
  readonly done: readonly string[];
  readonly failure?: { readonly code: string; readonly message: string };
  readonly left: readonly string[];
}

/** Serves a file that a cache is to keep. */
async function withServer(use: (url: string, sha256: string, bytes: number) => Promise<void>): Promise<void> {
  const bytes = randomBytes(2 ** 20);
  const served = join(root, "served");
  mkdirSync(served, { recursive: true });
  writeFileSync(join(served, "a.tar"), bytes);
  await using server = await serveFolder(served);
  await use(`${server.url}/a.tar`, createHash("sha256").update(bytes).digest("hex"), bytes.length);
}

describe("a disk on which files may not be long", () => {
  it("holds no part of a dataset that is too long, and says so", { timeout: 60_000 }, async () => {
    const folder = join(root, "short");
    mkdirSync(folder);
    // 50 samples of 2,000 bytes are longer than 64 KiB, as some shells count.
    const { stdout, stderr } = await runWithShortFiles(64, [child, "disk", folder]);
    const told: Told = JSON.parse(stdout || stderr);
    expect(told.done).toEqual([]);
    expect(told.failure?.code).toBe("IO_ERROR");
    expect(told.failure?.message).toMatch(/EFBIG|too large|full|room/i);
    expect(told.failure?.message).toContain(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("gives what was fetched all the same, and keeps nothing of it", { timeout: 60_000 }, () =>
    withServer(async (url, sha256, bytes) => {
      const folder = join(root, "short-cache");
      mkdirSync(folder);
      const { stdout } = await runWithShortFiles(256, [child, "cache", folder, url, sha256]);
      expect(JSON.parse(stdout)).toEqual({ done: [JSON.stringify({ bytes, sha256 })], left: [] });
    }),
  );

  it("is told of by the command in one line, which leaves nothing", { timeout: 120_000 }, async () => {
    const home = join(root, "short-home");
    mkdirSync(home);
    const rows = Array.from({ length: 300 }, (_, n) => JSON.stringify({ n, text: "x".repeat(2000) })).join("\n");
    writeFileSync(join(root, "rows.jsonl"), rows);
    const args = [cli, "write", "@local/rows@1.0.0", "--from", join(root, "rows.jsonl")];
    const { status, stderr } = await runWithShortFiles(64, args, { ATDATA_HOME: home });
    expect(stderr).toMatch(/^atdata: error\[IO_ERROR\]: /m);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
    const left = readdirSync(home, { recursive: true }).map(String);
    expect(left.filter((name) => /\.(tar|json|tmp)$/.test(name))).toEqual([]);
  });
});

const skip = !mayMount();
describe.skipIf(skip)(`a disk that is full${skip ? " (skipped: this user may not mount one)" : ""}`, () => {
  it("holds each dataset that was written, whole, and nothing of the one that was not", {
    timeout: 120_000,
  }, async () => {
    const at = join(root, "disk");
    const copy = join(root, "disk-copy");
    const script = `"$@" && cp -a . ${copy}`;
    const ended = await runOnSmallDisk({ at, kib: 2048, script }, [child, "disk", "data"]);
    const told: Told = JSON.parse(ended.stdout || ended.stderr);
    expect(told.done.length).toBeGreaterThan(3);
    expect(told.failure?.code).toBe("IO_ERROR");
    expect(told.failure?.message).toMatch(/ENOSPC|no space|full/i);
    const names = told.left.filter((name) => name.endsWith(".dataset.json"));
    expect(names).toHaveLength(told.done.length);
    expect(told.left.filter((name) => name.startsWith("."))).toEqual([]);
    expect(told.left.filter((name) => name.endsWith(".tar"))).toHaveLength(told.done.length);
    const store = diskStore(join(copy, "data"));
    for (const name of names) {
      const file = JSON.parse(new TextDecoder().decode(await store.get(name)));
      for (const { url, bytes, sha256 } of file.shards) {
        expect(await factsOf(store.source, store.url(url))).toEqual({ bytes, sha256 });
      }
    }
  });

  it("holds an index and its shards as they were before the write that failed", { timeout: 120_000 }, async () => {
    const at = join(root, "indexed");
    const script = `"$@" && "$1" ${cli} index list --json`;
    const home = join(root, "indexed-home");
    mkdirSync(home);
    const repos = { team: { index: `sqlite:${at}/data/index.db`, store: `${at}/data/data` } };
    writeFileSync(join(home, "config.json"), JSON.stringify({ repos }));
    const args = [child, "sqlite", `${at}/data`];
    const { stdout, stderr } = await runOnSmallDisk({ at, kib: 2048, script }, args, { ATDATA_HOME: home });
    const [first = "", ...more] = stdout.split("\n");
    const told: Told = JSON.parse(first || stderr);
    expect(told.done.length).toBeGreaterThan(3);
    expect(["IO_ERROR", "INDEX_FAILED"]).toContain(told.failure?.code);
    const listed = more.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line).name as string);
    expect(listed).toEqual(told.done.map((n) => `d${n}`));
    expect(stderr).toBe("");
  });

  it("gives what was fetched all the same, and keeps nothing of it", { timeout: 60_000 }, () =>
    withServer(async (url, sha256, bytes) => {
      const at = join(root, "small-cache");
      const { stdout } = await runOnSmallDisk({ at, kib: 512, script: '"$@"' }, [child, "cache", at, url, sha256]);
      expect(JSON.parse(stdout)).toEqual({ done: [JSON.stringify({ bytes, sha256 })], left: [] });
    }),
  );
});

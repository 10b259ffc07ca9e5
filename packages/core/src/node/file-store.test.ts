import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import type { DataStore } from "../protocols/data-store.ts";
import { fileStore } from "./file-store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "file-store-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const text = new TextEncoder();

async function sorted(dir: string): Promise<string[]> {
  return (await readdir(dir)).sort();
}

async function writeDataset(store: DataStore, files: Record<string, string>, overwrite = false): Promise<void> {
  const write = await store.begin("d", { overwrite });
  const shards: { url: string; bytes: number; sha256: string }[] = [];
  for (const [name, content] of Object.entries(files)) {
    if (!name.endsWith(".tar")) {
      await write.put(name, text.encode(content));
      continue;
    }
    const sink = await write.shard(name);
    await sink.write(text.encode(content));
    const { bytes, sha256 } = await sink.close();
    shards.push({ url: name, bytes, sha256 });
  }
  await write.commit(text.encode(JSON.stringify({ format: "atdata.dataset/1", shards })));
}

/** Fails unless the `dataset.json`, if there is one, names complete files only; gives the names in it. */
async function checkFolder(dir: string): Promise<string[] | undefined> {
  const json = await readFile(join(dir, "d.dataset.json"), "utf8").catch(() => undefined);
  if (json === undefined) return undefined;
  const { shards } = JSON.parse(json) as { shards: { url: string; bytes: number; sha256: string }[] };
  for (const shard of shards) {
    const bytes = await readFile(join(dir, shard.url));
    expect(bytes.length).toBe(shard.bytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(shard.sha256);
  }
  return shards.map((shard) => shard.url);
}

async function code(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "no error";
  } catch (error) {
    return isAtdataError(error) ? error.code : String(error);
  }
}

describe("a folder", () => {
  it("holds exactly the shards, sidecars and dataset.json after a commit", async () => {
    await writeDataset(fileStore(join(folder, "new", "er")), { "d-000000.tar": "one", "d.rollup.parquet": "r" });
    expect(await sorted(join(folder, "new", "er"))).toEqual(["d-000000.tar", "d.dataset.json", "d.rollup.parquet"]);
  });

  it("is as before after an abort, with directories that the write made gone", async () => {
    const write = await fileStore(join(folder, "new", "er")).begin("d");
    await (await write.shard("d.tar")).write(text.encode("x"));
    await write.abort();
    expect(await sorted(folder)).toEqual([]);
  });

  it("loses the old shards and sidecars on overwrite, and nothing else", async () => {
    const store = fileStore(folder);
    await writeFile(join(folder, "other.tar"), "other");
    await writeDataset(store, { "d-000000.tar": "1", "d-000001.tar": "2", "d-000001.manifest.json": "{}" });
    await writeFile(join(folder, "d-000009.tar"), "not named");
    await writeDataset(store, { "d-000000.tar": "new" }, true);
    expect(await sorted(folder)).toEqual(["d-000000.tar", "d-000009.tar", "d.dataset.json", "other.tar"]);
    expect(await readFile(join(folder, "d-000000.tar"), "utf8")).toBe("new");
  });

  it("keeps a shard of that name that no dataset.json names, unless overwrite is set", async () => {
    await writeFile(join(folder, "d.tar"), "from elsewhere");
    expect(await code(writeDataset(fileStore(folder), { "d.tar": "new" }))).toBe("DATASET_EXISTS");
    expect(await readFile(join(folder, "d.tar"), "utf8")).toBe("from elsewhere");
    await writeDataset(fileStore(folder), { "d.tar": "new" }, true);
    expect(await readFile(join(folder, "d.tar"), "utf8")).toBe("new");
  });

  it("never follows a dataset.json out of itself", async () => {
    await mkdir(join(folder, "in"));
    await writeFile(join(folder, "victim.tar"), "v");
    const urls = ["../victim.tar", join(folder, "victim.tar"), ".", "..", 7, "a/b.tar", ".hidden.tar"];
    await writeFile(join(folder, "in", ".hidden.tar"), "h");
    await writeFile(join(folder, "in", "d.dataset.json"), JSON.stringify({ shards: urls.map((url) => ({ url })) }));
    await writeDataset(fileStore(join(folder, "in")), { "d.tar": "new" }, true);
    expect(await sorted(folder)).toEqual(["in", "victim.tar"]);
    expect(await sorted(join(folder, "in"))).toEqual([".hidden.tar", "d.dataset.json", "d.tar"]);
  });
});

describe("several writers", () => {
  it("let one of them win, and the files are the winner's", async () => {
    for (const overwrite of [false, true]) {
      const store = fileStore(folder);
      const attempts = Array.from({ length: 6 }, (_, i) =>
        writeDataset(store, { "d-000000.tar": `${i}a`, [`d-00000${1 + (i % 3)}.tar`]: `${i}b` }, overwrite),
      );
      const results = await Promise.allSettled(attempts);
      const won = results.filter((result) => result.status === "fulfilled").length;
      expect(won).toBe(overwrite ? 6 : 1);
      const names = await checkFolder(folder);
      expect(await sorted(folder)).toEqual([...(names ?? []), "d.dataset.json"].sort());
    }
  });

  it("do not remove the folder of one that still runs, but that of one that was killed", async () => {
    const store = fileStore(folder);
    const live = await store.begin("d");
    const sink = await live.shard("d.tar");
    await sink.write(text.encode("live"));
    await dieAt(folder, "", 6);
    expect((await readdir(folder)).length).toBe(2);
    const other = await store.begin("d");
    expect((await readdir(folder)).length).toBe(2);
    await other.abort();
    await sink.close();
    await live.commit(text.encode("{}"));
    expect(await sorted(folder)).toEqual(["d.dataset.json", "d.tar"]);
  });

  it("do not remove the folder of another process that still runs", async () => {
    const module = new URL("./file-store.ts", import.meta.url).href;
    const script = `const { fileStore } = await import(${JSON.stringify(module)});
      const write = await fileStore(${JSON.stringify(folder)}).begin("d");
      console.log("begun"); process.stdin.once("data", async () => { await write.commit(new Uint8Array([123, 125])); process.exit(); });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await (await fileStore(folder).begin("d")).abort();
    child.stdin.write("\n");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(await sorted(folder)).toEqual(["d.dataset.json"]);
  });

  it("remove a folder of another machine only when nothing in it changed for a day", async () => {
    const foreign = join(folder, ".d.00000000-1-1-0000000a.tmp");
    await mkdir(join(foreign, "new"), { recursive: true });
    await (await fileStore(folder).begin("d")).abort();
    expect(await sorted(folder)).toHaveLength(1);
    const old = new Date(Date.now() - 25 * 3600 * 1000);
    for (const path of [join(foreign, "new"), foreign]) await utimes(path, old, old);
    await (await fileStore(folder).begin("d")).abort();
    expect(await sorted(folder)).toEqual([]);
  });
});

const child = fileURLToPath(new URL("../../tests/kill/write-and-die.ts", import.meta.url));

/** Runs a writer that is killed at its n-th change; tells whether it came to its end. */
function dieAt(dir: string, mode: string, n: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [child, dir, mode, String(n)], (error, stdout) => {
      if (error !== null && error.signal !== "SIGKILL") reject(error);
      else resolve(stdout === "done");
    });
  });
}

describe("a writer that is killed at any point", () => {
  it.each(["", "overwrite", "overwrite no-links"])(
    "leaves nothing incomplete, and the next write clears up (%s)",
    async (mode) => {
      let kills = 0;
      const at = async (n: number): Promise<boolean> => {
        const dir = join(folder, `n${n}`);
        const before = { "d-000000.tar": "old", "d-000007.tar": "old too", "d-000007.manifest.json": "{}" };
        if (mode !== "") await writeDataset(fileStore(dir), before);
        const done = await dieAt(dir, mode, n);
        if (!done) kills++;
        const after = await checkFolder(dir).catch((error: unknown) => {
          throw new Error(`killed at ${n}`, { cause: error });
        });
        const write = await fileStore(dir).begin("e");
        await write.abort();
        // Either the old or the new dataset is there after the next begin, never neither.
        if (mode !== "" || after !== undefined) {
          expect(await code(fileStore(dir).begin("d"))).toBe("DATASET_EXISTS");
          expect(await checkFolder(dir)).toBeDefined();
        }
        await writeDataset(fileStore(dir), { "d.tar": "next" }, mode !== "" || after !== undefined);
        expect(await sorted(dir), `killed at ${n}`).toEqual(["d.dataset.json", "d.tar"]);
        return done;
      };
      for (let n = 1; ; n += 2) {
        const [first, second] = await Promise.all([at(n), at(n + 1)]);
        if (first || second) break;
      }
      expect(kills).toBeGreaterThan(mode === "" ? 20 : 25);
    },
    60_000,
  );
});

describe("small files", () => {
  it("report a directory that may not be written", async () => {
    await writeFile(join(folder, "file"), "");
    expect(await code(fileStore(join(folder, "file")).begin("d"))).toBe("IO_ERROR");
    if (process.getuid?.() !== 0) {
      await chmod(folder, 0o500);
      expect(await code(fileStore(folder).begin("d"))).toBe("ACCESS_DENIED");
    }
  });

  it("leave no temporary file", async () => {
    const store = fileStore(folder);
    const won = await Promise.all(Array.from({ length: 8 }, (_, i) => store.create("a.json", text.encode(`${i}`))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await sorted(folder)).toEqual(["a.json"]);
  });
});

import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import type { ByteReader, ShardInfo } from "../protocols/data-source.ts";
import { fileSource } from "./file-source.ts";

const MIB = 1 << 20;
let folder: string;
const source = fileSource();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "file-source-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + (i >> 16)) & 255);
}

async function drain(reader: ByteReader, release = true): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
    parts.push(release ? chunk.slice() : chunk);
    if (release) reader.release?.(chunk);
  }
  await reader.close();
  return Buffer.concat(parts);
}

async function list(ref: string): Promise<ShardInfo[]> {
  const shards: ShardInfo[] = [];
  for await (const shard of source.list(ref)) shards.push(shard);
  return shards;
}

async function code(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return "no error";
  } catch (error) {
    return isAtdataError(error) ? error.code : String(error);
  }
}

function openDescriptors(): Promise<string[]> {
  return readdir("/proc/self/fd");
}

describe("reading a file", () => {
  it("gives the bytes of the file from any start, whether chunks are released or kept", async () => {
    const bytes = pattern(5 * MIB + 777);
    const path = join(folder, "a.tar");
    await writeFile(path, bytes);
    for (const start of [0, 1, MIB, 3 * MIB + 5, bytes.length, bytes.length + 10]) {
      for (const release of [true, false]) {
        const got = await drain(await source.open(path, { start }), release);
        expect(Buffer.compare(got, bytes.subarray(start))).toBe(0);
      }
    }
  });

  it("ends chunks at multiples of the preferred length", async () => {
    const record = 150_528 + 512;
    await writeFile(join(folder, "a.tar"), pattern(60 * record));
    const reader = await source.open(join(folder, "a.tar"));
    let position = 0;
    const ends: number[] = [];
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      if (position === 0) reader.prefer?.(record);
      position += chunk.length;
      ends.push(position % record);
      reader.release?.(chunk);
    }
    await reader.close();
    expect(ends.slice(2).every((rest) => rest === 0)).toBe(true);
    expect(ends.length).toBeGreaterThan(8);
  });

  it("uses released memory again, but never memory that is out", async () => {
    await writeFile(join(folder, "a.tar"), pattern(12 * MIB));
    const reader = await source.open(join(folder, "a.tar"));
    const released = new Set<ArrayBufferLike>();
    const kept = await reader.next();
    const copy = kept?.slice();
    let reused = 0;
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      if (released.has(chunk.buffer)) reused++;
      released.add(chunk.buffer);
      reader.release?.(chunk);
      reader.release?.(chunk);
    }
    await reader.close();
    expect(reused).toBeGreaterThan(6);
    expect(Buffer.compare(kept ?? new Uint8Array(), copy ?? new Uint8Array(1))).toBe(0);
  });

  it("reads ranges, short only at the end of the file", async () => {
    const bytes = pattern(10_000);
    await writeFile(join(folder, "a.tar"), bytes);
    const path = join(folder, "a.tar");
    expect(await source.read?.(path, 100, 50)).toEqual(bytes.slice(100, 150));
    expect(await source.read?.(path, 9_990, 50)).toEqual(bytes.slice(9_990));
    expect(await source.read?.(path, 20_000, 50)).toEqual(new Uint8Array());
    expect(await source.size?.(path)).toBe(10_000);
    expect(await source.size?.(`${path}x`)).toBeUndefined();
  });

  it.runIf(process.platform === "linux")(
    "opens a file once for ranges that follow each other, and leaves none open",
    async () => {
      const path = join(folder, "a.tar");
      await writeFile(path, pattern(10_000));
      const before = (await openDescriptors()).length;
      for (let i = 0; i < 50; i++) await source.read?.(path, i * 100, 100);
      await Promise.all(Array.from({ length: 20 }, (_, i) => source.read?.(path, i * 100, 100)));
      rmSync(path);
      // The descriptor is still there, although the name is not: no read in between opened it anew.
      expect(await source.read?.(path, 0, 10)).toHaveLength(10);
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect((await openDescriptors()).length).toBe(before);
      expect(await code(source.read?.(path, 0, 10) ?? Promise.resolve())).toBe("NOT_FOUND");
    },
  );

  it("takes file urls and paths against the working directory", async () => {
    const path = join(folder, "sp ace.tar");
    await writeFile(path, pattern(10));
    expect(await source.size?.(pathToFileURL(path).href)).toBe(10);
    expect(await source.size?.(relative(process.cwd(), path))).toBe(10);
    expect(await code(source.open("file://other-host/x.tar"))).toBe("REF_INVALID");
  });

  it("reports a file that grows or shrinks while it is read", async () => {
    const path = join(folder, "a.tar");
    await writeFile(path, pattern(4 * MIB));
    const growing = await source.open(path);
    await growing.next();
    await appendFile(path, "more");
    expect(await code(drain(growing))).toBe("SOURCE_CHANGED");
    await growing.close();
    const shrinking = await source.open(path);
    await shrinking.next();
    await writeFile(path, "short");
    expect(await code(drain(shrinking))).toBe("SOURCE_CHANGED");
    await shrinking.close();
  });

  it("maps system errors to codes", async () => {
    expect(await code(source.open(join(folder, "none.tar")))).toBe("NOT_FOUND");
    await writeFile(join(folder, "file"), "x");
    expect(await code(source.open(join(folder, "file", "below.tar")))).toBe("NOT_FOUND");
    expect(await code(source.open(folder))).toBe("IO_ERROR");
    expect(await code(source.open("a\0b"))).toBe("REF_INVALID");
    expect(await code(source.read?.(join(folder, "none.tar"), 0, 1) ?? Promise.resolve())).toBe("NOT_FOUND");
  });

  it("reports a file that may not be read, as another user where tests run as root", async () => {
    const path = join(folder, "secret.tar");
    await writeFile(path, "x");
    await chmod(path, 0o000);
    if (process.getuid?.() !== 0) {
      expect(await code(source.open(path))).toBe("ACCESS_DENIED");
      return;
    }
    await chmod(folder, 0o755);
    const module = new URL("./file-source.ts", import.meta.url).href;
    const script = `process.seteuid(65534); const { fileSource } = await import(${JSON.stringify(module)});
      try { await fileSource().open(${JSON.stringify(path)}); } catch (e) { console.log(e.code); }`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(out.trim()).toBe("ACCESS_DENIED");
  });

  it.runIf(process.platform === "linux")("does not hang on a pipe", async () => {
    execFileSync("mkfifo", [join(folder, "pipe.tar")]);
    expect(await code(source.open(join(folder, "pipe.tar")))).toBe("IO_ERROR");
  });

  it.runIf(process.platform === "linux")("closes its descriptor after early exits, aborts and errors", async () => {
    const path = join(folder, "a.tar");
    await writeFile(path, pattern(4 * MIB));
    const before = (await openDescriptors()).length;
    for (let i = 0; i < 20; i++) {
      const reader = await source.open(path);
      const pending = reader.next();
      await Promise.all([reader.close(), reader.close()]);
      await pending;
      expect(await reader.next()).toBeUndefined();
      const controller = new AbortController();
      const aborted = await source.open(path, { signal: controller.signal });
      const next = aborted.next();
      controller.abort(new Error("enough"));
      await expect(next).rejects.toThrow("enough");
      await aborted.close();
      await code(source.open(folder));
    }
    expect((await openDescriptors()).length).toBe(before);
  });
});

describe("listing files", () => {
  beforeEach(async () => {
    await mkdir(join(folder, "deep", "er"), { recursive: true });
    await mkdir(join(folder, ".hidden.tmp"));
    for (const name of ["b.tar", "B.tar", "a-10.tar", "a-2.tar.gz", ".c.tar", "a.dataset.json", "a.manifest.parquet"]) {
      await writeFile(join(folder, name), name);
    }
    await writeFile(join(folder, ".hidden.tmp", "h.tar"), "");
    await writeFile(join(folder, "deep", "er", "d.tar"), "");
    await symlink(folder, join(folder, "deep", "loop"));
  });
  const names = async (ref: string): Promise<string[]> =>
    (await list(join(folder, ref))).map((shard) => relative(folder, shard.url));

  it("lists the visible shards of a directory by code unit, with their lengths", async () => {
    expect(await names(".")).toEqual(["B.tar", "a-10.tar", "a-2.tar.gz", "b.tar"]);
    expect((await list(folder)).map((shard) => shard.bytes)).toEqual([5, 8, 10, 5]);
  });

  it("lists what a glob matches, without sidecars, hidden files and folders", async () => {
    expect(await names("a*")).toEqual(["a-10.tar", "a-2.tar.gz"]);
    expect(await names("[ab].tar")).toEqual(["b.tar"]);
    expect(await names("**/*.tar")).toEqual(["B.tar", "a-10.tar", "b.tar", "deep/er/d.tar"]);
    expect(await names("d*/*r/?.tar")).toEqual(["deep/er/d.tar"]);
    expect(await names("**")).toContain("deep/er/d.tar");
  });

  it("gives a single name without asking that it exists, and one with glob characters that exists as it is", async () => {
    expect(await names("none.tar")).toEqual(["none.tar"]);
    await writeFile(join(folder, "x[1].tar"), "");
    expect(await names("x[1].tar")).toEqual(["x[1].tar"]);
  });

  it("reports a directory or glob without shards", async () => {
    expect(await code(list(join(folder, "deep")))).toBe("NO_SHARDS");
    expect(await code(list(join(folder, "z*.tar")))).toBe("NO_SHARDS");
    expect(await code(list(join(folder, "none", "*.tar")))).toBe("NO_SHARDS");
  });
});

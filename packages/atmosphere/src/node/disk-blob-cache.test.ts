import { mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobCid } from "../blobs/cid.ts";
import { diskBlobCache } from "./disk-blob-cache.ts";

let folder = "";
let dir = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "blob-cache-"));
  dir = join(folder, "deep", "blobs");
});
afterEach(() => rm(folder, { recursive: true }));

const blob = (first: number, length = 1000): Uint8Array => new Uint8Array(length).map((_, i) => first + i);
const [A, B, C] = [blob(1), blob(2), blob(3)];
const [a, b, c] = [blobCid(A), blobCid(B), blobCid(C)];

/** Says when a blob was used, as if it were so long ago. */
async function used(cid: string, secondsAgo: number): Promise<void> {
  const { mtimeMs } = await stat(join(dir, cid));
  await utimes(join(dir, cid), Date.now() / 1000 - secondsAgo, mtimeMs / 1000);
}

describe("blobs kept on disk", () => {
  it("are there for other processes, in files named by their CIDs, and are given in parts", async () => {
    const cache = diskBlobCache(dir, 10_000);
    expect(await cache.read(a, 0, 10)).toBeUndefined();
    await cache.put(a, A);
    expect(await readdir(dir)).toEqual([a]);
    for (const each of [cache, diskBlobCache(dir, 10_000)]) {
      expect(await each.read(a, 10, 20)).toEqual(A.subarray(10, 30));
      expect(await each.read(a, 990, 20)).toEqual(A.subarray(990));
      expect(await each.read(a, 2000, 20)).toEqual(new Uint8Array());
      expect(await each.read(b, 0, 1)).toBeUndefined();
    }
  });

  it("are removed when they are damaged, whoever wrote them, before or after they were read", async () => {
    const cache = diskBlobCache(dir, 10_000);
    await mkdir(dir, { recursive: true });
    const wrong = A.slice();
    wrong[500] = (wrong[500] as number) ^ 1;
    await writeFile(join(dir, a), wrong);
    const parts = await Promise.all(Array.from({ length: 8 }, (_, i) => cache.read(a, i, 1)));
    expect(parts).toEqual(Array.from({ length: 8 }, () => undefined));
    expect(await readdir(dir)).toEqual([]);
    await cache.put(a, A);
    expect(await cache.read(a, 0, 1)).toEqual(A.subarray(0, 1));
    await truncate(join(dir, a), 999);
    expect(await cache.read(a, 0, 1)).toBeUndefined();
    expect(await readdir(dir)).toEqual([]);
  });

  it("give way to others when they were not used for longest", async () => {
    const cache = diskBlobCache(dir, 2500);
    await cache.put(a, A);
    await cache.put(b, B);
    await used(a, 200);
    await used(b, 100);
    await cache.read(a, 0, 1);
    await cache.put(c, C);
    expect((await readdir(dir)).sort()).toEqual([a, c].sort());
    expect(await cache.read(a, 0, 2)).toEqual(A.subarray(0, 2));
    await cache.put(blobCid(blob(9, 2501)), blob(9, 2501));
    expect((await readdir(dir)).sort()).toEqual([a, c].sort());
  });

  it("leave other files alone, and what is being written; only what was given up long ago goes", async () => {
    const cache = diskBlobCache(dir, 2500);
    await mkdir(dir, { recursive: true });
    const [young, old] = [`.${b}.000000000000.tmp`, `.${b}.000000000001.tmp`];
    for (const name of ["notes.txt", young, old]) await writeFile(join(dir, name), B);
    const long = Date.now() / 1000 - 3600;
    await utimes(join(dir, old), long, long);
    await cache.put(a, A);
    await cache.put(c, C);
    expect((await readdir(dir)).sort()).toEqual(["notes.txt", young, c].sort());
  });

  it("have no names but CIDs of blobs, and no failure of the disk is one of reading", async () => {
    const cache = diskBlobCache(dir, 10_000);
    await cache.put("../../out", A);
    expect(await cache.read("../../out", 0, 1)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, "file"), "");
    const blocked = diskBlobCache(join(folder, "file", "x"), 10_000);
    await blocked.put(a, A);
    expect(await blocked.read(a, 0, 1)).toBeUndefined();
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(cache.read(a, 0, 1, { signal })).rejects.toThrow("stop");
    await expect(cache.put(a, A, { signal })).rejects.toThrow("stop");
    expect(() => diskBlobCache(dir, Number.NaN)).toThrow(RangeError);
  });
});

import { describe, expect, it } from "vitest";
import { blobCid } from "./cid.ts";
import { memoryBlobCache } from "./memory-blob-cache.ts";

const blob = (first: number, length: number): Uint8Array => new Uint8Array(length).map((_, i) => first + i);

describe("blobs kept in memory", () => {
  it("are given in parts that are the caller's own, fewer bytes only at the end", async () => {
    const cache = memoryBlobCache(100);
    const cid = blobCid(blob(0, 10));
    expect(await cache.read(cid, 0, 10)).toBeUndefined();
    await cache.put(cid, blob(0, 10));
    (await cache.read(cid, 2, 3))?.fill(99);
    expect(await cache.read(cid, 2, 3)).toEqual(Uint8Array.of(2, 3, 4));
    expect(await cache.read(cid, 8, 5)).toEqual(Uint8Array.of(8, 9));
    expect(await cache.read(cid, 20, 5)).toEqual(new Uint8Array());
  });

  it("give way to others when they were not used for longest, and never take more room than there is", async () => {
    const cache = memoryBlobCache(100);
    await cache.put("a", blob(1, 40));
    await cache.put("b", blob(2, 40));
    await cache.read("a", 0, 1);
    await cache.put("c", blob(3, 40));
    const held = async (): Promise<string[]> => {
      const there = await Promise.all(["a", "b", "c", "d"].map((cid) => cache.read(cid, 0, 1)));
      return ["a", "b", "c", "d"].filter((_, i) => there[i] !== undefined);
    };
    expect(await held()).toEqual(["a", "c"]);
    await cache.put("a", blob(1, 40));
    expect(await held()).toEqual(["a", "c"]);
    await cache.put("d", blob(4, 101));
    expect(await held()).toEqual(["a", "c"]);
    await cache.put("d", blob(4, 100));
    expect(await held()).toEqual(["d"]);
  });

  it("obey signals, and need room", async () => {
    const cache = memoryBlobCache(100);
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(cache.read("a", 0, 1, { signal })).rejects.toThrow("stop");
    await expect(cache.put("a", blob(1, 1), { signal })).rejects.toThrow("stop");
    expect(() => memoryBlobCache(0)).toThrow(RangeError);
  });
});

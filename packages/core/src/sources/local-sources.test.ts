import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import type { DataSource } from "../protocols/data-source.ts";
import { blobSource } from "./blob-source.ts";
import { memorySource } from "./memory-source.ts";

const MIB = 1 << 20;

function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + (i >> 16)) & 255);
}

async function names(source: DataSource, ref: string): Promise<string[] | string> {
  try {
    const urls: string[] = [];
    for await (const shard of source.list(ref)) urls.push(shard.url);
    return urls;
  } catch (error) {
    return isAtdataError(error) ? error.code : String(error);
  }
}

const files = ["b.tar", "a.tar", "a.dataset.json", ".h.tar", "sub/c.tar", "sub/readme.txt", "docs/x.txt"];

describe.each([
  ["memory", (all: Record<string, Uint8Array<ArrayBuffer>>) => memorySource(all)],
  [
    "blob",
    (all: Record<string, Uint8Array<ArrayBuffer>>) =>
      blobSource(Object.fromEntries(Object.entries(all).map(([name, bytes]) => [name, new Blob([bytes])]))),
  ],
] as const)("the %s source", (scheme, make) => {
  const listed = make(Object.fromEntries(files.map((name) => [name, pattern(3)])));

  it("lists names, folders and globs in the form it was asked, by code unit", async () => {
    expect(await names(listed, "")).toEqual(["a.tar", "b.tar"]);
    expect(await names(listed, `${scheme}:/`)).toEqual([`${scheme}:/a.tar`, `${scheme}:/b.tar`]);
    expect(await names(listed, "sub")).toEqual(["sub/c.tar"]);
    expect(await names(listed, "a*")).toEqual(["a.tar"]);
    expect(await names(listed, "**/*.tar")).toEqual(["a.tar", "b.tar", "sub/c.tar"]);
    expect(await names(listed, "none.tar")).toEqual(["none.tar"]);
    expect(await names(listed, "z*")).toBe("NO_SHARDS");
    expect(await names(listed, "docs")).toBe("NO_SHARDS");
  });

  it("gives bytes in chunks of at most a mebibyte, and lets timers run meanwhile", async () => {
    const bytes = pattern(40 * MIB + 3);
    const reader = await make({ a: bytes }).open(`${scheme}:a`, { start: 5 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    let position = 5;
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      expect(chunk.length).toBeLessThanOrEqual(MIB);
      expect(Buffer.compare(chunk, bytes.subarray(position, position + chunk.length))).toBe(0);
      position += chunk.length;
      reader.release?.(chunk);
    }
    clearInterval(timer);
    expect(position).toBe(bytes.length);
    expect(ticks).toBeGreaterThan(0);
  });

  it("gives chunks of a multiple of the preferred length", async () => {
    const reader = await make({ a: pattern(4 * MIB) }).open("a");
    reader.prefer?.(300_000);
    expect((await reader.next())?.length).toBe(900_000);
    reader.prefer?.(5 * MIB);
    expect((await reader.next())?.length).toBe(MIB);
  });
});

describe("the memory source", () => {
  it("is live, and reports a file that is replaced while it is read", async () => {
    const map = new Map([["a.tar", pattern(3 * MIB)]]);
    const source = memorySource(map);
    const reader = await source.open("a.tar");
    await reader.next();
    map.set("a.tar", pattern(3));
    await expect(reader.next()).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    map.set("b.tar", pattern(7));
    expect(await source.size?.("memory:/b.tar")).toBe(7);
  });
});

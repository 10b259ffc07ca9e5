import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { AtdataError, type ByteReader, isAtdataError, type ShardFormat } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wds } from "../src/format.ts";
import { wds as nodeWds } from "../src/node/format.ts";
import { concat, member, write } from "./archive.ts";
import { chunked, readToEnd, unwrapped } from "./chunked.ts";

const noise = (length: number, seed = 1): Uint8Array => {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
};
const archive = write([
  ["noise", noise(300_000)],
  ["zeros", new Uint8Array(2 ** 20)],
  ["text", new TextEncoder().encode(Array.from({ length: 30_000 }, (_, i) => `atdata ${i % 977} `).join(""))],
]);
const gzip = new Uint8Array(gzipSync(archive));
const zstd = new Uint8Array(zstdCompressSync(archive));
const zstdOfText = new Uint8Array(zstdCompressSync(archive.subarray(2 ** 20 + 400_000)));
/** `toEqual` takes seconds for megabytes. */
const expectSame = (got: Uint8Array, want: Uint8Array) => expect(Buffer.compare(got, want)).toBe(0);
/** Files that Python's webdataset and the `zstd` command compressed. */
const fixture = (name: string) =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "../../../fixtures/webdataset", name)));

const formats: [string, ShardFormat][] = [
  ["the root", wds()],
  ["node", nodeWds()],
];

/** Damaged zstd over which a decoder ran for minutes: its sequences write gigabytes into one block. */
const runaway = new Uint8Array(
  Buffer.from(
    `
      28b52ffd600013e50900d28b2b2f80b7e93d90701183ab0f6004e54446593005c8c160dbdeb6d93eb6d576cc08881d3568e87793f39860
      056177ef9d02aec036e3221af3dd652cf67b815d8cc7361a4a50f2468310613d3c1ef37841fa80ce311b927b926d60e80dde16c64e1499
      fe07b60b82ed0716fbdfb66559f6630e96861f848bf7182370305cc2a042288572214c66a5101519ec28b163b4a3ed86c4b5060f182ea0
      321df938aad749362c488eacd4c5ad9220a3c9f5a0d3c38c68230000000000000000000000000000000000000000000000000000000000
      00000000000000000000000000000000000000000000000000000000000000001b6867b0489233b03555f4064be737fe0c68150c2034ff
      9f85fd65d8ae6186944bd841ac511133d3034c5918ed29040c863a0016b22d11bf7df8702a775e0188f97f9e698c917117949941d6d47b
      dee001982eaf3702a8c024009c41017be7f6e4f71f89269702111649f04644bc1a587ae218bb2159e0a1e31e2c
    `.replaceAll(/\s/g, ""),
    "hex",
  ),
);

describe.each(formats)("unwrap of %s", (_, format) => {
  test("gives plain archives back as they are, in the source's own chunks", async () => {
    for (const length of [1, 3, 511, 65536])
      expectSame(await unwrapped(format, archive.slice(0, 2000), length), archive.slice(0, 2000));
    const first = Uint8Array.from(archive.subarray(0, 600));
    const source: ByteReader = { next: async () => first, close: async () => undefined };
    expect(await (await format.unwrap?.(source, "a"))?.next()).toBe(first);
  });

  test("tells the compression that it removed, so that nobody reads ranges of the compressed bytes", async () => {
    expect((await format.unwrap?.(chunked(gzip, 4096), "a"))?.compression).toBe("gzip");
    expect((await format.unwrap?.(chunked(zstd, 4096), "a"))?.compression).toBe("zstd");
    expect((await format.unwrap?.(chunked(archive, 4096), "a"))?.compression).toBe(undefined);
  });

  test("hands release, prefer and close on to the source of a plain archive", async () => {
    const calls: unknown[] = [];
    const source: ByteReader = {
      ...chunked(archive, 4096),
      release: (chunk) => calls.push(chunk.length),
      prefer: (bytes) => calls.push(bytes),
      close: async () => void calls.push("close"),
    };
    const reader = (await format.unwrap?.(source, "a")) as ByteReader;
    const chunk = await reader.next();
    reader.release?.(chunk as Uint8Array);
    reader.prefer?.(7);
    await reader.close();
    expect(calls).toEqual([4096, 7, "close"]);
  });

  test.each([
    ["gzip", gzip],
    ["zstd", zstd],
  ])("decompresses %s, fed in chunks of any length", async (_name, bytes) => {
    for (const length of [bytes.length, 65536, 10_007]) expectSame(await unwrapped(format, bytes, length), archive);
  });

  test("decompresses what the zstd command made, checksum included", async () => {
    expectSame(await unwrapped(format, fixture("plain.tar.zst"), 1000), fixture("plain.tar"));
  });

  test("decompresses bytes that come one by one", async () => {
    const small = write([["a", noise(300)]]);
    expect(await unwrapped(format, new Uint8Array(gzipSync(small)), 1)).toEqual(small);
    expect(await unwrapped(format, new Uint8Array(zstdCompressSync(small)), 1)).toEqual(small);
  });

  test("reads zstd of several frames, skippable ones among them", async () => {
    const half = archive.length / 2;
    const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5);
    const frames = [archive.subarray(0, half), archive.subarray(half)].map(
      (part) => new Uint8Array(zstdCompressSync(part)),
    );
    const bytes = concat(skippable, frames[0] as Uint8Array, skippable, frames[1] as Uint8Array, skippable);
    for (const length of [bytes.length, 65536, 10_007]) expectSame(await unwrapped(format, bytes, length), archive);
  });

  test("any bytes that zlib compresses, in chunks of any length", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.nat(200_000).map((length) => new Uint8Array(length)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 10, max: 4000 }), fc.boolean(), async (bytes, length, isGzip) => {
        const compressed = new Uint8Array(isGzip ? gzipSync(bytes) : zstdCompressSync(bytes));
        fc.pre(compressed.length >= 10);
        expect(Buffer.compare(await unwrapped(format, compressed, length), bytes)).toBe(0);
      }),
    );
  });

  test("gives chunks of 1 MiB at most, and reads no further ahead than it must", async () => {
    const zeros = new Uint8Array(16 * 2 ** 20);
    for (const bytes of [gzip, new Uint8Array(gzipSync(zeros)), new Uint8Array(zstdCompressSync(zeros))]) {
      const { longest } = await readToEnd((await format.unwrap?.(chunked(bytes, 2 ** 20), "a")) as ByteReader);
      expect(longest).toBeLessThanOrEqual(2 ** 20);
    }
    const long = new Uint8Array(gzipSync(randomBytes(8 * 2 ** 20), { level: 1 }));
    const source = chunked(long, 65536);
    const reader = (await format.unwrap?.(source, "a")) as ByteReader;
    await reader.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(source.taken).toBeLessThan(3 * 2 ** 20);
    await reader.close();
    expect(source.closed).toBe(1);
  });

  test.each([
    ["gzip", gzip],
    ["zstd", zstd],
  ])("%s that is cut anywhere is SHARD_TRUNCATED, after what could be read", async (name, bytes) => {
    const cuts = [12, 100, 5000, Math.floor(bytes.length / 2), bytes.length - 9, bytes.length - 1];
    for (const cut of cuts) {
      const error = await unwrapped(format, bytes.slice(0, cut)).catch((error: unknown) => error);
      expect(isAtdataError(error, "SHARD_TRUNCATED") && error.fields, `cut at ${cut}: ${error}`).toEqual({
        shard: "test.tar",
        offset: cut,
      });
      expect(error).toHaveProperty("clause", `shard ends in the middle of its ${name} data`);
    }
  });

  test.each([
    ["gzip", gzip, 10],
    ["gzip", gzip, Math.floor(gzip.length / 2)],
    ["gzip", gzip, gzip.length - 6],
    ["zstd", zstdOfText, 8],
    ["zstd", zstdOfText, 30],
  ])("%s that is damaged at %#: SHARD_CORRUPT, again and again", async (name, bytes, at) => {
    const damaged = bytes.slice();
    damaged.fill(0xa5, at, at + 16);
    const reader = (await format.unwrap?.(chunked(damaged, 65536), "test.tar")) as ByteReader;
    const error = await readToEnd(reader).catch((error: unknown) => error);
    expect(isAtdataError(error, "SHARD_CORRUPT") && error.fields).toEqual({ shard: "test.tar" });
    expect((error as Error).message).toContain(`${name} data cannot be decompressed`);
    await expect(reader.next()).rejects.toBe(error);
    await reader.close();
  });

  test("zstd whose sequences write far beyond their block ends at once, as SHARD_CORRUPT", async () => {
    const error = await unwrapped(format, runaway).catch((error: unknown) => error);
    expect(isAtdataError(error, "SHARD_CORRUPT") && error.fields).toEqual({ shard: "test.tar" });
  });

  test("mutated gzip and zstd give bytes or an AtdataError", async () => {
    const small = write([
      ["a", noise(3000)],
      ["b", new Uint8Array(3000)],
    ]);
    const corpus = [gzipSync(small), zstdCompressSync(small)].map((bytes) => new Uint8Array(bytes));
    const flips = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...corpus),
        flips,
        fc.integer({ min: 1, max: 4000 }),
        async (original, flips, cut) => {
          const bytes = original.slice(0, Math.max(cut, 12));
          // What makes it a compressed file stays as it is.
          for (const [at, value] of flips) if (at % bytes.length >= 10) bytes[at % bytes.length] = value;
          const error = await unwrapped(format, bytes, 1000).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (error !== undefined && !isAtdataError(error, "SHARD_CORRUPT", "SHARD_TRUNCATED")) throw error;
        },
      ),
      { numRuns: Number(process.env.ATDATA_FUZZ ?? 2000) / 10 },
    );
  }, 600_000);

  test.each([
    new AtdataError("NETWORK_ERROR", "gone", { url: "a", attempts: 3 }),
    new DOMException("stopped", "AbortError"),
  ])("errors of the source pass unchanged: %s", async (failure) => {
    for (const bytes of [gzip, zstd]) {
      const source = chunked(bytes, 65536);
      let calls = 0;
      const failing: ByteReader = {
        next: () => (++calls > 3 ? Promise.reject(failure) : source.next()),
        close: () => source.close(),
      };
      const reader = (await format.unwrap?.(failing, "a")) as ByteReader;
      await expect(readToEnd(reader)).rejects.toBe(failure);
    }
  });

  test("close ends a pending next, and the source, once", async () => {
    for (const bytes of [gzip, zstd]) {
      const source = chunked(bytes, 1000);
      const reader = (await format.unwrap?.(source, "a")) as ByteReader;
      const pending = reader.next();
      await Promise.all([reader.close(), reader.close()]);
      await pending;
      expect(await reader.next()).toBeUndefined();
      expect(source.closed).toBe(1);
    }
  });

  test.each([
    ["bzip2", "bz2"],
    ["xz", "xz"],
  ])("%s needs a hook, and the error says so", async (name, file) => {
    const source = chunked(fixture(`plain.tar.${file}`), 4096);
    const error = await format.unwrap?.(source, "a.tar").catch((error: unknown) => error);
    expect(isAtdataError(error, "COMPRESSION_UNSUPPORTED") && error.fields).toEqual({
      shard: "a.tar",
      compression: name,
    });
    expect(error).toHaveProperty("hint", expect.stringContaining("wds({ decompress })"));
    expect(source.closed).toBe(1);
  });
});

test("node reads gzip of several members", async () => {
  const half = archive.length / 2;
  const bytes = concat(
    ...[archive.subarray(0, half), archive.subarray(half)].map((part) => new Uint8Array(gzipSync(part))),
  );
  expectSame(await unwrapped(nodeWds(), bytes), archive);
});

test("zstd that asks for a huge window is refused in the root before the memory is taken", async () => {
  const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, ...new Uint8Array(30));
  await expect(unwrapped(wds(), header)).rejects.toThrow("it needs a window of 1073741824 bytes, more than 134217728");
});

test("what merely starts like a compressed file is a tar archive", async () => {
  const names = ["BZh9", "BZh91AY", "(", "PK"];
  for (const name of names) {
    const bytes = member(`${name}.msgpack`, "1");
    expect(await unwrapped(wds(), bytes)).toEqual(bytes);
  }
});

describe("the decompress hook", () => {
  test.each([
    ["bzip2", "bz2"],
    ["xz", "xz"],
  ])("gets the bytes of a shard compressed with %s, and gives its plain ones", async (name, file) => {
    const shard = fixture(`plain.tar.${file}`);
    const decompress = async function* (bytes: AsyncIterable<Uint8Array>, compression: "bzip2" | "xz") {
      const parts: Uint8Array[] = [];
      for await (const chunk of bytes) parts.push(chunk);
      expectSame(concat(...parts), shard);
      expect(compression).toBe(name);
      yield new Uint8Array(0);
      yield Buffer.from(archive);
    };
    for (const format of [wds({ decompress }), nodeWds({ decompress })]) {
      const { bytes, longest } = await readToEnd((await format.unwrap?.(chunked(shard, 1000), "a")) as ByteReader);
      expectSame(bytes, archive);
      expect(longest).toBe(2 ** 20);
    }
  });

  test("what it throws becomes SHARD_CORRUPT with the shard, and is its cause", async () => {
    const cause = new Error("no xz here");
    // biome-ignore lint/correctness/useYield: it fails before
    const decompress = async function* (): AsyncGenerator<Uint8Array> {
      throw cause;
    };
    const error = await unwrapped(wds({ decompress }), fixture("plain.tar.xz")).catch((error: unknown) => error);
    expect(isAtdataError(error, "SHARD_CORRUPT") && error.fields).toEqual({ shard: "test.tar" });
    expect(error).toHaveProperty("message", "xz data cannot be decompressed: no xz here; shard=test.tar");
    expect(error).toHaveProperty("cause", cause);
  });
});

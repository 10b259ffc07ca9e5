import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../../tests/archive.ts";
import { UnexpectedEnd } from "../decompressed-reader.ts";
import { unzstd } from "./unzstd.ts";

const {
  ZSTD_c_compressionLevel: LEVEL,
  ZSTD_c_checksumFlag: CHECKSUM,
  ZSTD_c_contentSizeFlag: CONTENT_SIZE,
  ZSTD_c_windowLog: WINDOW,
  ZSTD_c_enableLongDistanceMatching: LONG,
} = constants;

const pack = (bytes: Uint8Array, params: Record<number, number> = {}): Uint8Array =>
  new Uint8Array(zstdCompressSync(bytes, { params }));

async function unpack(bytes: Uint8Array, length = 65536): Promise<Uint8Array> {
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
  };
  const parts: Uint8Array[] = [];
  for await (const part of unzstd(chunks())) {
    if (part.length === 0 || part.length > 128 * 1024) throw new Error(`a chunk has ${part.length} bytes`);
    parts.push(part);
  }
  return concat(...parts);
}

/** `toEqual` takes seconds for megabytes. */
const expectSame = (got: Uint8Array, want: Uint8Array) => expect(Buffer.compare(got, want)).toBe(0);

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i ^ (i >>> 7), 0x9e3779b1) >>> 24);
const text = (length: number): Uint8Array =>
  new TextEncoder()
    .encode(Array.from({ length: length / 6 }, (_, i) => `${(i * i) % 9973} ${i % 89} ab `).join(""))
    .slice(0, length);
/** Few symbols, most of them seldom, which is what Huffman codes are good for. */
const skewed = (length: number): Uint8Array =>
  noise(length).map((value, i) => Math.clz32((value << 8) | (i & 255)) + (value % 5));

const mixed = concat(text(700_000), noise(300_000), new Uint8Array(500_000), skewed(400_000), text(500_000));
const inputs: [string, Uint8Array][] = [
  ["nothing", new Uint8Array(0)],
  ["one byte", Uint8Array.of(7)],
  ["zeros", new Uint8Array(1_000_000)],
  ["noise", noise(300_000)],
  ["text", text(300_000)],
  ["few symbols", skewed(300_000)],
  ["a mixture", mixed],
];

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22])(
  "decompresses what libzstd made at level %i, with and without size and check sum",
  async (level) => {
    const bytes = mixed.subarray(600_000, 1_050_000);
    expectSame(await unpack(pack(bytes, { [LEVEL]: level, [CHECKSUM]: 1, [CONTENT_SIZE]: 0 })), bytes);
    expectSame(await unpack(pack(bytes, { [LEVEL]: level })), bytes);
  },
  60_000,
);

test.each(inputs)("decompresses %s", async (_, bytes) => {
  for (const params of [{}, { [CONTENT_SIZE]: 0 }, { [CHECKSUM]: 1 }, { [LEVEL]: 19, [WINDOW]: 10 }]) {
    expectSame(await unpack(pack(bytes, params)), bytes);
  }
});

test("decompresses many windows, and copies that reach back as far as a window of 8 MiB", async () => {
  const far = concat(noise(100_000), new Uint8Array(8_000_000), noise(100_000), text(9_000_000), noise(100_000));
  for (const log of [10, 12, 17, 23]) {
    expectSame(await unpack(pack(far, { [WINDOW]: log, [LONG]: 1, [CONTENT_SIZE]: 0, [CHECKSUM]: 1 })), far);
  }
}, 60_000);

test("any bytes, in frames of any number and chunks of any length", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.array(fc.constantFrom(1, 2, 3, 50, 60), { maxLength: 5000 }).map((values) => Uint8Array.from(values)),
    fc.nat(200_000).map(text),
  );
  const params = fc.record({ [LEVEL]: fc.integer({ min: -5, max: 19 }), [CHECKSUM]: fc.nat(1) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(bytes, params), { maxLength: 3 }),
      fc.integer({ min: 1, max: 4000 }),
      async (frames, length) => {
        const packed = concat(...frames.map(([part, params]) => pack(part, params)));
        expectSame(await unpack(packed, length), concat(...frames.map(([part]) => part)));
      },
    ),
  );
});

test("gives a chunk before it reads the blocks behind it, and chunks that nobody writes to again", async () => {
  const packed = pack(mixed);
  let taken = 0;
  const chunks = async function* () {
    for (; taken < packed.length; taken += 1000) yield packed.slice(taken, taken + 1000);
  };
  const parts: Uint8Array[] = [];
  for await (const part of unzstd(chunks())) {
    if (parts.length === 0) expect(taken).toBeLessThan(128 * 1024 + 1000);
    parts.push(part.slice());
    part.fill(0xee);
  }
  expectSame(concat(...parts), mixed);
});

test("ends its source, whether it is read to the end, given up or fails", async () => {
  let ended = 0;
  const chunks = async function* (bytes: Uint8Array) {
    try {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.slice(at, at + 1000);
    } finally {
      ended += 1;
    }
  };
  for await (const _ of unzstd(chunks(pack(mixed)))) break;
  expect(ended).toBe(1);
  const failing = async () => {
    const bytes = concat(pack(mixed), Uint8Array.of(1, 2, 3, 4), new Uint8Array(5000));
    for await (const part of unzstd(chunks(bytes))) expect(part.length).toBeGreaterThan(0);
  };
  await expect(failing()).rejects.toThrow("what follows a frame is none");
  expect(ended).toBe(2);
});

test("data that is cut anywhere is an UnexpectedEnd", async () => {
  const packed = concat(pack(text(3000), { [CHECKSUM]: 1 }), hex("502a4d18 03000000 010203"), pack(skewed(3000)));
  const whole = [0, pack(text(3000), { [CHECKSUM]: 1 }).length];
  whole.push((whole[1] as number) + 11);
  for (let cut = 0; cut < packed.length; cut++) {
    const outcome = await unpack(packed.slice(0, cut)).catch((error: unknown) => error);
    expect(outcome instanceof UnexpectedEnd, `cut at ${cut}: ${outcome}`).toBe(!whole.includes(cut));
  }
});

/** A frame with a window of 1 KiB, no size and no check sum, of the blocks given. */
const frame = (...blocks: Uint8Array[]): Uint8Array =>
  concat(
    hex("28b52ffd 00 00"),
    ...blocks.map((block, i) => {
      const head = (block.length << 3) | (2 << 1) | (i === blocks.length - 1 ? 1 : 0);
      return concat(Uint8Array.of(head & 255, head >> 8, 0), block);
    }),
  );

test.each([
  [
    "a check sum that is another one",
    pack(text(100), { [CHECKSUM]: 1 }).map((b, i, all) => (i === all.length - 1 ? b ^ 1 : b)),
    "its check sum is another one",
  ],
  ["a dictionary", hex("28b52ffd 21 05 00 010000"), "it needs the dictionary 5, and dictionaries are not supported"],
  [
    "a size of 2 GiB in one segment",
    hex("28b52ffd a0 00000080 010000"),
    "it needs a window of 2147483648 bytes, more than 134217728",
  ],
  ["less than its size", hex("28b52ffd 20 05 210000 01020304"), "a frame holds less than it says"],
  ["more than its size", hex("28b52ffd 20 03 210000 01020304"), "a block holds more than it may"],
  ["a header bit without meaning", hex("28b52ffd 28 00 010000"), "a frame is of no known form"],
  ["a block without type", hex("28b52ffd 00 00 070000"), "a block is of no known form"],
  ["a repeated byte beyond the window", hex("28b52ffd 00 00 0b2000 61"), "a block holds more than it may"],
  ["a block of nothing", frame(new Uint8Array(0)), "a part of a block is longer than the block"],
  ["a tree that there is not", frame(hex("1300 00 80 00")), "a block repeats a Huffman tree that there is not"],
  [
    "weights that take no bits and never end",
    frame(hex("428001 05 10f801 0004 00")),
    "a Huffman tree has too many weights",
  ],
  [
    "a copy from before the first byte",
    frame(hex("00 01 54 00 02 00 04")),
    "a copy reaches farther back than the window or the first byte",
  ],
  ["a table that there is not", frame(hex("00 01 fc 01")), "a block repeats a table that there is not"],
  ["a code that there is not", frame(hex("00 01 54 24 00 00 01")), "a sequence has a code that there is not"],
  ["bytes behind its last sequence", frame(hex("00 00 00")), "a block goes on behind its last sequence"],
])("refuses a frame with %s", async (_, bytes, message) => {
  await expect(unpack(bytes)).rejects.toThrow(message);
  await expect(unpack(bytes)).rejects.toBeInstanceOf(RangeError);
});

import { STEP_END, STEP_MORE, STEP_RECORD } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, endMark, type Found, gnuLong, member, pax, read, readChunks, write } from "../tests/archive.ts";
import { wds } from "./format.ts";
import { TarReader } from "./tar-reader.ts";

const longName = `${"d".repeat(150)}/${"k".repeat(150)}`;
const archive = concat(
  member("a.msgpack", "x".repeat(700)),
  pax({ path: `${longName}.msgpack` }),
  member("n".repeat(100), "1".repeat(512)),
  member("b.jpg", "jpg"),
  gnuLong(`b.${"e".repeat(120)}`),
  member("cut", "2".repeat(2000)),
  pax({ comment: "c" }, "g"),
  member("README", "r".repeat(3000)),
  member("c.msgpack", ""),
  member("c.json", "{}"),
  member("d.msgpack", "4".repeat(1025)),
  endMark,
);
const want = read(archive);
const withoutContent = want.map(({ key, offset, size }) => ({ key, offset, size }));

describe("chunks", () => {
  test("the archive at hand has every kind of sample", () => {
    expect(want.map(({ key }) => key)).toEqual(["a", longName, "b", "c", "d"]);
  });

  test.each([1, 7, 511, 512, 513, 1024, 4096])("of %i bytes give the same records", (length) => {
    expect(readChunks(archive, () => length)).toEqual(want);
    expect(readChunks(archive, () => length, true).map(({ key, offset, size }) => ({ key, offset, size }))).toEqual(
      withoutContent,
    );
  });

  test("of any lengths, at any place in their memory, give the same records", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 3000 })), fc.nat(8), (lengths, shift) => {
        const shifted = new Uint8Array(archive.length + shift).subarray(shift);
        shifted.set(archive);
        expect(readChunks(shifted, () => lengths.next().value as number)).toEqual(want);
      }),
    );
  });

  test("of Buffers give plain arrays", () => {
    const reader = new TarReader("test.tar", false);
    reader.push(Buffer.from(archive));
    expect(reader.next()).toBe(STEP_RECORD);
    expect(reader.bytes.constructor).toBe(Uint8Array);
  });

  test("a record within one chunk stays in that chunk's memory", () => {
    const reader = new TarReader("test.tar", false);
    reader.push(archive);
    reader.next();
    expect(reader.bytes).toBe(archive);
  });

  test("records at equal distances tell it as stride", () => {
    const reader = new TarReader("test.tar", false);
    const payload = new Uint8Array(600);
    reader.push(write(["a", "b", "c"].map((key) => [key, payload])));
    const strides = [];
    while (reader.next() === STEP_RECORD) strides.push(reader.stride);
    // One distance is none to compare with.
    expect(strides).toEqual([0, 0, 1536]);
  });

  test("the end is told again and again", () => {
    const reader = new TarReader("test.tar", false);
    reader.push(endMark);
    expect([reader.next(), reader.next()]).toEqual([STEP_END, STEP_END]);
  });
});

describe("locating", () => {
  /** Walks the headers as over a range source: each read starts where the reader wants it, and has `length` bytes. */
  function walk(bytes: Uint8Array, length: number): { found: Omit<Found, "content">[]; bytesRead: number } {
    const reader = new TarReader("test.tar", true);
    const found: Omit<Found, "content">[] = [];
    let bytesRead = 0;
    for (;;) {
      const step = reader.next();
      if (step === STEP_END) return { found, bytesRead };
      if (step === STEP_RECORD) {
        found.push({ key: reader.key(), offset: reader.offset, size: reader.size });
        expect([reader.start, reader.end]).toEqual([0, 0]);
        continue;
      }
      const offset = Math.min(reader.position, bytes.length);
      const chunk = bytes.slice(offset, offset + length);
      bytesRead += chunk.length;
      reader.push(chunk, offset);
      if (chunk.length === 0) reader.finish();
    }
  }

  test.each([1, 100, 512, 513, 5000])("by jumps with reads of %i bytes finds the same records", (length) => {
    expect(walk(archive, length).found).toEqual(withoutContent);
    expect(walk(archive.subarray(0, archive.length - endMark.length), length).found).toEqual(withoutContent);
  });

  test("reads headers only", () => {
    const large = write([0, 1, 2, 3].map((i) => [`k${i}`, new Uint8Array(100_000)]));
    const { found, bytesRead } = walk(large, 512);
    expect(found).toHaveLength(4);
    expect(bytesRead).toBe(5 * 512);
  });

  test("an archive that is cut within a content is truncated there", () => {
    const large = write([["a", new Uint8Array(100_000)]]);
    expect(() => walk(large.subarray(0, 50_000), 512)).toThrow("shard=test.tar; offset=50000");
  });

  test("a jump may not go beyond what the reader wants", () => {
    const reader = new TarReader("test.tar", true);
    reader.push(archive.subarray(0, 512));
    expect([reader.next(), reader.next()]).toEqual([STEP_RECORD, STEP_MORE]);
    expect(() => reader.push(archive.subarray(2048), 2048)).toThrow(RangeError);
  });
});

describe("a fresh reader at a span", () => {
  const format = wds();

  test.each(want)("finds the sample $key.length at $offset", ({ offset, size, content }) => {
    const span = format.span(offset, size);
    const reader = format.reader({ shard: "test.tar" });
    reader.push(archive.slice(span.from, span.from + span.length), span.from);
    reader.finish();
    expect(reader.next()).toBe(STEP_RECORD);
    expect([reader.offset, reader.size]).toEqual([offset, size]);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const members = reader.members();
    const got = members
      ? Object.fromEntries(members.map((m) => [m.extension, text(m.bytes)]))
      : text(reader.bytes.subarray(reader.start, reader.end));
    expect(got).toEqual(content);
    expect(reader.next()).toBe(STEP_END);
  });

  test.each([".", ".m", ".msgpac", "k", "dir/"])("finds a payload whose name is cut behind %j", (tail) => {
    const name = "n".repeat(100 - tail.length) + tail;
    const reader = format.reader({ shard: "test.tar" });
    reader.push(member(name, "payload"), 4096);
    expect(reader.next()).toBe(STEP_RECORD);
    expect([reader.offset, reader.size]).toEqual([4608, 7]);
  });

  test.each([".jpg", ".msgpax", "/.hidden"])("does not take a name that ends in %j for a payload's", (tail) => {
    const name = "n".repeat(100 - tail.length) + tail;
    const reader = format.reader({ shard: "test.tar" });
    reader.push(concat(member(name, "payload"), member("b.msgpack", "b")), 4096);
    reader.finish();
    while (reader.next() === STEP_RECORD && reader.members() !== undefined);
    expect(reader.key()).toBe("b");
  });
});

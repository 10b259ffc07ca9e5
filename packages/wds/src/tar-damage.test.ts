import { isAtdataError } from "@atdata/core";
import { describe, expect, test } from "vitest";
import {
  concat,
  drain,
  endMark,
  type Found,
  gnuLong,
  header,
  member,
  pax,
  read,
  readChunks,
} from "../tests/archive.ts";
import { TarReader } from "./tar-reader.ts";

const whole = concat(
  member("a.msgpack", "x".repeat(700)),
  pax({ path: "b.jpg" }),
  member("cut", "jpg"),
  member("b.cls", "7"),
  gnuLong("c.msgpack"),
  member("cut", "y".repeat(512)),
);
// Where an archive without end mark could end: only there does it look complete.
const borders = [1536, 3072 + 512, 4608, 6656];
const keysUpTo = [["a"], ["a", "b"], ["a", "b"], ["a", "b", "c"]];

describe("truncation", () => {
  test("wherever an archive is cut, it ends at a border of members or in an error", () => {
    const all = read(whole, endMark);
    for (let length = 0; length < whole.length; length++) {
      const { found, error } = attempt(whole.subarray(0, length));
      expect(found.length).toBeLessThanOrEqual(all.length);
      const border = borders.indexOf(length);
      if (border >= 0) {
        expect(error).toBeUndefined();
        expect(found.map(({ key }) => key)).toEqual(keysUpTo[border]);
      } else if (length > 0 && length < 512) {
        expect(isAtdataError(error, "SHARD_CORRUPT") && error.fields).toEqual({ shard: "test.tar", offset: 0 });
      } else {
        const want = { shard: "test.tar", offset: length };
        expect(isAtdataError(error, "SHARD_TRUNCATED") && error.fields).toMatchObject(want);
        // What came before the cut was given, and is as it was.
        for (const [i, sample] of found.entries()) {
          if (sample.key !== "b") expect(sample).toEqual(all[i]);
        }
      }
    }
  });

  test("the error names the key whose content is cut, and says what to do", () => {
    expect(attempt(whole.subarray(0, 600)).error).toHaveProperty(
      "message",
      "shard ends in the middle of a member; shard=test.tar; offset=600; key=a; try: fetch or write the shard again",
    );
  });

  test("an extended header without a member is an error", () => {
    expect(attempt(pax({ path: "a.msgpack" })).error).toHaveProperty("code", "SHARD_TRUNCATED");
    expect(attempt(gnuLong("a.msgpack")).error).toHaveProperty("code", "SHARD_TRUNCATED");
  });

  test("an empty file is an error, an archive of nothing is not", () => {
    expect(attempt(new Uint8Array(0)).error).toHaveProperty(
      "message",
      "shard is empty; shard=test.tar; offset=0; try: fetch or write the shard again",
    );
    for (const blocks of [1, 2, 20]) expect(read(new Uint8Array(512 * blocks))).toEqual([]);
  });
});

describe("damage", () => {
  test.each(["hello", "x".repeat(5000), "\x89PNG\r\n".repeat(200), "{}".repeat(512)])(
    "%.8j… is not a tar archive",
    (text) => {
      const error = attempt(new TextEncoder().encode(text)).error;
      expect(isAtdataError(error, "SHARD_CORRUPT") && [error.clause, error.fields]).toEqual([
        "not a tar archive",
        { shard: "test.tar", offset: 0 },
      ]);
    },
  );

  test("a header that is damaged further down is named by its offset, after the samples before it", () => {
    const damaged = whole.slice();
    damaged[1536 + 3] = 1;
    const { found, error } = attempt(damaged);
    expect(found.map(({ key }) => key)).toEqual(["a"]);
    expect(error).toHaveProperty("message", "header checksum differs; shard=test.tar; offset=1536");
  });

  test("any one byte that changes in a header is noticed", () => {
    for (let at = 0; at < 512; at++) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] as number) ^ 0x41;
      // But for bytes of the checksum field that do not count: what follows its digits.
      if (at === 155) continue;
      expect(attempt(damaged).error, `byte ${at}`).toHaveProperty("code", "SHARD_CORRUPT");
    }
  });
});

describe("sizes that are merely claimed", () => {
  const claim = (size: number, type = "0") => {
    const sizeField = new Uint8Array(12);
    sizeField[0] = 0x80;
    new DataView(sizeField.buffer).setBigUint64(4, BigInt(size));
    return header("a.msgpack", 0, { sizeField, type });
  };

  test("cost no memory", () => {
    const reader = new TarReader("test.tar", false);
    reader.push(concat(claim(2 ** 31 - 1), new Uint8Array(1024)));
    const before = process.memoryUsage().arrayBuffers;
    drain(reader, []);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 2 ** 20);
    reader.finish();
    expect(() => reader.next()).toThrow("shard ends in the middle of a member; shard=test.tar; offset=1536; key=a");
  });

  test("beyond 2 GiB are an error, unless the member is no part of a sample", () => {
    expect(attempt(claim(2 ** 31)).error).toHaveProperty(
      "message",
      "a member of 2147483648 bytes is too large; shard=test.tar; offset=0",
    );
    const readme = concat(pax({ path: "README" }), claim(2 ** 40));
    expect(attempt(readme).error).toHaveProperty("code", "SHARD_TRUNCATED");
  });

  test.each(["x", "g", "L", "K"])("beyond 1 MiB in an extended header (type %s) are an error", (type) => {
    expect(attempt(claim(2 ** 20 + 1, type)).error).toHaveProperty(
      "message",
      "a header record of 1048577 bytes is too long; shard=test.tar; offset=0",
    );
  });
});

function attempt(archive: Uint8Array): { found: Found[]; error: unknown } {
  const reader = new TarReader("test.tar", false);
  const found: Found[] = [];
  try {
    if (archive.length > 0) reader.push(archive);
    drain(reader, found);
    reader.finish();
    drain(reader, found);
    return { found, error: undefined };
  } catch (error) {
    // However the bytes come, the outcome is the same.
    expect(() => readChunks(archive, () => 511)).toThrow((error as Error).message);
    return { found, error };
  }
}

import { ByteWriter, isAtdataError } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyKey, anyPayload } from "../tests/arbitraries.ts";
import { concat, padding, read, write } from "../tests/archive.ts";
import { wds } from "./format.ts";
import { TarWriter } from "./tar-writer.ts";

const latin = new TextDecoder("latin1");

describe("the writer", () => {
  test("writes a header, the payload and padding for a sample, and two zero blocks at the end", () => {
    const archive = write([["a", Uint8Array.of(1, 2, 3)]]);
    expect(archive.length).toBe(4 * 512);
    const text = latin.decode(archive.subarray(0, 512)).replaceAll("\0", "·");
    expect(text.slice(0, 9)).toBe("a.msgpack");
    expect(text.slice(100, 157)).toBe("0000444·0000000·0000000·00000000003·00000000000·007523· 0");
    expect(text.slice(257, 265)).toBe("ustar·00");
    expect([...archive.subarray(512, 516)]).toEqual([1, 2, 3, 0]);
    expect(archive.subarray(515).every((byte) => byte === 0)).toBe(true);
  });

  test("depends on keys and payloads alone", () => {
    const entries = [["a", Uint8Array.of(1)] as const, ["ü", Uint8Array.of(2)] as const];
    expect(write(entries)).toEqual(write(entries));
  });

  test("leaves nothing of what was in the buffer before", () => {
    const out = new ByteWriter();
    out.append(new Uint8Array(10_000).fill(0xff));
    out.length = 0;
    const writer = new TarWriter();
    for (const key of ["a", "ü".repeat(80)]) {
      writer.begin(out, key);
      out.append(Uint8Array.of(7));
      expect(writer.end(out)).toBe(1);
    }
    writer.close(out);
    expect(out.toBytes()).toEqual(write(["a", "ü".repeat(80)].map((key) => [key, Uint8Array.of(7)])));
  });

  test("can follow another shard in one buffer", () => {
    const out = new ByteWriter(1);
    const writer = new TarWriter();
    writer.begin(out, "a");
    writer.end(out);
    const from = out.length;
    writer.close(out);
    expect(out.length - from).toBe(writer.closeBytes);
  });

  test.each([
    ["a", 512],
    ["k".repeat(92), 512],
    ["k".repeat(93), 3 * 512],
    ["ü", 3 * 512],
    ["日".repeat(300), 4 * 512],
  ])("gives a key like %.3s… (%#) a PAX path when it is long or not ASCII", (key, offset) => {
    expect(read(write([[key, Uint8Array.of(0x41)]]))).toEqual([{ key, content: "A", offset, size: 1 }]);
  });

  test("the length of a PAX record counts its own digits, at every length", () => {
    for (let length = 80; length < 1024; length++) {
      const key = "k".repeat(length);
      expect(read(write([[key, new Uint8Array(0)]]))[0]?.key).toBe(key);
    }
  });
});

test("what is written is read: any keys, any payloads", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(anyKey, anyPayload), { selector: ([key]) => key }), (entries) => {
      const found = read(write(entries));
      expect(found.map(({ key, content }) => [key, content])).toEqual(
        entries.map(([key, payload]) => [key, latin.decode(payload)]),
      );
    }),
  );
});

test("span of a written sample is its last header and its padded payload", () => {
  const payload = new Uint8Array(700);
  const archive = write([["a", payload]]);
  expect(wds().span(512, 700)).toEqual({ from: 0, length: 512 + 1024 });
  expect(concat(payload, padding(700)).length).toBe(1024);
  expect(archive.length).toBe(512 + 1024 + 1024);
});

describe("keys", () => {
  const format = wds();

  test.each(["a", "000000001", "train/0001", "a b", "ü", "_a", "-", "k".repeat(1024)])("%.10s is one", (key) => {
    expect(() => format.checkKey(key)).not.toThrow();
  });

  test.each([
    ["", "is empty"],
    ["a/", "is empty"],
    ["a.b", "contains a dot"],
    ["v1.0/a", "contains a dot"],
    ["a\nb", "contains a control character"],
    ["a\ud800", "half a surrogate pair"],
    ["/a", "has an empty path part"],
    ["a//b", "has an empty path part"],
    ["__a", "starts with __"],
    ["k".repeat(1025), "is longer than 1024 characters"],
  ])("%.10j is none: %s", (key, problem) => {
    expect(() => format.checkKey(key)).toThrow(problem);
  });

  test("any text is either refused with KEY_INVALID or written and read back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (key) => {
        try {
          format.checkKey(key);
        } catch (error) {
          expect(isAtdataError(error, "KEY_INVALID")).toBe(true);
          return;
        }
        expect(read(write([[key, new Uint8Array(0)]]))).toMatchObject([{ key }]);
      }),
    );
  });
});

test.each(["a.tar", "a.TAR", "a.tgz", "a.tar.gz", "a.tar.zst", "a.tar.bz2", "a.tar.xz"])(
  "%s looks like a shard",
  (name) => {
    expect(wds().matches(name)).toBe(true);
  },
);

test.each(["a", "a.tar.json", "a.gz", "tar", "a.tarx"])("%s does not look like a shard", (name) => {
  expect(wds().matches(name)).toBe(false);
});

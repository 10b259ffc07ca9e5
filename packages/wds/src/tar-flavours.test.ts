import { describe, expect, test } from "vitest";
import { endMark, gnuLong, header, member, octal, padding, pax, read, samples } from "../tests/archive.ts";

const longKey = `${"d".repeat(90)}/${"k".repeat(190)}`;

describe("PAX headers", () => {
  test("path is the member's name, of any length and in UTF-8", () => {
    const parts = [
      pax({ path: `${longKey}.msgpack` }),
      member("cut", "1"),
      pax({ path: "ü/日本.msgpack" }),
      member("x", "2"),
    ];
    expect(samples(...parts, endMark)).toEqual([
      [longKey, "1"],
      ["ü/日本", "2"],
    ]);
  });

  test("path holds for one member only", () => {
    const parts = [pax({ path: "a.msgpack" }), member("x.msgpack", "1"), member("b.msgpack", "2"), endMark];
    expect(samples(...parts)).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
  });

  test("path may hide a member or show one", () => {
    const parts = [
      pax({ path: "README" }),
      member("x.msgpack", "1"),
      pax({ path: "a.msgpack" }),
      member("README", "2"),
    ];
    expect(samples(...parts, endMark)).toEqual([["a", "2"]]);
  });

  test("size takes the place of the header's", () => {
    const content = "x".repeat(700);
    const parts = [pax({ size: "700" }), header("a.msgpack", 0), new TextEncoder().encode(content), padding(700)];
    expect(samples(...parts, member("b.msgpack", "2"), endMark)).toEqual([
      ["a", content],
      ["b", "2"],
    ]);
  });

  test("size does not hold for a long name that stands in between", () => {
    const parts = [pax({ size: "3" }), gnuLong("a.msgpack"), member("cut", "xyz"), member("b.msgpack", "2"), endMark];
    expect(samples(...parts)).toEqual([
      ["a", "xyz"],
      ["b", "2"],
    ]);
  });

  test("other records are passed over", () => {
    const records = { mtime: "1795394796.2566948", comment: "a=b\nc", "SCHILY.xattr.x": "y", sizes: "1", pat: "z" };
    const found = read(pax(records), member("a.msgpack", "1"), endMark);
    expect(found).toEqual([{ key: "a", content: "1", offset: 1536, size: 1 }]);
  });

  test("a record without a value takes nothing away from the header", () => {
    expect(samples(pax({ path: "", size: "" }), member("a.msgpack", "1"), endMark)).toEqual([["a", "1"]]);
  });

  test("an empty header, and zeros behind the records, are fine", () => {
    const zeros = member("PaxHeader", "18 path=a.msgpack\n\0\0\0", { type: "x" });
    expect(samples(member("PaxHeader", "", { type: "x" }), zeros, member("x", "1"), endMark)).toEqual([["a", "1"]]);
  });

  test("a global header is passed over", () => {
    const parts = [pax({ comment: "0123456789abcdef", path: "x.msgpack", size: "9" }, "g"), member("a.msgpack", "1")];
    expect(samples(...parts, member("b.msgpack", "2"), endMark)).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
  });

  test.each([
    "path=a\n",
    "x path=a\n",
    "99 path=a\n",
    "9 path=ab\n",
    "8 path\n\n\n",
    "0 path=a\n",
    "999999999999999999999 path=a\n",
    "10 size=-1\n",
    "12 size=0x10\n",
    "11 size=1e3\n",
    "26 size=99999999999999999\n",
  ])("%j is an error with the place of the header", (records) => {
    const parts = [
      member("z.msgpack", ""),
      member("PaxHeader", records, { type: "x" }),
      member("a.msgpack", ""),
      endMark,
    ];
    expect(() => read(...parts)).toThrow("PAX header is malformed; shard=test.tar; offset=512");
  });
});

describe("GNU archives", () => {
  test("an L member has the long name of the next one", () => {
    const parts = [gnuLong(`${longKey}.msgpack`), member(longKey, "1", { magic: "gnu" }), member("b.msgpack", "2")];
    expect(samples(...parts, endMark)).toEqual([
      [longKey, "1"],
      ["b", "2"],
    ]);
  });

  test("a K member, the long target of a link, is passed over, before or behind an L member", () => {
    const link = header("x.msgpack", 0, { type: "2", magic: "gnu" });
    const parts = [gnuLong("t".repeat(200), "K"), gnuLong(`${longKey}.msgpack`), link, member("a.msgpack", "1")];
    const turned = [gnuLong(`${longKey}.msgpack`), gnuLong("t".repeat(200), "K"), link, member("b.msgpack", "2")];
    expect(samples(...parts, ...turned, endMark)).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
  });

  test("what stands where POSIX has a prefix is not taken for one", () => {
    const times = { magic: "gnu", prefix: octal(1_700_000_000, 11) } as const;
    expect(samples(member("a.msgpack", "1", times), endMark)).toEqual([["a", "1"]]);
  });

  test.each([
    ["S", {}, undefined],
    ["0", {}, { "GNU.sparse.major": "1", "GNU.sparse.name": "a.msgpack" }],
  ] as const)("sparse members (type %s) are an error that says what to do", (type, options, records) => {
    const parts = records === undefined ? [] : [pax(records)];
    expect(() => read(...parts, member("a.msgpack", "1", { type, ...options }), endMark)).toThrow(
      /sparse members cannot be read; shard=test.tar; offset=\d+; try: write the archive without --sparse/,
    );
  });

  test("sizes may be base-256", () => {
    const sizeField = new Uint8Array(12);
    sizeField.set([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0xbc]);
    const content = "x".repeat(700);
    expect(
      samples(member("a.msgpack", content, { sizeField, magic: "gnu" }), member("b.msgpack", ""), endMark),
    ).toEqual([
      ["a", content],
      ["b", ""],
    ]);
  });

  test.each([
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0x80, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
    [0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0x30, 0x20, 0x78, 0, 0, 0, 0, 0, 0, 0, 0x38, 0x39].map((byte, i) => (i === 1 ? 0x2d : byte)),
  ])("a size field of %i %i %i … is an error", (...field) => {
    const parts = [member("z.msgpack", ""), header("a.msgpack", 0, { sizeField: Uint8Array.from(field) })];
    expect(() => read(...parts, endMark)).toThrow("member size is not a number; shard=test.tar; offset=512");
  });
});

describe("older archives", () => {
  test("the prefix field is the first part of the name", () => {
    const prefix = "p".repeat(155);
    const name = `${"n".repeat(92)}.msgpack`;
    expect(samples(member(name, "1", { prefix }), member("b.msgpack", "2", { prefix: "a/b" }), endMark)).toEqual([
      [`${prefix}/${"n".repeat(92)}`, "1"],
      ["a/b/b", "2"],
    ]);
  });

  test("headers of Unix V7 have neither magic nor prefix", () => {
    const old = { magic: "v7", type: "\0", prefix: "not a prefix" } as const;
    expect(samples(member("a.msgpack", "1", old), endMark)).toEqual([["a", "1"]]);
  });

  test("the checksum may be a sum of signed bytes", () => {
    expect(samples(member("ü.msgpack", "1", { checksum: "signed" }), endMark)).toEqual([["ü", "1"]]);
    expect(() => read(member("ü.msgpack", "1", { checksum: "wrong" }), endMark)).toThrow("not a tar archive");
  });

  test("numbers may end in a space, lead with spaces, or be empty", () => {
    const fields = [`${(5).toString(8).padStart(10, " ")} \0`, `${"5".padStart(11, "0")} `, "5 junk      "];
    for (const field of fields) {
      const sizeField = new TextEncoder().encode(field.slice(0, 12));
      expect(samples(member("a.msgpack", "12345", { sizeField }), endMark)).toEqual([["a", "12345"]]);
    }
    expect(samples(member("a.msgpack", "", { sizeField: new Uint8Array(12) }), endMark)).toEqual([["a", ""]]);
  });

  test("an archive may end without an end mark, or with one block of it", () => {
    const archive = [member("a.jpg", "1"), member("b.msgpack", "2"), member("c.jpg", "3")];
    const want = samples(...archive, endMark);
    expect(want).toHaveLength(3);
    expect(samples(...archive)).toEqual(want);
    expect(samples(...archive, new Uint8Array(512))).toEqual(want);
  });

  test("what follows the end mark is not looked at", () => {
    expect(samples(member("a.msgpack", "1"), endMark, member("b.msgpack", "2"), new Uint8Array(7))).toEqual([
      ["a", "1"],
    ]);
  });
});

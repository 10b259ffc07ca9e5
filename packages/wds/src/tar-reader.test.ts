import { isAtdataError } from "@atdata/core";
import { describe, expect, test } from "vitest";
import { endMark, header, member, read, samples } from "../tests/archive.ts";

describe("members and samples", () => {
  test("a member <key>.msgpack is a sample, in the archive's order", () => {
    expect(samples(member("b.msgpack", "one"), member("a.msgpack", "two"), endMark)).toEqual([
      ["b", "one"],
      ["a", "two"],
    ]);
  });

  test("offset and size are those of the payload in the archive", () => {
    const found = read(member("a.msgpack", "x".repeat(513)), member("b.msgpack", ""), endMark);
    expect(found.map(({ offset, size }) => [offset, size])).toEqual([
      [512, 513],
      [2048, 0],
    ]);
  });

  test("the key is the folder and the base name up to its first dot", () => {
    const names = ["v1.2/train/a.b.msgpack", "v1.2/a.msgpack", "./x.msgpack", "a b/é.msgpack"];
    const keys = samples(...names.map((name) => member(name, "")), endMark).map(([key]) => key);
    expect(keys).toEqual(["v1.2/train/a", "v1.2/a", "./x", "a b/é"]);
  });

  test("everything behind the first dot is the extension, in lower case", () => {
    expect(samples(member("a.Seg.PNG", "1"), member("a.json", "2"), endMark)).toEqual([
      ["a", { "seg.png": "1", json: "2" }],
    ]);
    expect(samples(member("a.MsgPack", "1"), endMark)).toEqual([["a", "1"]]);
    expect(samples(member("a.", "1"), endMark)).toEqual([["a", { "": "1" }]]);
  });

  test("keys tell upper from lower case", () => {
    expect(samples(member("A.msgpack", "1"), member("a.msgpack", "2"), endMark)).toHaveLength(2);
  });

  test.each(["README", ".hidden", "folder/.hidden.msgpack", "folder.d/README", "__meta.x__", "__meta__/a.msgpack"])(
    "%s is no part of a sample",
    (name) => {
      expect(samples(member(name, "x".repeat(600)), member("a.msgpack", "1"), endMark)).toEqual([["a", "1"]]);
    },
  );

  test.each(["__a.msgpack", "a__/b.msgpack", "_a_.msgpack", "x/__y__/a.msgpack", "__a__b/c.msgpack"])(
    "%s is part of one",
    (name) => {
      expect(samples(member(name, ""), endMark)).toHaveLength(1);
    },
  );

  test("a byte order mark is part of a key or extension", () => {
    expect(samples(member("a.\ufefftxt", "1"), endMark)).toEqual([["a", { "\ufefftxt": "1" }]]);
    expect(samples(member("\ufeffa.msgpack", ""), endMark)).toEqual([["\ufeffa", ""]]);
  });
});

describe("grouping", () => {
  test("consecutive members of one key are one sample of several files", () => {
    const archive = [member("a.jpg", "j"), member("a.cls", "7"), member("b.jpg", "k"), member("a.jpg", "l")];
    expect(samples(...archive, endMark)).toEqual([
      ["a", { jpg: "j", cls: "7" }],
      ["b", { jpg: "k" }],
      ["a", { jpg: "l" }],
    ]);
  });

  test("the offset of several files is the first one's, the size reaches to the end of the last one", () => {
    const [found] = read(member("a.jpg", "j".repeat(600)), member("a.cls", "7"), endMark);
    expect([found?.offset, found?.size]).toEqual([512, 1024 + 512 + 1]);
  });

  test("other files of a sample with a msgpack member are ignored wherever they stand", () => {
    const before = [member("a.json", "{}"), member("a.msgpack", "1")];
    const after = [member("b.msgpack", "2"), member("b.json", "{}"), member("b.txt", "x".repeat(1000))];
    const only = [member("c.msgpack", "3")];
    expect(samples(...before, ...after, ...only, endMark)).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["c", "3"],
    ]);
  });

  test("files wait for the next key, then come before its sample", () => {
    expect(samples(member("a.json", "{}"), member("b.msgpack", "2"), endMark)).toEqual([
      ["a", { json: "{}" }],
      ["b", "2"],
    ]);
  });

  test("members that are no part of a sample do not end one", () => {
    expect(samples(member("a.jpg", "1"), member("README", ""), member("a.cls", "2"), endMark)).toEqual([
      ["a", { jpg: "1", cls: "2" }],
    ]);
  });

  test("a group ends with its shard: a new reader starts with nothing", () => {
    expect(samples(member("a.jpg", "1"), endMark)).toEqual([["a", { jpg: "1" }]]);
    expect(samples(member("a.cls", "2"), endMark)).toEqual([["a", { cls: "2" }]]);
  });

  test.each([
    ["a.msgpack", "a.msgpack"],
    ["a.jpg", "a.JPG"],
    ["a.msgpack", "a.MSGPACK"],
  ])("%s and %s in one sample are an error that names both ends", (first, second) => {
    const parts = [member("z.msgpack", ""), member(first, "1"), member("a.json", "2"), member(second, "3"), endMark];
    const error = caught(() => read(...parts));
    expect(isAtdataError(error, "DUPLICATE_MEMBER") && error.fields).toEqual({
      shard: "test.tar",
      key: "a",
      member: second.toLowerCase(),
      offset: 2560,
    });
  });

  test("one name in two samples is none", () => {
    expect(samples(member("a.jpg", "1"), member("b.jpg", "2"), member("a.jpg", "3"), endMark)).toHaveLength(3);
  });
});

describe("kinds of member", () => {
  test.each(["1", "2", "3", "4", "5", "6"])("links, devices and folders (type %s) have no content", (type) => {
    // Their size field may say anything.
    const parts = [header("x.msgpack", 1536, { type }), member("a.msgpack", "1"), endMark];
    expect(samples(...parts)).toEqual([["a", "1"]]);
  });

  test.each(["V", "M", "D", "Z"])("a member of unknown type %s is passed over with its content", (type) => {
    expect(samples(member("x.msgpack", "y".repeat(700), { type }), member("a.msgpack", "1"), endMark)).toEqual([
      ["a", "1"],
    ]);
  });

  test.each(["0", "\0", "7"])("type %j is a file", (type) => {
    expect(samples(member("a.msgpack", "1", { type }), endMark)).toEqual([["a", "1"]]);
  });

  test("a folder in the old way, a file whose name ends in a slash, is no sample", () => {
    expect(samples(header("a.msgpack/", 0, { type: "\0", magic: "v7" }), member("b.msgpack", "1"), endMark)).toEqual([
      ["b", "1"],
    ]);
  });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

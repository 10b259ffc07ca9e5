import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeDynamic } from "@atdata/core";
import { describe, expect, test } from "vitest";
import { atdata, fixtures, type RunOptions, scratch } from "./cli.ts";
import { tar, writeSamples } from "./tar.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const sample = (fields: Record<string, unknown>): Uint8Array => encodeDynamic(fields);
const good = tar([
  ["a.msgpack", sample({ label: 1 })],
  ["b.msgpack", sample({ label: 2 })],
]);

mkdirSync(at("empty"));
writeFileSync(at("good.tar"), good);
writeFileSync(at("cut-payload.tar"), good.subarray(0, 1024 + 512 + 3));
writeFileSync(at("cut-header.tar"), good.subarray(0, 1024 + 100));
writeFileSync(at("text.tar"), "this is no archive, however long it may be\n".repeat(40));
writeFileSync(at("zero-length.tar"), "");
writeFileSync(at("no-samples.tar"), tar([]));
writeFileSync(
  at("twice.tar"),
  tar([
    ["a.msgpack", sample({ x: 1 })],
    ["a.msgpack", sample({ x: 2 })],
  ]),
);
writeFileSync(
  at("twice-cls.tar"),
  tar([
    ["a.cls", Buffer.from("1")],
    ["a.cls", Buffer.from("2")],
  ]),
);
writeFileSync(at("not-a-map.tar"), tar([["a.msgpack", encodeDynamic([1, 2])]]));
writeFileSync(at("garbage.tar"), tar([["a.msgpack", Buffer.from("c1ff00", "hex")]]));
writeFileSync(at("bad-number.tar"), tar([["a.cls", Buffer.from("cat")]]));
writeFileSync(
  at("other.json"),
  JSON.stringify({
    type: "object",
    title: "Other",
    properties: { label: { type: "string" }, name: { type: "string" } },
    required: ["label", "name"],
  }),
);
writeFileSync(at("no-schema.json"), JSON.stringify({ hello: 1 }));
writeFileSync(at("no-json.json"), "{");
writeFileSync(at("newer.dataset.json"), JSON.stringify({ format: "atdata.dataset/2", shards: [] }));
mkdirSync(at("links"));
symlinkSync(at("nowhere"), at("links/a.jpg"));
mkdirSync(at("shard-links"));
symlinkSync(at("nowhere"), at("shard-links/a.tar"));
writeSamples(at("secret.tar"), { a: { label: 1 } });
chmodSync(folder, 0o755);
chmodSync(at("secret.tar"), 0o000);

/** What goes wrong, by the arguments that name it: the code, and what the message must tell. */
const cases: [what: string, args: readonly string[], code: string, tells: RegExp, options?: RunOptions][] = [
  ["a missing file", ["inspect", "missing.tar"], "NOT_FOUND", /missing\.tar/],
  ["a missing file", ["preview", "missing.tar", "--json"], "NOT_FOUND", /missing\.tar/],
  ["a missing folder", ["inspect", "nowhere/x.tar"], "NOT_FOUND", /nowhere\/x\.tar/],
  ["a directory without shards", ["inspect", "empty", "--json"], "NO_SHARDS", /empty/],
  ["a pattern that matches nothing", ["preview", "none-*.tar", "--json"], "NO_SHARDS", /none-\*\.tar/],
  [
    "a shard cut in a payload",
    ["inspect", "cut-payload.tar", "--json"],
    "SHARD_TRUNCATED",
    /cut-payload\.tar.*offset=/,
  ],
  [
    "a shard cut in a payload",
    ["preview", "cut-payload.tar", "--json"],
    "SHARD_TRUNCATED",
    /cut-payload\.tar.*offset=/,
  ],
  ["a shard cut in a header", ["inspect", "cut-header.tar", "--json"], "SHARD_TRUNCATED", /cut-header\.tar/],
  ["what is no tar archive", ["inspect", "text.tar", "--json"], "SHARD_CORRUPT", /not a tar archive.*text\.tar/],
  ["what is no tar archive", ["preview", "text.tar"], "SHARD_CORRUPT", /not a tar archive.*text\.tar/],
  [
    "msgpack of another type",
    ["preview", "good.tar", "--json", "--type", "other.json"],
    "SCHEMA_MISMATCH",
    /missing=name.*label \(want str, got int\).*good\.tar.*key=a/,
  ],
  [
    "a payload that is no map",
    ["preview", "not-a-map.tar", "--json"],
    "MSGPACK_INVALID",
    /not a map.*not-a-map\.tar.*key=a/,
  ],
  ["a payload that is no map", ["inspect", "not-a-map.tar", "--json"], "MSGPACK_INVALID", /not a map/],
  ["a payload that is no msgpack", ["preview", "garbage.tar", "--json"], "MSGPACK_INVALID", /garbage\.tar.*key=a/],
  ["a file that is not what its extension says", ["preview", "bad-number.tar"], "MEMBER_INVALID", /cat.*cls/],
  ["two payloads of one sample", ["inspect", "twice.tar", "--json"], "DUPLICATE_MEMBER", /twice\.tar.*key=a.*msgpack/],
  ["two files with one name", ["preview", "twice-cls.tar", "--json"], "DUPLICATE_MEMBER", /twice-cls\.tar.*key=a.*cls/],
  ["a command as a scheme", ["inspect", "pipe:cat good.tar"], "SCHEME_NOT_ALLOWED", /pipe.*\n.*file, http, https/],
  ["a scheme that nothing reads", ["preview", "ftp://example.org/a.tar"], "SCHEME_NOT_ALLOWED", /ftp/],
  [
    "a scheme that nothing reads, of a type",
    ["preview", "good.tar", "--type", "ftp://example.org/a.json"],
    "SCHEME_NOT_ALLOWED",
    /ftp/,
  ],
  [
    "a file that may not be read",
    ["inspect", "secret.tar", "--json"],
    "ACCESS_DENIED",
    /secret\.tar/,
    { as: "nobody" },
  ],
  ["a file that may not be read", ["preview", "secret.tar"], "ACCESS_DENIED", /secret\.tar/, { as: "nobody" }],
  [
    "bzip2 without a decompressor",
    ["inspect", join(fixtures, "webdataset/plain.tar.bz2")],
    "COMPRESSION_UNSUPPORTED",
    /bzip2/,
  ],
  ["a schema file that is missing", ["schema", "show", "missing.json"], "NOT_FOUND", /missing\.json/],
  ["a schema file that is no schema", ["schema", "show", "no-schema.json"], "SCHEMA_INVALID", /no-schema\.json/],
  [
    "a schema file that is no JSON",
    ["preview", "good.tar", "--type", "no-json.json"],
    "FORMAT_INVALID",
    /no-json\.json/,
  ],
  [
    "a dataset file of a newer version",
    ["inspect", "newer.dataset.json"],
    "FORMAT_TOO_NEW",
    /newer\.dataset\.json|atdata\.dataset\/2/,
  ],
  [
    "a folder of files that is missing",
    ["write", "out.tar", "--from", "none", "--format", "files"],
    "NOT_FOUND",
    /url=none/,
  ],
  [
    "a folder of files that is a file",
    ["write", "out.tar", "--from", "good.tar", "--format", "files"],
    "IO_ERROR",
    /the folder cannot be read \(ENOTDIR\); url=good\.tar/,
  ],
  ["a link to nothing", ["write", "out.tar", "--from", "links"], "NOT_FOUND", /url=links\/a\.jpg/],
  ["a link to nothing", ["write", "out.tar", "--from", "shard-links"], "NOT_FOUND", /url=shard-links\/a\.tar/],
  ["an empty file", ["inspect", "zero-length.tar", "--json"], "SHARD_TRUNCATED", /zero-length\.tar/],
  ["no samples to infer from", ["schema", "infer", "no-samples.tar"], "SCHEMA_INVALID", /no fields/],
];

describe("bad input is an error with a code, status 1, and no stack", () => {
  test.each(cases)("%s: %j is %s", async (_what, args, code, tells, options) => {
    const { status, stdout, stderr } = await atdata(args, { cwd: folder, ...options });
    expect(stderr).toMatch(tells);
    expect(stderr).toMatch(new RegExp(`^atdata: error\\[${code}\\]: `));
    expect(stderr).not.toMatch(/\n\s+at |internal error/);
    expect(status).toBe(1);
    // What was fine before the fault was given: whole lines of JSON or nothing.
    if (args.includes("--json")) for (const line of stdout.split("\n").slice(0, -1)) JSON.parse(line);
    if (args.includes("--json")) expect(stdout === "" || stdout.endsWith("\n")).toBe(true);
    else if (code !== "SHARD_TRUNCATED") expect(stdout).toBe("");
  });
});

test("folders that may not be looked into are told by their paths", async () => {
  mkdirSync(at("closed"), { mode: 0o000 });
  try {
    for (const options of [[], ["--format", "files"]]) {
      const args = ["write", "out.tar", "--from", "closed", ...options];
      const { status, stderr } = await atdata(args, { cwd: folder, as: "nobody" });
      expect(stderr).toMatch(/^atdata: error\[ACCESS_DENIED\]: the folder cannot be read; url=closed\n/);
      expect(status).toBe(1);
    }
  } finally {
    chmodSync(at("closed"), 0o700);
  }
});

test("schema diff keeps status 1 for types that differ: what it cannot read is 2", async () => {
  const { status, stdout, stderr } = await atdata(["schema", "diff", "missing.tar", "other.json"], { cwd: folder });
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^atdata: error\[NOT_FOUND\]/);
});

test("samples before a fault are given, those behind it are not", async () => {
  const { stdout } = await atdata(["preview", "cut-payload.tar", "--json"], { cwd: folder });
  expect(stdout).toBe('{"key":"a","sample":{"label":1}}\n');
});

test("control characters of a hostile archive reach no terminal", async () => {
  const key = "a\x1b]0;owned\x07";
  writeFileSync(
    at("hostile.tar"),
    tar([
      [`${key}.msgpack`, sample({ "\x1b[2J": "\x1b[31m\u202e" })],
      ["b.msgpack", Buffer.from("c1", "hex")],
    ]),
  );
  const { stdout, stderr } = await atdata(["preview", "hostile.tar"], { cwd: folder });
  expect(stdout).toContain("a\\u001b]0;owned\\u0007");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

test("the user who may not read one file reads the others", async () => {
  const { status, stdout, stderr } = await atdata(["preview", "good.tar", "--json"], { cwd: folder, as: "nobody" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n")).toHaveLength(3);
});

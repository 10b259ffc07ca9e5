import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import fc from "fast-check";
import { extract, type Pack, pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anyKey, anyPayload } from "./arbitraries.ts";
import { type Found, read, write } from "./archive.ts";

const fixtures = join(import.meta.dirname, "../../../fixtures");
const latin = new TextDecoder("latin1");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "atdata-wds-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Names and contents of the regular files that `tar-stream` finds. */
async function readByTarStream(archive: Uint8Array): Promise<[string, string][]> {
  const found: [string, string][] = [];
  const parser = extract();
  const done = (async () => {
    for await (const entry of parser) {
      const parts: Uint8Array[] = [];
      for await (const part of entry) parts.push(part as Uint8Array);
      if (entry.header.type === "file" || entry.header.type === "contiguous-file") {
        found.push([entry.header.name, latin.decode(Buffer.concat(parts))]);
      }
    }
  })();
  parser.end(Buffer.from(archive));
  await done;
  return found;
}

type Entry = Parameters<Pack["entry"]>[0];

async function writeByTarStream(entries: readonly (readonly [Entry, Uint8Array])[]): Promise<Uint8Array> {
  const packer = pack();
  for (const [header, content] of entries) packer.entry(header, Buffer.from(content));
  packer.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of packer) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

/** The same in our words: what samples a list of files makes. Written on names, not on bytes, as a second opinion. */
function group(files: readonly (readonly [string, string])[]): [string, Found["content"]][] {
  const groups: { key: string; files: Record<string, string> }[] = [];
  for (const [name, content] of files) {
    const match = /^((?:.*\/)?[^./][^./]*)\.([^/]*)$/su.exec(name);
    if (match === null || /^__[^/]*__(?:\/|$)/.test(name)) continue;
    const [, key, extension] = match as unknown as [string, string, string];
    if (groups.at(-1)?.key !== key) groups.push({ key, files: {} });
    Object.assign(groups.at(-1)?.files ?? {}, { [extension.toLowerCase()]: content });
  }
  return groups.map(({ key, files: { msgpack, ...rest } }) => [key, msgpack ?? rest]);
}

async function expectSameAsTarStream(archive: Uint8Array): Promise<void> {
  const found = read(archive).map(({ key, content }) => [key, content]);
  expect(found).toEqual(group(await readByTarStream(archive)));
}

const longKeys = ["a", "d".repeat(80), `${"d".repeat(90)}/${"k".repeat(80)}`, `${"x/".repeat(120)}${"k".repeat(120)}`];
const names = [
  ...longKeys.flatMap((key) => [`${key}.msgpack`, `${key}.json`]),
  "ü/日本語.msgpack",
  "ü/日本語🙂.jpg",
  `${"é".repeat(90)}.cls`,
  "README",
  "folder/.hidden.txt",
  "__meta__/a.txt",
  "z.seg.png",
  "z.cls",
];

describe("against tar-stream", () => {
  test("Python's shards hold the same samples", async () => {
    const shards = [...readdirSync(join(fixtures, "python/sharded")).map((name) => `sharded/${name}`), "single.tar"];
    const tars = shards.filter((name) => name.endsWith(".tar"));
    expect(tars).toHaveLength(4);
    for (const name of tars) await expectSameAsTarStream(readFileSync(join(fixtures, "python", name)));
  });

  test("what it writes is read as it reads it itself: long names, folders, links, PAX records", async () => {
    const entries = names.map((name, i) => [{ name }, new Uint8Array(i * 100).fill(0x61 + i)] as const);
    const odd: [Entry, Uint8Array][] = [
      [{ name: "folder", type: "directory" }, new Uint8Array(0)],
      [{ name: "link.msgpack", type: "symlink", linkname: "l".repeat(300) }, new Uint8Array(0)],
      [{ name: "x.msgpack", pax: { comment: "c" } }, new Uint8Array(3)],
    ];
    await expectSameAsTarStream(await writeByTarStream([...entries, ...odd]));
  });

  test("any names and contents that it writes", async () => {
    const name = fc
      .tuple(anyKey, fc.constantFrom(".msgpack", ".jpg", ".seg.PNG", "", "/.x", "."))
      .map((parts) => parts.join(""));
    const files = fc.uniqueArray(fc.tuple(name, anyPayload), { selector: ([name]) => name.toLowerCase() });
    await fc.assert(
      fc.asyncProperty(files, async (files) => {
        await expectSameAsTarStream(await writeByTarStream(files.map(([name, content]) => [{ name }, content])));
      }),
    );
  });

  test("it reads any keys and payloads that we write", async () => {
    const entries = fc.uniqueArray(fc.tuple(anyKey, anyPayload), { selector: ([key]) => key });
    await fc.assert(
      fc.asyncProperty(entries, async (entries) => {
        const want = entries.map(([key, payload]) => [`${key}.msgpack`, latin.decode(payload)]);
        expect(await readByTarStream(write(entries))).toEqual(want);
      }),
    );
  });
});

describe("against GNU tar", () => {
  function fileTree(at: string, files: readonly string[]): void {
    for (const [i, name] of files.entries()) {
      const path = join(at, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, new Uint8Array(i * 300).fill(0x61 + i));
    }
  }

  // What a format cannot hold: names over 100 bytes in V7, or that do not split at a slash in ustar.
  test.each([
    ["gnu", names],
    ["oldgnu", names],
    ["pax", names],
    ["posix", names],
    ["ustar", names.filter((name) => Buffer.byteLength(name) < 180)],
    ["v7", names.filter((name) => Buffer.byteLength(name) < 100)],
  ])("archives in its format %s hold the same samples", async (format, files) => {
    const tree = join(folder, format);
    fileTree(tree, files);
    const path = `${tree}.tar`;
    execFileSync("tar", [`--format=${format}`, "-cf", path, "-C", tree, ...files]);
    const archive = readFileSync(path);
    const want = files.map((name, i) => [name, String.fromCharCode(0x61 + i).repeat(i * 300)] as const);
    expect(read(archive).map(({ key, content }) => [key, content])).toEqual(group(want));
    if (format !== "v7" && format !== "oldgnu") await expectSameAsTarStream(archive);
  });

  test.each(["gnu", "pax"])("sparse files in its format %s are an error", (format) => {
    const tree = join(folder, `sparse-${format}`);
    mkdirSync(tree);
    writeFileSync(join(tree, "a.msgpack"), "");
    truncateSync(join(tree, "a.msgpack"), 4 * 2 ** 20);
    execFileSync("tar", [`--format=${format}`, "--sparse", "-cf", `${tree}.tar`, "-C", tree, "a.msgpack"]);
    expect(() => read(readFileSync(`${tree}.tar`))).toThrow("sparse members cannot be read");
  });

  test("it lists and extracts what we write, byte by byte, without a word of warning", () => {
    const keys = [
      "0",
      "a b",
      "k".repeat(92),
      "k".repeat(200),
      "ü",
      "日本語🙂",
      `${"d".repeat(120)}/${"é".repeat(100)}`,
    ];
    const entries = keys.map((key, i) => [key, new Uint8Array(i * 171).fill(i)] as const);
    const path = join(folder, "ours.tar");
    const target = join(folder, "extracted");
    writeFileSync(path, write(entries));
    mkdirSync(target);
    const list = spawnSync("tar", ["--quoting-style=literal", "-tf", path], { encoding: "utf8" });
    expect([list.stderr, list.status]).toEqual(["", 0]);
    expect(list.stdout.trimEnd().split("\n")).toEqual(keys.map((key) => `${key}.msgpack`));
    const extracted = spawnSync("tar", ["-xvf", path, "-C", target, "--warning=all"], { encoding: "utf8" });
    expect([extracted.stderr, extracted.status]).toEqual(["", 0]);
    for (const [key, payload] of entries) {
      expect(new Uint8Array(readFileSync(join(target, `${key}.msgpack`)))).toEqual(payload);
    }
    const files = readdirSync(target, { recursive: true, encoding: "utf8" }).filter((name) =>
      statSync(join(target, name)).isFile(),
    );
    expect(files.map((name) => relative(target, join(target, name))).sort()).toEqual(
      keys.map((key) => `${key}.msgpack`).sort(),
    );
  });
});

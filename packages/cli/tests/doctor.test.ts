import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeDynamic } from "@atdata/core";
import { beforeEach, describe, expect, test } from "vitest";
import { atdata, fixtures, scratch } from "./cli.ts";
import { writeDigits } from "./digits.ts";
import { tar, writeSamples } from "./tar.ts";

const root = scratch();
let folder: string;
let count = 0;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = join(root, String(count++));
  await writeDigits(at("digits.tar"), true);
});

interface Found {
  readonly problems: readonly {
    readonly code: string;
    readonly url: string;
    readonly what: string;
    readonly fixable: boolean;
  }[];
  readonly fixed: number;
}

/** What the doctor says: each problem as its file's name and code. */
async function doctor(
  ref: string,
  ...args: string[]
): Promise<{ readonly status: number | null; readonly found: string[]; readonly fixed: number }> {
  const { status, stdout, stderr } = await atdata(["doctor", ref, "--json", ...args]);
  expect(stderr).toBe("");
  const { problems, fixed } = JSON.parse(stdout) as Found;
  return { status, fixed, found: problems.map(({ url, code }) => `${url.split("/").at(-1)} ${code}`) };
}

const well = { status: 0, found: [], fixed: 0 };
const ill = (...found: string[]) => ({ status: 1, found, fixed: 0 });

test("nothing is wrong with what was written, with manifests or without, or by Python alone", async () => {
  expect(await doctor(at("digits.tar"))).toEqual(well);
  const { status, stdout } = await atdata(["doctor", folder]);
  expect([status, stdout]).toEqual([0, "nothing is wrong\n"]);
  await writeDigits(at("plain/digits.tar"), false);
  expect(await doctor(at("plain"))).toEqual(well);
  cpSync(join(fixtures, "python/sharded/data-000000.tar"), at("alone/data.tar"));
  expect(await doctor(at("alone"))).toEqual(well);
  expect(await doctor(join(fixtures, "webdataset/plain.tar"))).toEqual(well);
});

describe("damage", () => {
  test("a shard that is cut short, and one that differs from its checksum", async () => {
    const bytes = readFileSync(at("digits-000001.tar"));
    writeFileSync(at("digits-000001.tar"), bytes.subarray(0, 3000));
    bytes[600] = (bytes[600] as number) ^ 1;
    writeFileSync(at("digits-000003.tar"), bytes);
    const { status, found } = await doctor(folder);
    expect(status).toBe(1);
    expect(found).toContain("digits-000001.tar SHARD_TRUNCATED");
    expect(found).toContain("digits-000003.tar CHECKSUM_MISMATCH");
    expect(found).toContain("digits-000001.tar MANIFEST_STALE");
    // Nothing that is wrong with a shard is mended, and its manifest stays as it is.
    const before = readFileSync(at("digits-000001.manifest.json"), "utf8");
    expect(await doctor(folder, "--fix")).toEqual({ status: 1, found, fixed: 0 });
    expect(readFileSync(at("digits-000001.manifest.json"), "utf8")).toBe(before);
  });

  test("keys that come twice, in one shard or in two", async () => {
    mkdirSync(at("twice"));
    writeSamples(at("twice/a-000000.tar"), { a: { x: 1 }, b: { x: 2 } });
    const again = ["b", "c", "c"].map((key, x) => [`${key}.msgpack`, encodeDynamic({ x })] as const);
    writeFileSync(
      at("twice/a-000001.tar"),
      tar([...again, ["d.msgpack", encodeDynamic({ x: 1 })], ...again.slice(0, 1)]),
    );
    const { found } = await doctor(at("twice"));
    expect(found).toContain("a-000001.tar DUPLICATE_KEY");
  });

  test("files of samples that are interleaved", async () => {
    const file = (name: string, text: string) => [name, Buffer.from(text)] as const;
    const members = [file("a.txt", "one"), file("b.txt", "two"), file("a.cls", "1"), file("b.cls", "2")];
    writeFileSync(at("mixed.tar"), tar(members));
    expect(await doctor(at("mixed.tar"))).toEqual(ill("mixed.tar KEYS_INTERLEAVED"));
  });

  test("fields that are others in a later shard, with a type and without", async () => {
    mkdirSync(at("drift"));
    writeSamples(at("drift/a-000000.tar"), { a: { x: 1, gone: "y" } });
    writeSamples(at("drift/a-000001.tar"), { b: { x: "text", more: 1 } });
    const { stdout } = await atdata(["doctor", at("drift"), "--json"]);
    expect(JSON.parse(stdout).problems).toEqual([
      {
        ...{ code: "SCHEMA_DRIFT", url: at("drift/a-000001.tar"), fixable: false },
        what: "fields are not those of the first shard: x is str and not int, gone is missing, more is new",
      },
    ]);
    const schema = JSON.parse(readFileSync(at("digits.dataset.json"), "utf8"));
    const ink = schema.schema.fields.find(({ name }: { name: string }) => name === "ink");
    ink.fieldType.primitive = "str";
    writeFileSync(at("digits.dataset.json"), JSON.stringify(schema));
    const { status, found } = await doctor(folder);
    expect([status, found.slice(0, 2)]).toEqual([
      1,
      ["digits-000000.tar SCHEMA_DRIFT", "digits-000001.tar SCHEMA_DRIFT"],
    ]);
  });
});

test("manifests are rewritten by --fix, and shards left alone", async () => {
  const shards = readdirSync(folder).filter((name) => name.endsWith(".tar"));
  const before = shards.map((name) => readFileSync(at(name)).toString("hex"));
  rmSync(at("digits-000000.manifest.json"));
  writeFileSync(at("digits-000001.manifest.parquet"), "PAR1");
  cpSync(at("digits-000003.manifest.json"), at("digits-000002.manifest.json"));
  const wrong = [
    "digits-000000.tar MANIFEST_MISSING",
    "digits-000001.tar MANIFEST_INVALID",
    "digits-000002.tar MANIFEST_STALE",
  ];
  expect(await doctor(folder)).toEqual(ill(...wrong));
  expect((await atdata(["doctor", folder])).stdout).toMatch(/\n--fix mends 3 of 3\n$/);
  expect(await doctor(folder, "--fix")).toEqual({ status: 0, found: [], fixed: 3 });
  expect(await doctor(folder)).toEqual(well);
  expect(shards.map((name) => readFileSync(at(name)).toString("hex"))).toEqual(before);
});

test("manifests of a newer version are not rewritten", async () => {
  const header = at("digits-000001.manifest.json");
  const before = readFileSync(header, "utf8");
  const newer = before.replace("atdata.manifest/1", "atdata.manifest/2");
  writeFileSync(header, newer);
  expect(await doctor(folder, "--fix")).toEqual(ill("digits-000001.tar FORMAT_TOO_NEW"));
  expect(readFileSync(header, "utf8")).toBe(newer);
  writeFileSync(header, before);
});

describe("what killed writers left", () => {
  // The id of a process that no system gives out.
  const left = (dataset: string): string => at(`.${dataset}.00000000-99999999-1-00000000.tmp`);
  const old = new Date(0);

  test("is told and removed, of this dataset or of a whole directory", async () => {
    for (const name of ["digits", "other"]) {
      mkdirSync(join(left(name), "new"), { recursive: true });
      for (const path of [join(left(name), "new"), left(name)]) utimesSync(path, old, old);
    }
    expect((await doctor(at("digits.tar"))).found).toEqual([expect.stringMatching(/^\.digits\..* LEFT_OVER$/)]);
    expect((await doctor(folder)).found).toHaveLength(2);
    expect(await doctor(at("digits.tar"), "--fix")).toEqual({ status: 0, found: [], fixed: 1 });
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([
      left("other").slice(folder.length + 1),
    ]);
  });

  test("is told where the writer got no further", async () => {
    mkdirSync(join(left("new"), "new"), { recursive: true });
    for (const path of [join(left("new"), "new"), left("new")]) utimesSync(path, old, old);
    expect((await doctor(at("new.tar"))).found).toEqual([expect.stringMatching(/^\.new\..* LEFT_OVER$/)]);
    const missing = await atdata(["doctor", at("missing.tar")]);
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringMatching(/error\[NOT_FOUND\]/)]);
  });
});

import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AtdataError } from "@atdata/core";
import { beforeAll, describe, expect, test } from "vitest";
import { loadDuckDb } from "../src/sql.ts";
import { atdata, fixtures, json, jsonLines, scratch } from "./cli.ts";
import { digits, writeDigits } from "./digits.ts";

const folder = scratch();
const indexed = join(folder, "indexed/digits.tar");
const plain = join(folder, "plain/digits.tar");
const python = join(folder, "python");

beforeAll(async () => {
  await writeDigits(indexed, true);
  await writeDigits(plain, false);
  cpSync(join(fixtures, "python"), python, { recursive: true });
});

const predicate = "label = 7 and ink > 10 or tags contains 't2' and not note isNull";
const matching = digits.flatMap((digit, i) => {
  const { label, ink, tags, note } = digit;
  return (label === 7 && ink > 10) || (tags.includes("t2") && note !== undefined) ? [i] : [];
});
const keyOf = (i: number): string => String(i).padStart(9, "0");

describe.each([
  ["with manifests", indexed],
  ["without", plain],
])("query %s", (_what, ref) => {
  test("gives the samples that match, in order", async () => {
    const want = matching.map((i) => ({ key: keyOf(i), sample: { ...digits[i], note: digits[i]?.note ?? null } }));
    expect(want.length).toBeGreaterThan(5);
    expect(await jsonLines("query", ref, predicate, "--json")).toEqual(want);
    expect(await jsonLines("query", ref, predicate, "--json", "--limit", "2")).toEqual(want.slice(0, 2));
  });

  test("counts them, and tells where they lie", async () => {
    expect(await json("query", ref, predicate, "--count", "--json")).toEqual({ samples: matching.length });
    expect((await atdata(["query", ref, predicate, "--count"])).stdout).toBe(`${matching.length}\n`);
    const places = await jsonLines<Record<string, unknown>>("query", ref, predicate, "--keys", "--json");
    expect(places.map(({ key, index }) => [key, index])).toEqual(matching.map((i) => [keyOf(i), i]));
    const { shard, offset, key } = places.at(-1) as { shard: string; offset: number; key: string };
    const header = readFileSync(shard).subarray(offset - 512, offset);
    expect(header.toString("latin1", 0, key.length)).toBe(key);
    const { stdout } = await atdata(["query", ref, predicate, "--keys", "-n", "1"]);
    expect(stdout).toMatch(/^\d{9} {2}\/.*digits-\d{6}\.tar {2}\d+\+\d+\n$/);
  });

  test("an unknown field, a wrong value and text that is no predicate are errors", async () => {
    for (const [text, tells] of [
      ["lable = 7", /no such field; field=lable\n {2}try: label\n$/],
      ["label = 'x'", /compared with a string, want a number; field=label/],
      ["label = = 7", /\n {2}label = = 7\n {2} {8}\^ /],
      ["label", /\^ .*; column=6/],
    ] as const) {
      const { status, stdout, stderr } = await atdata(["query", ref, text]);
      expect([text, status, stdout]).toEqual([text, 1, ""]);
      expect(stderr).toMatch(/^atdata: error\[PREDICATE_INVALID\]: /);
      expect(stderr).toMatch(tells);
    }
  });
});

test("for people, matches are shown as preview shows samples", async () => {
  const { stdout } = await atdata(["query", "digits.tar", "label = 9", "-n", "2"], { cwd: join(folder, "indexed") });
  expect(stdout.replaceAll(folder, "…")).toMatchSnapshot();
});

test("--plan tells the shards that are pruned and the bytes that are read", async () => {
  const plan = await json("query", indexed, "label = 7", "--plan", "--json");
  expect(plan).toMatchObject({ strategy: "index", of: 6, shards: 1, pruned: 5, bytes: expect.any(Number) });
  expect((await atdata(["query", indexed, "label = 7", "--plan"])).stdout).toMatch(
    /\nshards: 1 of 6, 5 pruned\nmanifests: /,
  );
  const scan = await json("query", plain, "label = 7", "--plan", "--json");
  expect(scan).toMatchObject({ strategy: "scan", of: 6, shards: 6, pruned: 0 });
});

test("Python's manifests with wrong offsets never give a wrong sample", async () => {
  const found = await jsonLines("query", join(python, "sharded"), "count > 1", "--json");
  expect(found.map(({ sample }) => sample.name)).toEqual(["n3", "n4"]);
});

test("fields of an untyped dataset are those of its first samples", async () => {
  const { status, stderr } = await atdata(["query", join(python, "sharded"), "cuont > 1"]);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/PREDICATE_INVALID.*field=cuont\n {2}try: count/s)]);
});

test("either a predicate or --sql is wanted, and options that contradict each other are refused", async () => {
  for (const args of [[], ["label = 1", "--sql", "SELECT 1"], ["label = 1", "--keys", "--count"]]) {
    const { status, stdout } = await atdata(["query", indexed, ...args]);
    expect([args, status, stdout]).toEqual([args, 2, ""]);
  }
});

describe("--sql", () => {
  const sql =
    "SELECT label, count(*) AS n, max(ink) AS most FROM samples WHERE label > 7 GROUP BY label ORDER BY label";

  test("runs over no rows of another shard", async () => {
    const mixed = join(folder, "mixed");
    cpSync(join(folder, "indexed"), mixed, { recursive: true });
    cpSync(join(mixed, "digits-000001.manifest.parquet"), join(mixed, "digits-000000.manifest.parquet"));
    const { status, stdout, stderr } = await atdata(["query", join(mixed, "digits.tar"), "--sql", sql]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^atdata: error\[MANIFEST_INVALID\]: manifest has rows of another shard; url=.*digits-000000/,
    );
  });

  test("runs over the manifests", async () => {
    const rows = [8, 9].map((label) => {
      const own = digits.filter((digit) => digit.label === label);
      return { label, n: own.length, most: Math.max(...own.map(({ ink }) => ink)) };
    });
    expect(await jsonLines<unknown>("query", indexed, "--sql", sql, "--json")).toEqual(rows);
    const { stdout } = await atdata(["query", indexed, "--sql", sql]);
    expect(stdout).toBe(`label  n  most\n8      6  ${rows[0]?.most}\n9      6  ${rows[1]?.most}\n`);
  });

  test("says what DuckDB says of a wrong statement, and that manifests are missing", async () => {
    const wrong = await atdata(["query", indexed, "--sql", "SELECT lable FROM samples"]);
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringMatching(/^atdata: error\[SQL_FAILED\]: .*lable/)]);
    const none = await atdata(["query", plain, "--sql", sql]);
    expect([none.status, none.stderr]).toEqual([1, expect.stringMatching(/error\[NOT_FOUND\].*manifest build/s)]);
  });

  test("says what to install where DuckDB is missing", async () => {
    const missing = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    const loaded = loadDuckDb(() => Promise.reject(missing));
    await expect(loaded).rejects.toBeInstanceOf(AtdataError);
    await expect(loaded).rejects.toMatchObject({
      code: "UNSUPPORTED",
      hint: expect.stringMatching(/@duckdb\/node-api/),
    });
    await expect(loadDuckDb(() => Promise.reject(new Error("else")))).rejects.toThrow("else");
  });
});

describe("a manifest that does not belong to its shard is an error, not a wrong sample", () => {
  const damaged = async (damage: (at: (name: string) => string) => void, ref = "digits.tar") => {
    const copy = join(folder, `damaged-${Math.random()}`);
    cpSync(join(folder, "indexed"), copy, { recursive: true });
    damage((name) => join(copy, name));
    const { status, stdout, stderr } = await atdata(["query", join(copy, ref), "label = 7", "--json"]);
    expect([status, stdout]).toEqual([1, ""]);
    return stderr;
  };
  const rows = "digits-000004.manifest.parquet";
  const shard = "digits-000004.tar";

  test("truncated Parquet", async () => {
    const cut = await damaged((at) => writeFileSync(at(rows), readFileSync(at(rows)).subarray(0, 300)));
    expect(cut).toMatch(/^atdata: error\[MANIFEST_INVALID\]: .*digits-000004/);
  });

  test("a manifest of another shard", async () => {
    const other = await damaged((at) => {
      rmSync(at("digits.rollup.parquet"));
      for (const end of ["json", "parquet"]) {
        cpSync(at(`digits-000001.manifest.${end}`), at(`digits-000004.manifest.${end}`));
      }
    });
    expect(other).toMatch(/^atdata: error\[MANIFEST_STALE\]: .*digits-000004/);
  });

  test("a shard that has another length", async () => {
    const longer = (at: (name: string) => string): void =>
      writeFileSync(at(shard), Buffer.concat([readFileSync(at(shard)), Buffer.alloc(512)]));
    expect(await damaged(longer, "")).toMatch(/^atdata: error\[MANIFEST_STALE\]: .*digits-000004/);
  });

  test("a shard of the same length with other samples", async () => {
    const swapped = await damaged((at) => cpSync(at("digits-000003.tar"), at(shard)));
    expect(swapped).toMatch(/^atdata: error\[SHARD_CORRUPT\]: .*digits-000004/);
  });
});

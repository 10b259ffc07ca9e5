import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { atdata, fixtures, json, jsonLines, scratch } from "./cli.ts";
import { writeDigits } from "./digits.ts";

const root = scratch();
let folder: string;
let count = 0;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = join(root, String(count++));
  await writeDigits(at("indexed/digits.tar"), true);
  await writeDigits(at("plain/digits.tar"), false);
  cpSync(join(fixtures, "python"), at("python"), { recursive: true });
});

/** The manifests of a folder, times apart. */
function manifestsOf(name: string): Record<string, string> {
  const names = readdirSync(at(name)).filter((file) => /\.(manifest|rollup)\./.test(file));
  const text = (file: string): string => readFileSync(at(`${name}/${file}`)).toString("latin1");
  return Object.fromEntries(names.map((file) => [file, text(file).replace(/"created_at": "[^"]*"/, "")]));
}

const codes = async (...args: string[]): Promise<string[]> => {
  const { status, stdout } = await atdata(["manifest", "check", ...args, "--json"]);
  const { findings } = JSON.parse(stdout) as { findings: { code: string }[] };
  expect(status).toBe(findings.length === 0 ? 0 : 1);
  return findings.map(({ code }) => code);
};

describe("manifest build", () => {
  test("makes the manifests that would have been written with the shards", async () => {
    expect(await codes(at("plain"))).toEqual(Array(6).fill("MANIFEST_MISSING"));
    expect(await json("manifest", "build", at("plain"), "--json")).toMatchObject({ shards: 6, samples: 60 });
    expect(manifestsOf("plain")).toEqual(manifestsOf("indexed"));
    expect(await codes(at("plain"))).toEqual([]);
  });

  test("replaces Python's, after which queries use them", async () => {
    const ref = at("python/sharded");
    expect(await codes(ref)).toEqual(Array(3).fill("MANIFEST_FOREIGN"));
    const { status, stdout, stderr } = await atdata(["manifest", "build", ref, "--sample-hash"]);
    expect([status, stdout]).toEqual([0, "manifests of 5 samples in 3 shards, 30.7 kB read\n"]);
    expect(stderr).toMatch(/no type is stored with it/);
    expect(await codes(ref)).toEqual([]);
    expect(await json("query", ref, "count > 1", "--plan", "--json")).toMatchObject({ strategy: "index", pruned: 1 });
    const found = await jsonLines("query", ref, "count > 1 and note isNull", "--json");
    expect(found.map(({ sample }) => sample.name)).toEqual(["n3"]);
  });

  test("writes into another folder, where queries and checks find them", async () => {
    const to = at("index");
    await json("manifest", "build", at("plain"), "--to", to, "--json");
    expect(manifestsOf("plain")).toEqual({});
    expect(await codes(at("plain"), "--manifests", to)).toEqual([]);
    const plan = ["query", at("plain"), "label = 7", "--plan", "--json"];
    expect(await json(...plan)).toMatchObject({ strategy: "scan" });
    expect(await json(...plan, "--manifests", to)).toMatchObject({ strategy: "index", pruned: 5 });
    expect(await json("describe", at("plain"), "--json", "--manifests", to)).toMatchObject({
      statistics: { label: { count: 60, min: 0, max: 9 } },
    });
    const sql = ["query", at("plain"), "--json", "--sql", "SELECT count(*) AS n FROM samples", "--manifests", to];
    expect(await jsonLines<unknown>(...sql)).toEqual([{ n: 60 }]);
  });

  test("notes keys and places only from headers alone", async () => {
    const { stdout } = await atdata(["manifest", "build", at("plain"), "--headers-only"]);
    expect(stdout).toBe("manifests of 60 samples in 6 shards, headers only\n");
    expect(await codes(at("plain"))).toEqual(Array(6).fill("MANIFEST_PARTIAL"));
    expect((await jsonLines("query", at("plain"), "label = 7", "--json")).length).toBe(6);
  });

  test("refuses shards that it cannot write beside, or that have changed", async () => {
    writeFileSync(at("plain/digits-000001.tar"), readFileSync(at("plain/digits-000002.tar")));
    const changed = await atdata(["manifest", "build", at("plain")]);
    expect([changed.status, changed.stderr]).toEqual([1, expect.stringMatching(/error\[CHECKSUM_MISMATCH\]/)]);
    const gz = await atdata(["manifest", "build", join(fixtures, "webdataset/plain.tar.gz"), "--to", at("gz")]);
    expect([gz.status, gz.stderr]).toEqual([1, expect.stringMatching(/error\[UNSUPPORTED\].*compressed/)]);
    const types = await atdata(["manifest", "build", at("python/sharded"), "--type", at("plain/digits.dataset.json")]);
    expect([types.status, types.stderr]).toEqual([1, expect.stringMatching(/error\[SCHEMA_MISMATCH\].*data-000000/)]);
  });
});

test("manifest check says what is wrong, for people and as JSON", async () => {
  cpSync(at("indexed/digits-000001.manifest.json"), at("indexed/digits-000000.manifest.json"));
  writeFileSync(at("indexed/digits-000002.manifest.json"), "{");
  cpSync(at("indexed/digits-000001.manifest.parquet"), at("indexed/digits-000003.manifest.parquet"));
  rmSync(at("indexed/digits-000004.manifest.json"));
  rmSync(at("indexed/digits.rollup.parquet"));
  const { status, stdout } = await atdata(["manifest", "check", "digits.tar"], { cwd: at("indexed") });
  expect(status).toBe(1);
  expect(stdout.replaceAll(folder, "…")).toMatchSnapshot();
  expect(await codes(at("indexed"))).toEqual([
    "MANIFEST_STALE",
    "MANIFEST_INVALID",
    "MANIFEST_OFFSETS",
    "MANIFEST_MISSING",
    "MANIFEST_MISSING",
  ]);
});

describe("describe", () => {
  test("sums up the fields from manifests, drawn and as JSON", async () => {
    const { stdout, stderr } = await atdata(["describe", at("indexed/digits.tar")]);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^Digit {2}60 samples, 6 shards/), ""]);
    expect(stdout).toMatchSnapshot();
    const { statistics } = await json<{ statistics: Record<string, unknown> }>("describe", at("indexed"), "--json");
    expect(statistics).toMatchObject({
      label: { count: 60, nulls: 0, nans: 0, min: 0, max: 9, distinct: 10, sum: 270 },
      note: { count: 40, nulls: 20, min: "n1", max: "n8" },
      tags: { count: 60, top: [{ value: "dark", count: 30 }, { value: "light", count: 30 }, {}, {}, {}] },
    });
  });

  test("says that there are no manifests, and how to make them", async () => {
    const { status, stderr } = await atdata(["describe", at("plain/digits.tar")]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/no manifests.*atdata manifest build/)]);
    expect(await json("describe", at("plain"), "--json")).toMatchObject({ samples: 60, statistics: null });
  });
});

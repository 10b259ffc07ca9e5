import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import * as parquet from "parquet-wasm";
import { beforeAll, expect, test } from "vitest";
import { atdata, fixtures, json, scratch } from "./cli.ts";
import { type Digit, digits, writeDigits } from "./digits.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const ref = at("digits/digits.tar");

beforeAll(() => writeDigits(ref, true));

/** The rows of a Parquet file, by another reader. */
function rows(path: string): Record<string, unknown>[] {
  const table = tableFromIPC(parquet.readParquet(readFileSync(path)).intoIPCStream());
  return table.toArray().map((row) => {
    const { label, tags, ...rest } = row.toJSON() as Record<string, unknown>;
    return { ...rest, label: Number(label), tags: [...(tags as Iterable<string>)] };
  });
}

const wanted = (digit: Digit): Record<string, unknown> => ({
  ...{ __key__: String(digits.indexOf(digit)).padStart(9, "0") },
  ...{ ...digit, note: digit.note ?? null },
});

test("every sample is a row, with its key and its fields", async () => {
  const { status, stdout, stderr } = await atdata(["export", ref, at("all.parquet")]);
  expect([status, stdout, stderr]).toEqual([0, expect.stringMatching(/^60 rows, [\d.]+ kB, in .*all\.parquet\n$/), ""]);
  expect(rows(at("all.parquet"))).toEqual(digits.map(wanted));
});

test("--where leaves the samples that match, or columns without rows", async () => {
  const some = await json("export", ref, at("some.parquet"), "--where", "label = 7 and tags contains 'dark'", "--json");
  const matching = digits.filter(({ label, tags }) => label === 7 && tags.includes("dark"));
  expect(some).toMatchObject({ rows: matching.length });
  expect(rows(at("some.parquet"))).toEqual(matching.map(wanted));
  expect(await json("export", ref, at("none.parquet"), "--where", "label = 70", "--json")).toMatchObject({ rows: 0 });
  const none = tableFromIPC(parquet.readParquet(readFileSync(at("none.parquet"))).intoIPCStream());
  expect([none.numRows, none.schema.names]).toEqual([0, ["__key__", "label", "ink", "tags", "note"]]);
});

test("what fails leaves no file, and an older one as it was", async () => {
  writeFileSync(at("old.parquet"), "old");
  const cut = at("cut.tar");
  writeFileSync(cut, readFileSync(at("digits/digits-000001.tar")).subarray(0, 3000));
  const type = at("digits/digits.dataset.json");
  for (const [args, code] of [
    [[cut, at("old.parquet"), "--type", type], "SHARD_TRUNCATED"],
    [[join(fixtures, "python/single.tar"), at("old.parquet")], "UNSUPPORTED"],
    [[ref, at("no/such/folder.parquet")], "IO_ERROR"],
    [[ref, at("old.parquet"), "--where", "lable = 7"], "PREDICATE_INVALID"],
  ] as const) {
    const { status, stdout, stderr } = await atdata(["export", ...args]);
    expect([args, status, stdout]).toEqual([args, 1, ""]);
    expect(stderr).toMatch(new RegExp(`^atdata: error\\[${code}\\]: `));
  }
  expect(readFileSync(at("old.parquet"), "utf8")).toBe("old");
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

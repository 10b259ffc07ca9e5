import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { atdata, fixtures, json, jsonLines } from "./cli.ts";

// What Python was told to write: sample i of type Basic.
const basic = (i: number): Record<string, unknown> => ({
  name: `n${i}`,
  count: i - 1,
  score: i / 2,
  ok: i % 2 === 0,
  raw: { $bytes: Buffer.from([i, 255]).toString("base64") },
  tags: ["a", `t${i}`],
  image: { $ndarray: { dtype: "float32", shape: [2, 3], data: [0, 1, 2, 3, 4, 5].map((n) => n + i) } },
  note: i % 2 === 0 ? "hé" : null,
  opt_image: i % 3 === 0 ? { $ndarray: { dtype: "int64", shape: [1], data: [i] } } : null,
});
/** The fields of sample i: what was never there has no kind yet. */
const fieldsOf = (i: number): unknown[] => [
  { name: "name", kind: "str", optional: false },
  { name: "count", kind: "int", optional: false },
  { name: "score", kind: "float", optional: false },
  { name: "ok", kind: "bool", optional: false },
  { name: "raw", kind: "bytes", optional: false },
  { name: "tags", kind: "list", optional: false },
  { name: "image", kind: "ndarray", dtype: "float32", shape: [2, 3], optional: false },
  i % 2 === 0 ? { name: "note", kind: "str", optional: false } : { name: "note", kind: "nil", optional: true },
  i % 3 === 0
    ? { name: "opt_image", kind: "ndarray", dtype: "int64", shape: [1], optional: false }
    : { name: "opt_image", kind: "nil", optional: true },
];
/** The shards that Python wrote, the numbers of their samples, and the fields of the first one. */
const shards: Readonly<Record<string, readonly number[]>> = {
  "single.tar": [0, 1, 2],
  "data--0b299b6f--000000.tar": [0, 1, 2],
  "sharded/data-000000.tar": [0, 1],
  "sharded/data-000001.tar": [2, 3],
  "sharded/data-000002.tar": [4],
};
const python = (name: string): string => join(fixtures, "python", name);
const keysOf = (name: string): string[] =>
  execFileSync("tar", ["-tf", python(name)], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((member) => member.replace(/\.msgpack$/, ""));

describe.each(Object.entries(shards))("Python's %s", (name, numbers) => {
  test("is previewed with every value as it was written", async () => {
    const want = keysOf(name).map((key, i) => ({ key, sample: basic(numbers[i] as number) }));
    expect(await jsonLines("preview", python(name), "--limit", "10", "--json")).toEqual(want);
  });

  test("is inspected: counted, measured, its fields inferred from the first sample", async () => {
    expect(await json("inspect", python(name), "--json")).toEqual({
      shards: [{ url: python(name), bytes: 10240, samples: numbers.length }],
      samples: numbers.length,
      bytes: 10240,
      schema: { name: null, fields: fieldsOf(numbers[0] as number) },
    });
  });
});

test("several shards are one dataset, by directory, glob, braces or relative to the working directory", async () => {
  const whole = await jsonLines("preview", python("sharded"), "--json");
  expect(whole.map(({ sample }) => sample)).toEqual([0, 1, 2, 3, 4].map(basic));
  for (const ref of ["sharded/*.tar", "sharded/data-{000000..000002}.tar", "./sharded"]) {
    const { stdout } = await atdata(["preview", ref, "--json"], { cwd: join(fixtures, "python") });
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(whole);
  }
  expect(await json("inspect", python("sharded"), "--json")).toMatchObject({
    samples: 5,
    bytes: 30720,
    schema: { fields: fieldsOf(0) },
  });
});

test("--limit ends the preview, and --raw leaves bytes bytes", async () => {
  const image = Buffer.from("033c6634020200000000000000030000000000000000000000", "hex");
  const [only, ...rest] = await jsonLines("preview", python("single.tar"), "--limit", "1", "--json", "--raw");
  expect(rest).toEqual([]);
  const raw = only?.sample.image as { readonly $bytes: string };
  expect(Buffer.from(raw.$bytes, "base64").subarray(0, image.length)).toEqual(image);
});

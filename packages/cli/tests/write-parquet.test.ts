import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { atdata, json, jsonLines, scratch } from "./cli.ts";

const folder = scratch();

/** Writes the rows of a query as Parquet, by DuckDB, and then as a dataset. */
async function written(sql: string, options = "", ...args: readonly string[]): Promise<string> {
  const name = join(folder, `t${Math.random().toString(36).slice(2)}`);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${sql}) TO '${name}.parquet' (FORMAT parquet${options})`);
  connection.closeSync();
  instance.closeSync();
  await json("write", `${name}.tar`, "--from", `${name}.parquet`, ...args, "--json");
  return `${name}.tar`;
}

const samples = async (target: string): Promise<unknown[]> =>
  (await jsonLines("preview", target, "--json", "-n", "1000")).map((each) => each.sample);
const fields = async (target: string): Promise<Record<string, string>> => {
  const { schema } = await json<{ schema: { fields: Record<string, unknown>[] } }>("inspect", target, "--json");
  const text = ({ kind, dtype = "", shape = "", optional }: Record<string, unknown>): string =>
    [kind, dtype, shape === "" ? "" : JSON.stringify(shape)].filter((part) => part !== "").join(" ") +
    (optional === true ? "?" : "");
  return Object.fromEntries(schema.fields.map((field) => [String(field.name), text(field)]));
};

test("columns become fields of the kind that they are of, whatever their first values", async () => {
  const target = await written(
    `SELECT i AS id, i::DOUBLE AS whole, (i * 1.5)::DECIMAL(9,2) AS price, i > 1 AS ok, 'é' || i AS name,
    CASE WHEN i < 3 THEN NULL ELSE i END AS late, encode('b' || i) AS raw, (i + 18446744073709551610)::UBIGINT AS huge,
    i::TINYINT AS small, '{"a":1}'::JSON AS doc FROM range(4) t(i)`,
    "",
    "--no-manifests",
  );
  expect(await fields(target)).toMatchObject({
    ...{ id: "int", whole: "float", price: "float", ok: "bool", name: "str", late: "int?", raw: "bytes" },
    ...{ huge: "int64", small: "int", doc: "str" },
  });
  const [, second] = (await samples(target)) as Record<string, unknown>[];
  expect(second).toEqual({
    ...{ id: 1, whole: 1, price: 1.5, ok: false, name: "é1", late: null, raw: { $bytes: "YjE=" } },
    ...{ huge: "18446744073709551611", small: 1, doc: '{"a":1}' },
  });
}, 60_000);

test("lists of numbers are arrays, of the length they share; other lists are lists, structs and maps dicts", async () => {
  const target = await written(`SELECT [i, 0.5, 2]::FLOAT[] AS vec, list_transform(range(i), x -> x::UTINYINT) AS codes,
    [[i, 1], [2, 3]]::DOUBLE[][] AS grid, ['a', 'b' || i] AS tags, {'x': i, 'y': i + 1} AS place, MAP {'k': i} AS counts,
    [{'x': i, 'y': 'a'}] AS boxes FROM range(3) t(i)`);
  expect(await fields(target)).toEqual({
    vec: "ndarray float32 [3]",
    // Parquet counts an empty list as a null.
    codes: "ndarray uint8 [null]?",
    grid: "ndarray float64 [2,2]",
    ...{ tags: "list", place: "dict", counts: "dict", boxes: "list" },
  });
  expect((await samples(target))[2]).toEqual({
    vec: { $ndarray: { dtype: "float32", shape: [3], data: [2, 0.5, 2] } },
    codes: { $ndarray: { dtype: "uint8", shape: [2], data: [0, 1] } },
    grid: { $ndarray: { dtype: "float64", shape: [2, 2], data: [2, 1, 2, 3] } },
    ...{ tags: ["a", "b2"], place: { x: 2, y: 3 }, counts: { k: 2 }, boxes: [{ x: 2, y: "a" }] },
  });
}, 60_000);

test("times keep their digits, and tell of UTC where the column does", async () => {
  const target =
    await written(`SELECT TIMESTAMP '2026-01-02 03:04:05.123456' AS local, TIMESTAMPTZ '1969-12-31 23:59:59.5+00' AS utc,
    DATE '2026-01-02' AS day, TIMESTAMP_NS '2026-01-02 03:04:05.000000007' AS nanos`);
  expect(await samples(target)).toEqual([
    {
      local: "2026-01-02T03:04:05.123456",
      utc: "1969-12-31T23:59:59.5Z",
      day: "2026-01-02",
      nanos: "2026-01-02T03:04:05.000000007",
    },
  ]);
}, 60_000);

test("row groups follow each other, in every compression, with rows as keys where wanted", async () => {
  for (const codec of ["uncompressed", "snappy", "gzip", "zstd", "brotli"]) {
    const sql = "SELECT i AS id, repeat('x', i::INT % 9) AS text FROM range(5000) t(i)";
    const target = await written(sql, `, COMPRESSION ${codec}, ROW_GROUP_SIZE 2048`, "--key", "id");
    const { stdout } = await atdata(["preview", target, "--json", "-n", "5000"]);
    const last = stdout.trim().split("\n").at(-1) ?? "";
    expect([codec, JSON.parse(last)]).toEqual([codec, { key: "4999", sample: { id: 4999, text: "xxxx" } }]);
  }
}, 120_000);

test("a value that does not fit is told with its row", async () => {
  const sql = "SELECT CASE WHEN i = 3000 THEN [1, 2, 3] ELSE [1, 2] END::FLOAT[] AS vec FROM range(4000) t(i)";
  await expect(written(sql, "")).rejects.toThrow(/want ndarray float32 2, got array float32 3; .*row=3001; field=vec/);
}, 60_000);

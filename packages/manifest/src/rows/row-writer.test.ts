import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowFields, rows, type Row as Sample } from "../../tests/arbitrary-rows.ts";
import type { ManifestField } from "../summary/shard-summary.ts";
import { type Row, RowWriter } from "./row-writer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atdata-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

const text: ManifestField = { name: "t", kind: "categorical", type: "string" };

async function encode(
  given: Iterable<Row>,
  fields: readonly ManifestField[] = [],
  hashes = false,
): Promise<ArrayBuffer> {
  const writer = new RowWriter(fields, hashes);
  for (const row of given) writer.add(row);
  const bytes = await writer.finish();
  return bytes.slice().buffer as ArrayBuffer;
}

function* numbered(samples: readonly Sample[]): Generator<Row> {
  for (const [n, sample] of samples.entries()) yield { key: `k${n}`, offset: 2 ** 40 + n, size: n, sample };
}

function stored(value: unknown, type: ManifestField["type"]): unknown {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map((item) => stored(item, type) ?? null);
  return type === "int64" ? BigInt(value as number) : value;
}

describe("rows", () => {
  it("are read back by hyparquet as they were", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (samples) => {
        const file = await encode(numbered(samples), rowFields);
        const want = [...numbered(samples)].map(({ key, offset, size, sample }) => {
          const fields = rowFields.map(({ name, type }) => [name, stored(sample[name], type) ?? null]);
          return { __key__: key, __offset__: BigInt(offset), __size__: BigInt(size), ...Object.fromEntries(fields) };
        });
        const got = await parquetReadObjects({ file });
        expect(got.map((row) => mapNulls(row))).toEqual(want);
      }),
      { numRuns: 50 },
    );
  });

  it("have the column types that other readers expect, also without a row", async () => {
    const file = await encode([], rowFields, true);
    const { schema, row_groups, num_rows } = parquetMetadata(file);
    expect([num_rows, row_groups.length]).toEqual([0n, 0]);
    const shapes = schema.slice(1).map(({ name, type, converted_type, repetition_type }) => {
      return [name, type, converted_type, repetition_type].filter((part) => part !== undefined).join(" ");
    });
    expect(shapes.slice(0, 9)).toEqual([
      "__key__ BYTE_ARRAY UTF8 REQUIRED",
      "__offset__ INT64 REQUIRED",
      "__size__ INT64 REQUIRED",
      "__sha256__ BYTE_ARRAY REQUIRED",
      "i INT64 OPTIONAL",
      "r DOUBLE OPTIONAL",
      "t BYTE_ARRAY UTF8 OPTIONAL",
      "b BOOLEAN OPTIONAL",
      "lt LIST OPTIONAL",
    ]);
    expect(shapes.slice(9, 11)).toEqual(["list REPEATED", "element BYTE_ARRAY UTF8 OPTIONAL"]);
  });

  it("of several row groups are joined into one file that DuckDB and hyparquet read", async () => {
    const count = 140_000;
    const fields: readonly ManifestField[] = [
      { name: "n", kind: "numeric", type: "int64" },
      { name: "tags", kind: "set", type: "string" },
    ];
    function* many(): Generator<Row> {
      for (let n = 0; n < count; n++) {
        const sha256 = new Uint8Array(32).fill(n);
        const sample = { n: n % 7 === 0 ? undefined : n, tags: n % 2 === 0 ? ["even"] : [] };
        yield { key: `k${n}`, offset: n * 1536, size: n % 900, sample, sha256 };
      }
    }
    const file = await encode(many(), fields, true);
    const groups = parquetMetadata(file).row_groups;
    expect(groups.map((group) => Number(group.num_rows))).toEqual([65_536, 65_536, 8928]);
    expect(groups.flatMap((group) => group.columns.map((column) => column.meta_data?.codec))).toEqual(
      new Array(18).fill("SNAPPY"),
    );
    const [row] = await parquetReadObjects({ file, rowStart: 131_072, rowEnd: 131_073, utf8: false });
    expect(row).toEqual({
      ...{ __key__: "k131072", __offset__: 131_072n * 1536n, __size__: 572n, __sha256__: new Uint8Array(32) },
      ...{ n: 131_072n, tags: ["even"] },
    });
    const path = join(folder, "rows.parquet");
    await writeFile(path, new Uint8Array(file));
    const connection = await (await DuckDBInstance.create()).connect();
    const sql = `SELECT count(*), count(n), sum(n)::BIGINT, count(*) FILTER (list_contains(tags, 'even')),
      max(__offset__), min(octet_length(__sha256__)) FROM '${path}'`;
    const answer = (await (await connection.run(sql)).getRowsJS())[0]?.map(Number);
    connection.closeSync();
    const present = Array.from({ length: count }, (_, n) => n).filter((n) => n % 7 !== 0);
    const sum = present.reduce((a, b) => a + b);
    expect(answer).toEqual([count, present.length, sum, count / 2, (count - 1) * 1536, 32]);
  });

  it("start a row group earlier where texts are long", async () => {
    const long = "é".repeat(1_000_000);
    const file = await encode(numbered(Array.from({ length: 20 }, () => ({ t: long }))), [text]);
    expect(parquetMetadata(file).row_groups.map((group) => Number(group.num_rows))).toEqual([9, 9, 2]);
    expect((await parquetReadObjects({ file })).every((row) => row.t === long)).toBe(true);
  });
});

function mapNulls(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, nullish(value)]));
}

function nullish(value: unknown): unknown {
  return Array.isArray(value) ? value.map(nullish) : (value ?? null);
}

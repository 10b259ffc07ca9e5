import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySource } from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { rowFields as fields, type Row } from "../../tests/arbitrary-rows.ts";
import { rowFile } from "../../tests/row-files.ts";
import type { ManifestField } from "../summary/shard-summary.ts";
import { queryManifests } from "./query-manifests.ts";
import type { SqlRow } from "./sql-row.ts";

const source = fileSource();
let folder: string;
const manifests: { shard: string; rows: string }[] = [];

const shards: readonly Row[][] = [
  [
    { i: 1n, r: Number.NaN, t: "é", b: true, lt: ["x", null], li: [] },
    { i: 2n ** 53n + 1n, r: 1, t: null, lt: null },
  ],
  [],
  [{ i: -(2n ** 63n), r: 1, t: "it's" }],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atdata-test-"));
  for (const [i, samples] of shards.entries()) {
    const rows = join(folder, `a*[${i}]'.manifest.parquet`);
    await writeFile(rows, await rowFile(samples, fields));
    manifests.push({ shard: `https://example.org/a'${i}.tar`, rows });
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function query(sql: string, signal?: AbortSignal): Promise<SqlRow[]> {
  return collect(queryManifests(sql, { manifests, fields, source, signal }));
}

async function collect(chunks: AsyncIterable<readonly SqlRow[]>): Promise<SqlRow[]> {
  const rows: SqlRow[] = [];
  for await (const chunk of chunks) rows.push(...chunk);
  return rows;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("SQL over manifests", () => {
  it("sees a row a sample, in order, values as plain as they can be", async () => {
    expect(await query("SELECT shard, __key__, __offset__, __size__, i, r, t, b, lt, li FROM samples")).toEqual([
      {
        shard: "https://example.org/a'0.tar",
        __key__: "k0",
        __offset__: 512,
        __size__: 0,
        i: 1,
        r: Number.NaN,
        t: "é",
        b: true,
        lt: ["x", null],
        li: [],
      },
      {
        shard: "https://example.org/a'0.tar",
        __key__: "k1",
        __offset__: 1512,
        __size__: 1,
        i: 2n ** 53n + 1n,
        r: 1,
        t: null,
        b: null,
        lt: null,
        li: null,
      },
      {
        shard: "https://example.org/a'2.tar",
        __key__: "k0",
        __offset__: 512,
        __size__: 0,
        i: -(2n ** 63n),
        r: 1,
        t: "it's",
        b: null,
        lt: null,
        li: null,
      },
    ]);
  });

  it("counts NaN that statistics know nothing of", async () => {
    expect(await query("SELECT count(*) AS n FROM samples WHERE r <> 1")).toEqual([{ n: 1 }]);
  });

  it("gives other values, and names like those of prototypes", async () => {
    const sql = `SELECT {'a': 1::BIGINT, 'b': [2]} AS s, '\\x00\\xff'::BLOB AS bytes, DATE '2020-01-02' AS d, 1.5 AS "__proto__", 7 AS d`;
    const [row] = await query(sql);
    const bytes = Uint8Array.of(0, 255);
    expect(Object.entries(row ?? {})).toEqual(
      Object.entries({ s: { a: 1, b: [2] }, bytes, d: new Date("2020-01-02") }).concat([
        ["__proto__", 1.5],
        ["d:1", 7],
      ] as never),
    );
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it("streams large results", async () => {
    let chunks = 0;
    let n = 0;
    for await (const rows of queryManifests("SELECT * FROM range(100_000)", { manifests: [], fields, source })) {
      chunks++;
      n += rows.length;
    }
    expect(n).toBe(100_000);
    expect(chunks).toBeGreaterThan(10);
  });

  it("has the columns, and no rows, when there are no manifests", async () => {
    const own: ManifestField[] = [{ name: 'odd "name"', kind: "set", type: "double" }];
    const options = { manifests: [], fields: own, source };
    expect(await collect(queryManifests("SELECT * FROM samples", options))).toEqual([]);
    const columns = await collect(queryManifests("SELECT column_name, column_type FROM (DESCRIBE samples)", options));
    expect(columns.map(({ column_name }) => column_name)).toEqual([
      "shard",
      "__key__",
      "__offset__",
      "__size__",
      own[0]?.name,
    ]);
    expect(columns.at(-1)?.column_type).toBe("DOUBLE[]");
  });

  it("reads manifests from elsewhere through the source and leaves no copy", async () => {
    const memory = memorySource({ "m.parquet": await rowFile([{ i: 7 }], fields) });
    const temporary = await ownTemporaryFolder();
    const options = { manifests: [{ shard: "s", rows: "memory:m.parquet" }], fields, source: memory };
    expect(await collect(queryManifests("SELECT shard, i FROM samples", options))).toEqual([{ shard: "s", i: 7 }]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it.each([
    ["selekt 1", 'syntax error at or near "selekt"'],
    ["SELECT nix FROM samples", 'Referenced column "nix" not found'],
    ["SELECT 'x'::INTEGER", "Could not convert string"],
    [" ;\n", "there is no statement"],
  ])("says what DuckDB says of %j", async (sql, says) => {
    await expect(query(sql)).rejects.toMatchObject({
      code: "SQL_FAILED",
      message: expect.stringContaining(says),
      fields: { engine: "duckdb" },
    });
  });

  it.each([
    "COPY samples TO '{folder}/out.csv'",
    "SELECT * FROM read_text('{folder}/other.txt')",
    "SELECT * FROM read_csv('{folder}/*')",
    "ATTACH '{folder}/x.db'",
    "INSTALL httpfs",
    "SELECT * FROM 'https://example.org/x.parquet'",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SET temp_directory = '{folder}/spill'",
  ])("reads and writes nothing but manifests: %s", async (sql) => {
    await writeFile(join(folder, "other.txt"), "secret");
    const before = await readdir(folder);
    await expect(query(sql.replace("{folder}", folder))).rejects.toMatchObject({ code: "SQL_FAILED" });
    expect(await readdir(folder)).toEqual(before);
  });

  it("names a manifest that cannot be read", async () => {
    const bad = join(folder, "bad.parquet");
    await writeFile(bad, new Uint8Array(50));
    const options = { manifests: [...manifests, { shard: "x", rows: bad }], fields, source };
    await expect(collect(queryManifests("SELECT 1", options))).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      fields: { url: bad },
    });
  });

  it("ends with the signal's reason at any moment of a long statement", async () => {
    const reason = new Error("enough");
    const endless = "SELECT count(*) FROM range(10_000_000_000) a, range(1000) b WHERE a.range % 7 = b.range % 5";
    for (const delay of [0, 3, 6, 9, 12, 15, 100]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), delay);
      await expect(query(endless, controller.signal)).rejects.toBe(reason);
    }
    await expect(query("SELECT 1", AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

/** Gives temporary files a folder of their own, so that left-over ones are seen. */
async function ownTemporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(folder, "tmp-"));
  vi.stubEnv("TMPDIR", path);
  return path;
}

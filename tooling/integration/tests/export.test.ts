import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bool, bytes, float, int, int64, list, ndarray, optional, sample, str } from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";
import { scratch } from "../src/scratch.ts";

const cli = fileURLToPath(new URL("../../../packages/cli/src/bin.ts", import.meta.url));
const file = join(scratch(), "all.parquet");

const Thing = sample("Thing", {
  whole: int(),
  wide: int64(),
  real: float(),
  flag: bool(),
  text: str(),
  note: optional(str()),
  tags: list(str()),
  blob: bytes(),
  pixels: ndarray("uint8", [2, 2]),
  path: ndarray("float32", [null]),
});
const things = Array.from({ length: 70 }, (_, i) => ({
  whole: i - 35,
  wide: BigInt(i) - 2n ** 63n,
  real: i === 3 ? Number.NaN : i / 4,
  flag: i % 3 === 0,
  text: `é\u{1F600} ${i}`,
  note: i % 2 === 0 ? undefined : `note ${i}`,
  tags: Array.from({ length: i % 3 }, (_, n) => `t${n}`),
  blob: Uint8Array.of(i, 255),
  pixels: { data: Uint8Array.of(i, 1, 2, 3), shape: [2, 2], dtype: "uint8" as const },
  path: { data: Float32Array.from({ length: i % 4 }, (_, n) => n / 2), shape: [i % 4], dtype: "float32" as const },
}));

/** What another reader is to give of a thing, array fields apart. */
function expected(i: number): object {
  const { pixels: _, path: __, ...thing } = things[i] as (typeof things)[number];
  return { __key__: String(i).padStart(9, "0"), ...thing, whole: BigInt(thing.whole), note: thing.note ?? null };
}

beforeAll(async () => {
  const target = join(scratch(), "things.tar");
  await writeDataset(Thing, things, target, { maxSamples: 30 });
  const { status, stderr } = spawnSync(process.execPath, [cli, "export", target, file], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});

describe("a dataset that was exported", () => {
  it("is read by hyparquet with equal values", async () => {
    const { buffer } = Uint8Array.from(readFileSync(file));
    const rows = await parquetReadObjects({ file: buffer, utf8: false });
    expect(rows).toHaveLength(things.length);
    for (const [i, { pixels, path, ...row }] of rows.entries()) {
      expect(row).toEqual(expected(i));
      expect(pixels).toEqual([i, 1, 2, 3]);
      expect(path.subarray(0, 6)).toEqual(Uint8Array.of(0x93, ...Buffer.from("NUMPY")));
    }
  });

  it("is read by DuckDB with equal values, in types of its own", async () => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
      const from = `read_parquet('${file}')`;
      const types = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
      expect(Object.fromEntries(types.getRows().map(([name, type]) => [name, type]))).toEqual({
        ...{ __key__: "VARCHAR", whole: "BIGINT", wide: "BIGINT", real: "DOUBLE", flag: "BOOLEAN", text: "VARCHAR" },
        ...{ note: "VARCHAR", tags: "VARCHAR[]", blob: "BLOB", pixels: "UTINYINT[]", path: "BLOB" },
      });
      const read = await connection.runAndReadAll(
        `SELECT * REPLACE (hex(blob) AS blob, list_sum(pixels)::DOUBLE AS pixels, octet_length(path)::DOUBLE AS path)
         FROM ${from} ORDER BY __key__`,
      );
      const rows = read.getRowObjectsJS();
      expect(rows).toHaveLength(things.length);
      for (const [i, { pixels, path, ...row }] of rows.entries()) {
        expect({ ...row, blob: Uint8Array.from(Buffer.from(row.blob as string, "hex")) }).toEqual(expected(i));
        expect(pixels).toBe(i + 6);
        expect(path).toBeGreaterThan(64);
      }
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });
});

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { expect, it } from "vitest";
import { rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { RowWriter } from "../rows/row-writer.ts";
import { ByteSlices } from "./byte-slices.ts";
import { columnPath } from "./column-path.ts";
import { decodeColumn, type PlainColumn } from "./decode-column.ts";
import { findChunks } from "./find-chunks.ts";
import { isPlain } from "./pages.ts";

/** Decodes all columns; `undefined` for those that are not plain. */
function decode(bytes: Uint8Array<ArrayBuffer>): Map<string, PlainColumn | undefined> {
  const metadata = parquetMetadata(bytes.buffer);
  const places = findChunks(metadata);
  const schema = parquetSchema(metadata);
  return new Map(
    schema.children.map(({ element: { name } }) => {
      const chunks = places.get(name)?.map(({ meta, start, end }) => ({ meta, bytes: bytes.subarray(start, end) }));
      if (chunks?.every(({ meta, bytes }) => isPlain(bytes, meta)) !== true) return [name, undefined];
      return [name, decodeColumn(columnPath(schema, name), chunks, Number(metadata.num_rows))];
    }),
  );
}

function cell({ values, nulls, offsets, absent }: PlainColumn, row: number): unknown {
  const value = (i: number): unknown => {
    if (nulls?.[i] === 1) return null;
    if (values instanceof ByteSlices) return values.text(i);
    return values instanceof Uint8Array ? values[i] === 1 : values[i];
  };
  if (offsets === undefined) return value(row);
  if (absent?.[row] === 1) return null;
  const length = (offsets[row + 1] as number) - (offsets[row] as number);
  return Array.from({ length }, (_, i) => value((offsets[row] as number) + i));
}

async function encode(samples: readonly Record<string, unknown>[]): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new RowWriter(rowFields, false);
  samples.forEach((sample, n) => {
    writer.add({ key: `k${n}`, offset: 512 + 1024 * n, size: n, sample });
  });
  return (await writer.finish()).slice();
}

async function expectSame(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const columns = decode(bytes);
  const want = await parquetReadObjects({ file: bytes.buffer });
  for (const [name, column] of columns) {
    expect(column, name).toBeDefined();
    const got = want.map((_, row) => cell(column as PlainColumn, row));
    expect(got, name).toEqual(want.map((row) => row[name] ?? null));
  }
}

it("gives what another reader does, of every type, in lists, with nulls", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { maxLength: 4 }), async (some) => {
      if (some.flat().length > 0) await expectSame(await encode(some.flat()));
    }),
    { numRuns: 200 },
  );
});

it("joins pages and row groups", async () => {
  const samples = Array.from({ length: 70_001 }, (_, n) => ({
    i: n % 7 === 0 ? null : BigInt(n) * 2n ** 40n,
    r: n / 3,
    t: n % 5 === 0 ? null : `text ${n} of some length, ${"é".repeat(n % 40)}`,
    b: n % 3 === 0 ? null : n % 2 === 0,
    lt: n % 11 === 0 ? null : Array.from({ length: n % 4 }, (_, i) => (i === 1 ? null : `${n}`)),
    li: [n],
    lb: Array.from({ length: n % 3 }, () => n % 2 === 0),
  }));
  await expectSame(await encode(samples));
}, 60_000);

it("leaves pages of other kinds to a reader of all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atdata-"));
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    const path = join(folder, "a.parquet");
    await connection.run(`COPY (SELECT i, 'x' || i % 3 AS t, {a: i, b: 'y'} AS s FROM range(1000) AS t(i)) TO '${path}'
      (FORMAT parquet)`);
    connection.closeSync();
    const columns = decode(Uint8Array.from(await readFile(path)));
    expect([columns.get("t"), columns.get("s")]).toEqual([undefined, undefined]);
  } finally {
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
});

it("throws on damage, and never reads what is not there", async () => {
  const good = await encode([
    { i: 1n, r: 0.5, t: "a", b: true, lt: ["x", null], li: null, lr: [], lb: [true] },
    { i: null, r: null, t: null, b: null, lt: [], li: [5n], lr: [1], lb: null },
  ]);
  const metadata = parquetMetadata(good.buffer);
  const schema = parquetSchema(metadata);
  const places = [...findChunks(metadata)];
  const change = fc.tuple(fc.nat(places.length - 1), fc.nat(), fc.nat(255), fc.nat(40));
  let thrown = 0;
  fc.assert(
    fc.property(change, ([which, at, byte, cut]) => {
      const [name, [place]] = places[which] as (typeof places)[number];
      if (place === undefined) throw new Error("no chunk");
      const bytes = good.slice(place.start, place.end);
      bytes[at % bytes.length] = byte;
      const damaged = cut > 30 ? bytes.subarray(0, bytes.length - 1) : bytes;
      try {
        const column = decodeColumn(columnPath(schema, name), [{ meta: place.meta, bytes: damaged }], 2);
        if (column !== undefined) for (const row of [0, 1]) cell(column, row);
      } catch (error) {
        thrown++;
        if (!(error instanceof RangeError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  expect(thrown).toBeGreaterThan(300);
});

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compilePredicate, memorySource, type Predicate } from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { predicate, type Row, rowFields, rows } from "../../tests/arbitrary-rows.ts";
import { RUNS } from "../../tests/duckdb-rows.ts";
import { rowFile } from "../../tests/row-files.ts";
import type { ScanMatches } from "../engine/scan-engine.ts";
import { duckdbEngine } from "./duckdb-engine.ts";

const engine = duckdbEngine();
const source = fileSource();
const fields = rowFields;
const all: Predicate = { op: "and", terms: [] };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atdata-test-"));
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function put(name: string, samples: readonly Row[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, await rowFile(samples, fields));
  return path;
}

async function collect(matches: AsyncIterable<ScanMatches>): Promise<[file: number, row: number][]> {
  const found: [number, number][] = [];
  for await (const { file, rows, keys, offsets, sizes } of matches) {
    rows.forEach((row, i) => {
      if (keys[i] !== `k${row}` || offsets[i] !== 512 + 1000 * row || sizes[i] !== row) throw new Error(`row ${row}`);
      found.push([file, row]);
    });
  }
  return found;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a scan with DuckDB", () => {
  it("finds the rows of the files that the evaluator finds one by one", { timeout: 600_000 }, async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(predicate, fc.array(rows, { minLength: 1, maxLength: 3 }), async (tree, shards) => {
        const urls = await Promise.all(shards.map((samples, i) => put(`${i}.manifest.parquet`, samples)));
        const test = compilePredicate(tree);
        const want = shards.flatMap((samples, file) =>
          samples.flatMap((sample, row) => (test(sample) ? [[file, row]] : [])),
        );
        expect(await collect(engine.scan(urls, tree, { fields, source }))).toEqual(want);
        found += want.length;
      }),
      { numRuns: RUNS },
    );
    expect(found).toBeGreaterThan(RUNS / 2);
  });

  it("keeps the order of files and rows over many row groups", async () => {
    const samples = Array.from({ length: 150_000 }, (_, i) => ({ i: i % 7 }));
    const urls = await Promise.all(["big-a", "none", "big-b"].map((name, i) => put(name, i === 1 ? [] : samples)));
    const found = await collect(engine.scan(urls, { op: "=", field: "i", value: 3 }, { fields, source }));
    const want = [0, 2].flatMap((file) => samples.flatMap(({ i }, row) => (i === 3 ? [[file, row]] : [])));
    expect(found).toEqual(want);
  });

  it("takes paths, file urls and names with characters of globs and quotes", async () => {
    const names = ["y*.parquet", "yA.parquet", "it's [1]?.parquet", "ü .parquet"];
    const urls = await Promise.all(names.map((name, i) => put(name, [{ i }])));
    const one: Predicate = { op: ">=", field: "i", value: 0 };
    const want = names.map((_name, file) => [file, 0]);
    expect(await collect(engine.scan(urls, one, { fields, source }))).toEqual(want);
    const asUrls = urls.map((path) => pathToFileURL(path).href);
    expect(await collect(engine.scan(asUrls, one, { fields, source }))).toEqual(want);
  });

  it("reads files that are elsewhere through the source and leaves no copy", async () => {
    const bytes = await rowFile([{ i: 1 }, { i: 2 }], fields);
    const urls = Array.from({ length: 20 }, (_, i) => `memory:${i}.parquet`);
    const memory = memorySource(Object.fromEntries(urls.map((url) => [url.slice(7), bytes])));
    const temporary = await ownTemporaryFolder();
    const found = await collect(engine.scan(urls, { op: "=", field: "i", value: 2 }, { fields, source: memory }));
    expect(found).toEqual(urls.map((_url, file) => [file, 1]));
    const missing = engine.scan([...urls, "memory:none"], all, { fields, source: memory });
    await expect(collect(missing)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await readdir(temporary)).toEqual([]);
  });

  it("counts files on from one group of copies to the next", async () => {
    const bytes = await rowFile([{ i: 1 }], fields);
    const urls = Array.from({ length: 20 }, (_, i) => `${i}.parquet`);
    const memory = memorySource(Object.fromEntries(urls.map((url) => [url, bytes])));
    const small = duckdbEngine({ maxTemporaryBytes: 1 });
    expect(await collect(small.scan(urls, all, { fields, source: memory }))).toEqual(urls.map((_url, i) => [i, 0]));
    await small[Symbol.asyncDispose]();
  });

  it("finds NaN where the statistics of the file know nothing of it", async () => {
    const url = await put("nan.parquet", [{ r: 1 }, { r: Number.NaN }, { r: 1 }]);
    const is: Predicate = { op: "=", field: "r", value: 1 };
    expect(await collect(engine.scan([url], is, { fields, source }))).toEqual([
      [0, 0],
      [0, 2],
    ]);
    expect(await collect(engine.scan([url], { op: "not", term: is }, { fields, source }))).toEqual([[0, 1]]);
  });

  it("reads a file anew that was written again under the same name", async () => {
    for (const i of [1, 2, 3]) {
      const url = await put(
        "again.parquet",
        Array.from({ length: i }, () => ({ i })),
      );
      expect(await collect(engine.scan([url], { op: "=", field: "i", value: i }, { fields, source }))).toHaveLength(i);
    }
  });

  it("gives hashes of the files that have them", async () => {
    const plain = await put("plain.parquet", [{ i: 1 }, { i: 2 }]);
    const hashed = join(folder, "hashed.parquet");
    await writeFile(hashed, await rowFile([{ i: 1 }, { i: 2 }], fields, true));
    const hashes = async (urls: string[]): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const matches of engine.scan(urls, { op: "=", field: "i", value: 2 }, { fields, source })) {
        found.push(matches.hashes);
      }
      return found;
    };
    const hash = "01".repeat(32);
    expect(await hashes([plain])).toEqual([undefined]);
    expect(await hashes([hashed, hashed])).toEqual([[hash], [hash]]);
    expect(await hashes([plain, hashed])).toEqual([[undefined], [hash]]);
    expect(await hashes([hashed, plain])).toEqual([[hash], [undefined]]);
    expect(await hashes([plain, hashed, plain])).toEqual([undefined, undefined, undefined]);
  });

  it("finds nothing in no files", async () => {
    expect(await collect(engine.scan([], all, { fields, source }))).toEqual([]);
  });

  it("names the file that is no Parquet file, or is cut short", async () => {
    const good = await put("good.parquet", [{ i: 1 }]);
    const bad = join(folder, "bad.parquet");
    for (const bytes of [new Uint8Array(100), (await rowFile([{ i: 1 }], fields)).subarray(0, -20), new Uint8Array()]) {
      await writeFile(bad, bytes);
      const scan = collect(engine.scan([good, bad], all, { fields, source }));
      await expect(scan).rejects.toMatchObject({ code: "MANIFEST_INVALID", fields: { url: bad } });
    }
    const gone = join(folder, "gone.parquet");
    const scan = collect(engine.scan([gone], all, { fields, source }));
    await expect(scan).rejects.toMatchObject({ code: "MANIFEST_INVALID", fields: { url: gone } });
  });

  it("refuses files without the columns instead of leaving rows out", async () => {
    const other = join(folder, "other.parquet");
    await writeFile(other, await rowFile([{ x: 1 }], [{ name: "x", kind: "numeric", type: "int64" }]));
    const scan = collect(engine.scan([other], { op: "=", field: "i", value: 1 }, { fields, source }));
    await expect(scan).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
  });

  it("ends with the signal's reason, before or on the way, and works again after that", async () => {
    const url = await put(
      "aborted.parquet",
      Array.from({ length: 50_000 }, (_, i) => ({ i })),
    );
    const reason = new Error("enough");
    await expect(collect(engine.scan([url], all, { fields, source, signal: AbortSignal.abort(reason) }))).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _matches of engine.scan([url], all, { fields, source, signal: controller.signal })) {
        controller.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect(await collect(engine.scan([url], all, { fields, source }))).toHaveLength(50_000);
  });

  it("runs several scans at once, some of them left early, and opens again after it was disposed of", async () => {
    const url = await put(
      "twice.parquet",
      Array.from({ length: 20_000 }, (_, i) => ({ i })),
    );
    const own = duckdbEngine();
    await own[Symbol.asyncDispose]();
    const first = own.scan([url], all, { fields, source })[Symbol.asyncIterator]();
    await first.next();
    expect(await collect(own.scan([url], all, { fields, source }))).toHaveLength(20_000);
    await first.return?.();
    await own[Symbol.asyncDispose]();
    expect(await collect(own.scan([url], all, { fields, source }))).toHaveLength(20_000);
    await own[Symbol.asyncDispose]();
  });
});

/** Gives temporary files a folder of their own, so that left-over ones are seen. */
async function ownTemporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(folder, "tmp-"));
  vi.stubEnv("TMPDIR", path);
  return path;
}

import { readFileSync } from "node:fs";
import { buildPredicate, compilePredicate, memorySource, type Predicate, type ShardInfo } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { all, Digit, digit, openDigits, type Written, writeDigits } from "../../tests/manifest-dataset.ts";
import type { ScanEngine } from "../engine/scan-engine.ts";
import { manifests } from "../manifests.ts";
import type { RowsOf } from "../rows/row-columns.ts";
import { RowWriter } from "../rows/row-writer.ts";
import { openIndex } from "./open-index.ts";

const written = await writeDigits(50);
const sidecar = /\.(manifest\.(json|parquet)|rollup\.parquet)$/;

function without(pattern: RegExp): Written {
  return { ...written, files: new Map([...written.files].filter(([name]) => !pattern.test(name))) };
}

function spoilt(name: string, spoil: (bytes: Uint8Array) => Uint8Array): Written {
  const bytes = written.files.get(name) as Uint8Array;
  return { ...written, files: new Map(written.files).set(name, spoil(bytes.slice())) };
}

async function ids(ds: AsyncIterable<{ readonly name: string }>): Promise<string[]> {
  return (await all(ds)).map(({ name }) => name);
}

describe("a dataset with manifests", () => {
  it("answers a query that one shard can match by reading no other shard's files", async () => {
    const { ds, source } = await openDigits(written);
    expect(await ids(ds.where((f) => f.label.eq(3).and(f.tags.contains("dark"))))).toEqual([
      "digit 31",
      "digit 33",
      "digit 35",
      "digit 37",
      "digit 39",
    ]);
    const touched = new Set([...source.opens, ...source.reads.map(({ url }) => url)]);
    expect(touched).toEqual(
      new Set([
        "memory:/digits.dataset.json",
        "memory:/digits.rollup.parquet",
        "memory:/digits-000003.mem",
        "memory:/digits-000003.mem.manifest.parquet",
      ]),
    );
  });

  it("reads nothing but the roll-up where no shard can match", async () => {
    const { ds, source } = await openDigits(written);
    expect(await ds.where((f) => f.label.gt(90)).count()).toBe(0);
    expect(source.reads).toEqual([]);
    expect(source.opens).toEqual(["memory:/digits.dataset.json", "memory:/digits.rollup.parquet"]);
  });

  it("gets a sample by key with one range read once the keys of its shard are there", async () => {
    const { ds, source } = await openDigits(written);
    const [place] = await all(ds.query((f) => f.name.eq("digit 27")));
    const key = place?.key as string;
    expect(await ds.get(key)).toEqual(digit(27));
    const before = source.reads.length;
    expect(await ds.get(key)).toEqual(digit(27));
    expect(source.reads.slice(before).map(({ url }) => url)).toEqual(["memory:/digits-000002.mem"]);
    expect(await ds.get("nobody")).toBeUndefined();
    const rows = source.reads.filter(({ url }) => url.endsWith(".parquet"));
    expect(new Set(rows.map(({ url }) => url)).size).toBe(1);
  });

  it("gives places with their position in the whole dataset and the hash, where there is one", async () => {
    const hashed = await writeDigits(30, [manifests({ sampleHash: "sha256" })]);
    const { ds } = await openDigits(hashed);
    const places = await all(ds.query((f) => f.note.isNull().not()));
    expect(places.map(({ index }) => index)).toEqual([0, 4, 8, 12, 16, 20, 24, 28]);
    for (const { sha256 } of places) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await ds.count()).toBe(30);
  });

  it("finds the same with headers alone as with the roll-up, and the same as a scan", async () => {
    const queries: Predicate[] = [
      { op: "in", field: "label", values: [1, 4] },
      { op: "startsWith", field: "note", value: "note 2" },
      { op: "not", term: { op: "containsAny", field: "tags", values: ["dark", "x"] } },
      { op: "between", field: "ink", low: 4.5, high: 5 },
      { op: "isNull", field: "note" },
    ];
    const opened = [written, without(/rollup/), without(sidecar)].map((files) => openDigits(files));
    const [rollup, headers, scan] = (await Promise.all(opened)).map(({ ds }) => ds);
    for (const query of queries) {
      const want = Array.from({ length: 50 }, (_, n) => digit(n)).filter(compilePredicate(query));
      for (const ds of [rollup, headers, scan]) expect(await all(ds?.where(query) ?? [])).toEqual(want);
    }
    expect((await scan?.plan((f) => f.label.eq(1)))?.strategy).toBe("scan");
    expect(await headers?.plan((f) => f.label.eq(1))).toMatchObject({ strategy: "index", shards: 1 });
  });

  it("agrees with a scan on generated predicates", async () => {
    const { ds } = await openDigits(written);
    const samples = Array.from({ length: 50 }, (_, n) => digit(n));
    const leaf = fc.oneof(
      fc.record({ op: fc.constantFrom("=", "<", ">="), field: fc.constant("label"), value: fc.integer({ max: 6 }) }),
      fc.record({ op: fc.constantFrom("!=", "<=", ">"), field: fc.constant("ink"), value: fc.constantFrom(0, 12.5) }),
      fc.record({ op: fc.constant("contains"), field: fc.constant("tags"), value: fc.constantFrom("odd", "none") }),
      fc.record({ op: fc.constant("isNull"), field: fc.constant("note") }),
    ) as fc.Arbitrary<Predicate>;
    const tree = fc.record({ op: fc.constantFrom("and", "or"), terms: fc.array(leaf, { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(tree as fc.Arbitrary<Predicate>, async (query) => {
        const want = samples.filter(compilePredicate(query)).map(({ name }) => name);
        expect(await ids(ds.where(query))).toEqual(want);
      }),
      { numRuns: 60 },
    );
  });

  it("scans for what manifests do not have", async () => {
    const { ds } = await openDigits(written);
    expect(await ids(ds.where((f) => f.secret.eq("s7")))).toEqual(["digit 7"]);
    expect((await ds.plan((f) => f.secret.eq("s7"))).reason).toContain("no index of the samples has all these fields");
    const partial = await openDigits(await writeDigits(20, [manifests({ partial: true })]));
    expect(await ids(partial.ds.where((f) => f.label.eq(1)))).toHaveLength(10);
    expect((await partial.ds.plan((f) => f.label.eq(1))).strategy).toBe("scan");
  });

  it("tells the plan: shards that are left and bytes that are yet to be read", async () => {
    const { ds } = await openDigits(written);
    const bytes = (written.files.get("digits-000003.mem.manifest.parquet") as Uint8Array).length;
    const reason = "manifests rule out 4 of 5 shards";
    expect(await ds.plan((f) => f.label.eq(3))).toEqual({ strategy: "index", shards: 1, bytes, reason });
    await ds.where((f) => f.label.eq(3)).count();
    const after = await ds.plan((f) => f.label.eq(3));
    expect(after.bytes).toBeGreaterThan(0);
    expect(after.bytes).toBeLessThan(bytes);
  });

  it("answers for some of the shards in another order", async () => {
    const source = memorySource(written.files);
    const shards: ShardInfo[] = ["memory:/digits-000004.mem", "memory:/digits-000001.mem"].map((url) => ({ url }));
    const index = await openIndex({ shards, source });
    expect(await index?.counts?.()).toEqual([10, 10]);
    const found = await all(index?.query?.({ op: "in", field: "ink", values: [5, 20] }) ?? []);
    expect(found.map(({ shard, index }) => [shard, index])).toEqual([
      ["memory:/digits-000004.mem", 0],
      ["memory:/digits-000001.mem", 10],
    ]);
  });

  it("sums up the fields", async () => {
    const { ds } = await openDigits(written);
    const { statistics } = await ds.describe();
    expect(statistics?.label).toMatchObject({ count: 50, nulls: 0, min: 0, max: 4, sum: 100, distinct: 5 });
    expect(statistics?.label?.histogram?.reduce((a, b) => a + b)).toBe(50);
    expect(statistics?.note).toMatchObject({ count: 13, nulls: 37 });
    expect(statistics?.tags?.top).toEqual([
      { value: "dark", count: 25 },
      { value: "even", count: 25 },
      { value: "odd", count: 25 },
    ]);
    expect(statistics?.secret).toBeUndefined();
  });
});

describe("an engine for large scans", () => {
  const scans: { urls: readonly string[]; fields: readonly string[] }[] = [];
  const engine: ScanEngine = {
    name: "fake",
    async *scan(urls, _predicate, { fields }) {
      scans.push({ urls, fields: fields.map(({ name }) => name) });
      const places = { keys: ["a", "b"], offsets: Float64Array.of(512, 1024), sizes: Float64Array.of(1, 2) };
      yield { file: 1, rows: Uint32Array.of(3, 5), hashes: ["aa", undefined], ...places };
    },
  };
  const of = async (samples: number, rowsOf: RowsOf = {}) => {
    const { files } = without(/rollup/);
    const writer = new RowWriter([], false);
    for (let n = 0; n < samples; n++) writer.add({ key: `${n}`, offset: 512, size: 1, sample: {} });
    const rows = samples > 10 ? await writer.finish(rowsOf) : undefined;
    for (const name of written.names) {
      const header = JSON.parse(new TextDecoder().decode(files.get(`${name}.manifest.json`)));
      const text = JSON.stringify({ ...header, num_samples: samples });
      files.set(`${name}.manifest.json`, new TextEncoder().encode(text));
      if (rows !== undefined) files.set(`${name}.manifest.parquet`, rows);
    }
    const shards = written.names.map((name) => ({ url: `memory:/${name}` }));
    return openIndex({ shards, source: memorySource(files) }, { engine });
  };
  const query: Predicate = { op: ">=", field: "label", value: 3 };

  it("is given the shards that are left, when their rows are many", async () => {
    const index = await of(150_000);
    const found = await all(index?.query?.(query) ?? []);
    expect(found).toEqual([
      { shard: "memory:/digits-000004.mem", key: "a", index: 600_003, offset: 512, size: 1, sha256: "aa" },
      { shard: "memory:/digits-000004.mem", key: "b", index: 600_005, offset: 1024, size: 2 },
    ]);
    const urls = ["memory:/digits-000003.mem.manifest.parquet", "memory:/digits-000004.mem.manifest.parquet"];
    expect(scans).toEqual([{ urls, fields: ["label", "ink", "name", "tags", "note"] }]);
  });

  it("gives no match when some rows are another shard's", async () => {
    const index = await of(150_000, { bytes: 1 });
    await expect(index?.query?.(query)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
    });
  });

  it("is not asked for few rows", async () => {
    scans.length = 0;
    const index = await of(10);
    expect(await all(index?.query?.(query) ?? [])).toHaveLength(20);
    expect(scans).toEqual([]);
  });
});

describe("what is wrong with manifests", () => {
  const rows = "digits-000003.mem.manifest.parquet";
  const where = (files: Written) => openDigits(files).then(({ ds }) => ids(ds.where((f) => f.label.eq(3))));

  it("nothing is known where there is none, and three requests say so however many shards there are", async () => {
    const { ds, source } = await openDigits(without(sidecar));
    expect(await where(without(sidecar))).toHaveLength(10);
    await ds.head(1);
    expect(source.opens.filter((url) => sidecar.test(url))).toEqual([
      "memory:/digits.rollup.parquet",
      "memory:/digits-000000.mem.manifest.json",
      "memory:/digits-000000.manifest.json",
    ]);
  });

  it("a shard without a manifest makes queries scan; its count alone is unknown", async () => {
    const some = without(/rollup|000002\.mem\.manifest/);
    expect(await where(some)).toHaveLength(10);
    const shards = some.names.map((name) => ({ url: `memory:/${name}` }));
    const index = await openIndex({ shards, source: memorySource(some.files) });
    expect(await index?.counts?.()).toEqual([10, 10, undefined, 10, 10]);
    expect(Object.keys(index ?? {})).toEqual(["counts"]);
  });

  it.each([
    ["cut short", (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)],
    ["empty", () => new Uint8Array()],
    ["overwritten at its start", (bytes: Uint8Array) => bytes.fill(0xff, 0, 200)],
    ["of another shard", () => written.files.get("digits-000003.mem") as Uint8Array],
  ])("rows that are %s are an error that names them", async (_title, spoil) => {
    const error = { code: "MANIFEST_INVALID", fields: { url: `memory:/${rows}` } };
    await expect(where(spoilt(rows, spoil))).rejects.toMatchObject(error);
  });

  it("rows that are missing are an error that names them", async () => {
    await expect(where(without(/000003\.mem\.manifest\.parquet/))).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      fields: { url: `memory:/${rows}` },
    });
  });

  it("rows never give anything but matches or an error, whatever byte of theirs changes", async () => {
    const { length } = written.files.get(rows) as Uint8Array;
    const shards = [{ url: "memory:/digits-000003.mem" }];
    const query = buildPredicate<Digit>((f) => f.tags.contains("dark").and(f.ink.gt(0), f.note.isNull()), Digit);
    let errors = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(length - 1), fc.nat(255), async (at, byte) => {
        const { files } = spoilt(rows, (bytes) => bytes.fill(byte, at, at + 1));
        files.delete("digits.rollup.parquet");
        const index = await openIndex({ shards, source: memorySource(files) });
        try {
          await all(index?.query?.(query) ?? []);
        } catch (error) {
          errors++;
          expect(error).toMatchObject({ code: "MANIFEST_INVALID", fields: { url: `memory:/${rows}` } });
        }
      }),
      { numRuns: 400 },
    );
    expect(errors).toBeGreaterThan(20);
  });

  it("a damaged header or roll-up is an error that names it", async () => {
    const header = "digits-000001.mem.manifest.json";
    const damaged = spoilt(header, (bytes) => bytes.subarray(0, 50));
    damaged.files.delete("digits.rollup.parquet");
    await expect(where(damaged)).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      fields: { url: `memory:/${header}` },
    });
    const cut = spoilt("digits.rollup.parquet", (bytes) => bytes.subarray(0, 100));
    await expect(where(cut)).rejects.toMatchObject({ fields: { url: "memory:/digits.rollup.parquet" } });
  });

  it("a shard that was changed after its manifest was made is an error that names both", async () => {
    const shards = written.names.map((name) => ({ url: `memory:/${name}`, bytes: 1 }));
    await expect(openIndex({ shards, source: memorySource(written.files) })).rejects.toMatchObject({
      code: "MANIFEST_STALE",
      fields: { shard: "memory:/digits-000000.mem", url: "memory:/digits.rollup.parquet" },
      hint: expect.stringContaining("manifest build"),
    });
    const other = written.names.map((name) => ({ url: `memory:/${name}`, sha256: "0".repeat(64) }));
    const source = memorySource(without(/rollup/).files);
    await expect(openIndex({ shards: other, source })).rejects.toMatchObject({ code: "MANIFEST_STALE" });
  });

  it("stops with the signal's reason", async () => {
    const { ds } = await openDigits(written);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(all(ds.query((f) => f.label.eq(3), { signal }))).rejects.toThrow("enough");
    expect(await ds.where((f) => f.label.eq(3)).count()).toBe(10);
  });
});

describe("Python's manifests", () => {
  const folder = new URL("../../../../fixtures/python/", import.meta.url);
  const file = (name: string): Uint8Array => readFileSync(new URL(name, folder));
  const filesOf = (...names: string[]) => memorySource(new Map(names.map((name) => [name, file(name)])));

  it("give counts, and no places, because theirs are not true", async () => {
    const source = filesOf("single.manifest.json", "single.manifest.parquet", "single.tar");
    const index = await openIndex({ shards: [{ url: "single.tar" }], source });
    expect(await index?.counts?.()).toEqual([3]);
    expect(index?.query).toBeUndefined();
    expect(index?.locate).toBeUndefined();
  });

  it("count as none where Python has lost the rows", async () => {
    const names = [0, 1, 2].map((i) => `sharded/data-00000${i}`);
    const source = filesOf(...names.flatMap((name) => [`${name}.tar`, `${name}.manifest.json`]));
    const index = await openIndex({ shards: names.map((name) => ({ url: `${name}.tar` })), source });
    expect(await index?.counts?.()).toEqual([2, 2, undefined]);
  });

  it("are found under the name that is cut at its dot, unless two shards would share it", async () => {
    const source = memorySource({ "data.manifest.json": file("single.manifest.json") });
    const index = await openIndex({ shards: [{ url: "data.v1.tar" }], source });
    expect(await index?.counts?.()).toEqual([3]);
    expect(await openIndex({ shards: [{ url: "data.v1.tar" }, { url: "data.v2.tar" }], source })).toBeUndefined();
  });

  it("are not used where the dataset says otherwise", async () => {
    const source = filesOf("single.manifest.json");
    expect(await openIndex({ shards: [{ url: "single.tar", samples: 4 }], source })).toBeUndefined();
  });
});

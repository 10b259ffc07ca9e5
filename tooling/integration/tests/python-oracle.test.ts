import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import {
  type FieldCodecPack,
  fromStrings,
  ndarray,
  type SampleType,
  sample,
  schemaFromLocal,
  structured,
  toFloat32,
} from "@atdata/core";
import { dataframe } from "@atdata/core/arrow";
import { sparse, sparseCodec, toDense } from "@atdata/core/sparse";
import { openDataset } from "@atdata/wds/node";
import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Basic, basic, fixture, vectors } from "../src/fixtures.ts";
import { packTar } from "../src/tar.ts";

const pythonKey = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-8000-000000000000$/;

/** Where each tar's samples begin and end in the numbering of the program that made them. */
const tars: Readonly<Record<string, readonly [number, number]>> = {
  "single.tar": [0, 3],
  "data--0b299b6f--000000.tar": [0, 3],
  "sharded/data-000000.tar": [0, 2],
  "sharded/data-000001.tar": [2, 4],
  "sharded/data-000002.tar": [4, 5],
};

function basics([from, to]: readonly [number, number]): Basic[] {
  return Array.from({ length: to - from }, (_, i) => basic(from + i));
}

describe("what Python atdata wrote", () => {
  it("has no tar that these tests leave out", () => {
    const found = readdirSync(fixture("."), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".tar"),
    );
    expect(found.sort()).toEqual(Object.keys(tars).sort());
  });

  it.each(Object.entries(tars))("%s opens typed, with Python's keys and values", async (name, range) => {
    const dataset = await openDataset(fixture(name), { type: Basic });
    const entries = await collect(dataset.entries());
    expect(entries.map(({ sample }) => sample)).toEqual(basics(range));
    for (const { key, shard } of entries) {
      expect(key).toMatch(pythonKey);
      expect(shard).toBe(fixture(name));
    }
    expect(await dataset.count()).toBe(range[1] - range[0]);
    expect(await dataset.get(entries[0]?.key ?? "")).toEqual(basic(range[0]));
  });

  it("opens as one dataset from a directory, a glob, braces and a list, manifests left aside", async () => {
    const refs = [
      fixture("sharded"),
      fixture("sharded/*.tar"),
      fixture("sharded/data*"),
      fixture("sharded/data-{000000..000002}.tar"),
      [0, 1, 2].map((n) => fixture(`sharded/data-00000${n}.tar`)),
    ];
    for (const ref of refs) expect(await collect(await openDataset(ref, { type: Basic }))).toEqual(basics([0, 5]));
  });

  it("opens untyped, arrays as the bytes of the compact encoding, absent values as null", async () => {
    const [first, second] = await (await openDataset(fixture("single.tar"))).head(2);
    expect(first).toMatchObject({ name: "n0", count: -1, score: 0, ok: true, tags: ["a", "t0"], note: "hé" });
    expect(first?.image).toBeInstanceOf(Uint8Array);
    expect(second).toMatchObject({ note: null, opt_image: null });
  });

  it.each(["1.0.0", "1.0.1"])("opens typed by schema %s of Python's index", async (version) => {
    // Immutable, or SQLite leaves its -wal and -shm files beside the fixture.
    const immutable = new URL(`${pathToFileURL(fixture("index.db"))}?immutable=1`);
    const database = new DatabaseSync(immutable, { readOnly: true });
    const row = database.prepare("select schema_json from schemas where name = 'Basic' and version = ?").get(version);
    database.close();
    const type = schemaFromLocal(JSON.parse(String(row?.schema_json)));
    expect(type.version).toBe(version);
    for (const [name, range] of Object.entries(tars)) {
      const samples = await collect(await openDataset(fixture(name), { type }));
      expect(samples).toEqual(basics(range));
    }
  });
});

describe("the vectors that Python atdata wrote decode through openDataset", () => {
  const arrays: Readonly<Record<string, unknown>> = {
    f4_2: { dtype: "float32", shape: [2], data: Float32Array.of(1.5, -2) },
    i8_scalar: { dtype: "int64", shape: [], data: BigInt64Array.of(5n) },
    u1_empty: { dtype: "uint8", shape: [2, 0], data: new Uint8Array(0) },
    unicode: fromStrings(["ab", "cde"]),
    bytes: { dtype: "bytes", shape: [1], data: Uint8Array.of(0x61, 0x62), itemLength: 2 },
    bool: { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) },
    dt64ns: { dtype: "datetime64[ns]", shape: [1], data: BigInt64Array.of(1577836800000000000n) },
    be_i2: { dtype: "int16", shape: [1], data: Int16Array.of(1) },
    noncontig: { dtype: "int16", shape: [3, 2], data: Int16Array.of(0, 3, 1, 4, 2, 5) },
    c16: { dtype: "complex128", shape: [1], data: Float64Array.of(1, 2) },
    f2: { dtype: "float16", shape: [1], data: Uint16Array.of(0x3e00) },
    u8max: { dtype: "uint64", shape: [1], data: BigUint64Array.of(18446744073709551615n) },
    npy_legacy: { dtype: "int32", shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) },
    npy_legacy_fortran: { dtype: "int32", shape: [2, 2], strides: [1, 2], data: Int32Array.of(1, 3, 2, 4) },
  };

  async function through<S>(name: string, type: SampleType<S>, codecs: FieldCodecPack[] = []): Promise<S | undefined> {
    const bytes = Buffer.from(vectors()[name]?.hex ?? "", "hex");
    const archive = await packTar([{ name: `${name}.msgpack`, bytes: encode({ x: new Uint8Array(bytes) }) }]);
    return (await openDataset(new Blob([archive as BlobPart]), { type, codecs })).at(0);
  }

  it("and no vector is left out", () => {
    const others = ["structured", "sparse_csr", "sparse_coo", "dataframe", "sample0_msgpack"];
    expect(Object.keys(vectors()).sort()).toEqual([...Object.keys(arrays), ...others].sort());
  });

  it.each(Object.entries(arrays))("array %s", async (name, want) => {
    expect((await through(name, sample("X", { x: ndarray() })))?.x).toEqual(want);
  });

  it("half floats can be widened", async () => {
    const value = await through("f2", sample("X", { x: ndarray("float16") }));
    expect(value && toFloat32(value.x)).toMatchObject({ dtype: "float32", data: Float32Array.of(1.5) });
  });

  it("structured", async () => {
    const value = await through("structured", sample("X", { x: structured() }));
    expect({ ...value?.x.columns }).toEqual({
      x: { dtype: "float32", shape: [2], data: Float32Array.of(1, 3) },
      y: { dtype: "int32", shape: [2], data: Int32Array.of(2, 4) },
    });
  });

  it("sparse_csr and sparse_coo", async () => {
    const type = sample("X", { x: sparse() });
    const csr = await through("sparse_csr", type, [sparseCodec]);
    expect(csr?.x.format).toBe("csr");
    expect(csr && toDense(csr.x)).toEqual({
      dtype: "int64",
      shape: [2, 3],
      data: BigInt64Array.of(1n, 0n, 0n, 0n, 0n, 2n),
    });
    const coo = await through("sparse_coo", type);
    expect(coo?.x.format).toBe("coo");
    expect(coo && toDense(coo.x)).toEqual({ dtype: "float64", shape: [2, 2], data: Float64Array.of(1, 0, 0, 2) });
  });

  it("dataframe", async () => {
    const value = await through("dataframe", sample("X", { x: dataframe() }));
    expect({ ...value?.x.columns }).toEqual({
      a: { dtype: "int64", shape: [2], data: BigInt64Array.of(1n, 2n) },
      b: { dtype: "float64", shape: [2], data: Float64Array.of(3, 4) },
      s: ["x", "y"],
    });
  });

  it("sample0_msgpack, a whole sample", async () => {
    const payload = Buffer.from(vectors().sample0_msgpack?.hex ?? "", "hex");
    const archive = await packTar([{ name: "k.msgpack", bytes: payload }]);
    expect(await (await openDataset(new Blob([archive as BlobPart]), { type: Basic })).head()).toEqual([basic(0)]);
  });
});

import {
  createDataset,
  type DataStore,
  float,
  int,
  isAtdataError,
  list,
  memoryFormat,
  memoryStore,
  optional,
  type SampleType,
  sample,
  str,
  writeSamples,
} from "@atdata/core";
import { expect, test } from "vitest";
import { manifests } from "../manifests.ts";
import { buildManifests } from "./build-manifests.ts";
import { checkManifests } from "./check-manifests.ts";
import { manifestsIn } from "./manifests-in.ts";

const Digit = sample("Digit", { label: int(), ink: float(), tags: list(str()), note: optional(str()) });
const digits = Array.from({ length: 25 }, (_, i) => ({
  label: i % 10,
  ink: i === 3 ? Number.NaN : i / 3,
  tags: i % 2 === 0 ? ["even", `t${i}`] : [],
  note: i % 4 === 0 ? `nöte ${i}` : undefined,
}));
const type = Digit as SampleType;
const format = memoryFormat();
const names = { dataset: "digits", single: "digits.tar", numbered: (n: number) => `digits-00000${n}.tar` };

async function written(options: Parameters<typeof manifests>[0] | undefined) {
  const store = memoryStore();
  const plugins = options === undefined ? [] : [manifests(options)];
  const { shards } = await writeSamples({ type: Digit, store, format, names, maxSamples: 10, plugins }, digits);
  return { store, shards, source: store.source };
}

async function sidecars(store: DataStore): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const stem of ["digits-000000", "digits-000001", "digits-000002"]) {
    const header = await store.get(`${stem}.manifest.json`);
    const rows = await store.get(`${stem}.manifest.parquet`);
    files[`${stem}.json`] = new TextDecoder().decode(header).replace(/"created_at": ".*"/, "");
    files[`${stem}.parquet`] = Buffer.from(rows as Uint8Array).toString("base64");
  }
  files.rollup = Buffer.from((await store.get("digits.rollup.parquet")) as Uint8Array).toString("base64");
  return files;
}

const codes = async (check: ReturnType<typeof checkManifests>): Promise<string[]> =>
  (await check).map(({ code }) => code);

test.each([[{}], [{ sampleHash: "sha256", provenance: { jobId: "j1" } } as const]])(
  "manifests built afterwards are those written with the shards: %j",
  async (options) => {
    const want = await written(options);
    const plain = await written(undefined);
    const seen: number[] = [];
    const built = await buildManifests({
      ...{ ...plain, ...options, type, format },
      onProgress: ({ shards }) => seen.push(shards),
    });
    expect(await sidecars(plain.store)).toEqual(await sidecars(want.store));
    const bytes = plain.shards.reduce((sum, shard) => sum + shard.bytes, 0);
    expect(built).toEqual({ shards: 3, samples: 25, bytes });
    expect([seen[0], seen.at(-1)]).toEqual([0, 3]);
    expect(await checkManifests({ ...plain, format })).toEqual([]);
  },
);

test("manifests can be in another store, and are found there", async () => {
  const plain = await written(undefined);
  const elsewhere = memoryStore();
  await buildManifests({ ...plain, type, format, store: elsewhere });
  expect(await codes(checkManifests({ ...plain, format }))).toEqual(Array(3).fill("MANIFEST_MISSING"));
  expect(await checkManifests({ ...plain, format, manifests: elsewhere })).toEqual([]);
  const plugins = [manifestsIn(elsewhere, manifests())];
  const dataset = createDataset({ ...plain, type: Digit, format, plugins });
  expect(await dataset.where((f) => f.label.eq(7)).head(9)).toEqual(digits.filter(({ label }) => label === 7));
  expect((await dataset.plan((f) => f.label.eq(7))).strategy).toBe("index");
});

test("from headers alone there are keys and places, and the manifest says that it is partial", async () => {
  const plain = await written(undefined);
  expect(await buildManifests({ ...plain, type, format, headersOnly: true })).toEqual({
    shards: 3,
    samples: 25,
    bytes: 0,
  });
  const header = JSON.parse(new TextDecoder().decode(await plain.store.get("digits-000001.manifest.json")));
  expect(header).toMatchObject({ partial: true, num_samples: 10, aggregates: {}, offset_kind: "tar_data" });
  expect(await codes(checkManifests({ ...plain, format }))).toEqual(Array(3).fill("MANIFEST_PARTIAL"));
});

test("a shard that differs from its recorded checksum is refused, and the older manifest of it stays", async () => {
  const { store, shards, source } = await written({});
  const before = await sidecars(store);
  const changed = shards.map((shard, i) => (i === 0 ? { ...shard, sha256: "0".repeat(64) } : shard));
  await expect(buildManifests({ store, source, shards: changed, type, format })).rejects.toSatisfy((error) =>
    isAtdataError(error, "CHECKSUM_MISMATCH"),
  );
  expect(await sidecars(store)).toEqual(before);
});

test("two shards of one name cannot share a place", async () => {
  const { store, shards, source } = await written(undefined);
  const twice = [...shards, { ...shards[0], url: `else/${shards[0]?.url}` }];
  await expect(buildManifests({ store, source, shards: twice, type, format })).rejects.toMatchObject({
    code: "REF_INVALID",
  });
});

test("an abort ends the build with its reason", async () => {
  const { store, shards, source } = await written(undefined);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(buildManifests({ store, source, shards, type, format, signal })).rejects.toThrow("enough");
});

test("a check finds what is missing, stale, damaged, of another shard or at the wrong place", async () => {
  const replace = async (name: string, bytes: Uint8Array | undefined) => {
    const { store, shards, source } = await written({});
    await store.delete(name);
    if (bytes !== undefined) await store.create(name, bytes);
    return (await checkManifests({ source, shards, format })).map(({ url, code }) => `${url.split("/").pop()} ${code}`);
  };
  const { store } = await written({});
  const file = async (name: string): Promise<Uint8Array> => (await store.get(name)) as Uint8Array;
  const edited = async (edit: (header: Record<string, unknown>) => void): Promise<Uint8Array> => {
    const header = JSON.parse(new TextDecoder().decode(await file("digits-000000.manifest.json")));
    edit(header);
    return new TextEncoder().encode(JSON.stringify(header));
  };
  const json = "digits-000000.manifest.json";
  const parquet = "digits-000000.manifest.parquet";
  const first = (code: string): string => `digits-000000.tar ${code}`;
  expect(await replace(json, undefined)).toEqual([first("MANIFEST_MISSING")]);
  expect(await replace(json, new TextEncoder().encode("{"))).toEqual([first("MANIFEST_INVALID")]);
  expect(await replace(json, await file("digits-000002.manifest.json"))).toEqual([first("MANIFEST_STALE")]);
  expect(await replace(json, await edited((h) => Object.assign(h, { shard_bytes: 5 })))).toEqual([
    first("MANIFEST_STALE"),
  ]);
  expect(await replace(parquet, undefined)).toEqual([first("MANIFEST_INVALID")]);
  expect(await replace(parquet, (await file(parquet)).subarray(0, -9))).toEqual([first("MANIFEST_INVALID")]);
  expect(await replace(parquet, await file("digits-000001.manifest.parquet"))).toEqual([first("MANIFEST_OFFSETS")]);
  expect(await replace(parquet, await file("digits-000002.manifest.parquet"))).toEqual([first("MANIFEST_OFFSETS")]);
  expect(await replace("digits.rollup.parquet", undefined)).toEqual(["digits.rollup.parquet MANIFEST_MISSING"]);
  expect(await replace("digits.rollup.parquet", await file(parquet))).toEqual(["digits.rollup.parquet FORMAT_INVALID"]);
});

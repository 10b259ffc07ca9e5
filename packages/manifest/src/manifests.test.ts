import { createHash } from "node:crypto";
import {
  type AtdataError,
  type DataStore,
  float,
  int,
  int64,
  list,
  memoryFormat,
  memoryStore,
  optional,
  type SampleType,
  type ShardInfo,
  type ShardPlugin,
  sample,
  str,
  type WriterInput,
  writeSamples,
} from "@atdata/core";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { parseHeader } from "./header/parse-header.ts";
import { manifests } from "./manifests.ts";
import { manifests as nodeManifests } from "./node/manifests.ts";
import { decodeRollup } from "./rollup/decode-rollup.ts";

const Digit = sample("Digit", { label: int(), ink: float(), tags: list(str()), note: optional(str()) });
const digits = Array.from({ length: 25 }, (_, n) => ({
  ...{ label: n % 10, ink: n / 2, tags: n % 2 === 0 ? ["even"] : [] },
  ...(n === 3 && { note: "three" }),
}));

async function write<S>(
  type: SampleType<S>,
  samples: readonly S[],
  plugin: ShardPlugin,
  store: DataStore = memoryStore(),
): Promise<DataStore> {
  const names = { dataset: "digits", single: "digits.tar", numbered: (n: number) => `digits-${n}.tar` };
  const input: WriterInput<S> = { type, store, format: memoryFormat(), names, maxSamples: 10, plugins: [plugin] };
  await writeSamples(input, samples);
  return store;
}

async function get(store: DataStore, name: string): Promise<Uint8Array> {
  const bytes = await store.get(name);
  if (bytes === undefined) throw new Error(`no ${name}`);
  return bytes;
}

async function rowsOf(store: DataStore, name: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: (await get(store, name)).slice().buffer as ArrayBuffer, utf8: false });
}

describe("manifests written with the shards", () => {
  it("stand beside each shard, tell where samples lie, and are named by the dataset", async () => {
    const store = await write(Digit, digits, manifests());
    const file = JSON.parse(new TextDecoder().decode(await get(store, "digits.dataset.json")));
    expect(file.sidecars.sort()).toEqual([
      ...[0, 1, 2].flatMap((n) => [`digits-${n}.manifest.json`, `digits-${n}.manifest.parquet`]),
      "digits.rollup.parquet",
    ]);
    let index = 0;
    for (const { url, samples, bytes, sha256 } of file.shards as Required<ShardInfo>[]) {
      const stem = url.replace(/\.tar$/, "");
      const text = new TextDecoder().decode(await get(store, `${stem}.manifest.json`));
      const { summary, trueOffsets } = parseHeader(text, `memory:/${stem}.manifest.json`);
      expect(summary).toMatchObject({ url: `memory:/${url}`, samples, bytes, sha256, keys: { sorted: true } });
      expect(trueOffsets).toBe(true);
      const shard = await get(store, url);
      for (const row of await rowsOf(store, `${stem}.manifest.parquet`)) {
        const at = Number(row.__offset__);
        const payload = shard.subarray(at, at + Number(row.__size__));
        expect(Digit.decode(payload)).toEqual(digits[index]);
        const { label, ink, tags, note } = digits[index] as (typeof digits)[number];
        expect(row).toMatchObject({ __key__: String(index).padStart(9, "0"), label: BigInt(label), ink, tags });
        expect(row.note).toBe(note ?? null);
        index++;
      }
    }
    expect(index).toBe(25);
  });

  it("are summed up in the roll-up, a row a shard", async () => {
    const store = await write(Digit, digits, manifests());
    const read = await decodeRollup(await get(store, "digits.rollup.parquet"), store.url("digits.rollup.parquet"));
    expect(read.map(({ url, samples }) => [url, samples])).toEqual([
      [store.url("digits-0.tar"), 10],
      [store.url("digits-1.tar"), 10],
      [store.url("digits-2.tar"), 5],
    ]);
    expect(read.map(({ fields }) => [fields.get("ink")?.min, fields.get("ink")?.max])).toEqual([
      ...[
        [0, 4.5],
        [5, 9.5],
        [10, 12],
      ],
    ]);
    expect(read[0]?.fields.get("note")?.values).toEqual(new Map([["three", 1]]));
  });

  it("have a hash of every sample when asked for, the same from either entry", async () => {
    for (const make of [manifests, nodeManifests]) {
      const store = await write(Digit, digits, make({ sampleHash: "sha256" }));
      const shard = await get(store, "digits-1.tar");
      const rows = await rowsOf(store, "digits-1.manifest.parquet");
      expect(rows.length).toBe(10);
      for (const { __offset__: at, __size__: size, __sha256__: hash } of rows) {
        const payload = shard.subarray(Number(at), Number(at) + Number(size));
        expect(Buffer.from(hash as Uint8Array).toString("hex")).toBe(
          createHash("sha256").update(payload).digest("hex"),
        );
      }
    }
    expect(() => manifests({ sampleHash: "md5" as "sha256" })).toThrow(TypeError);
  });

  it("have hashes by themselves where everybody can read them, and there alone", async () => {
    for (const published of [true, false]) {
      const store = await write(Digit, digits, nodeManifests(), { ...memoryStore(), published });
      const [row] = await rowsOf(store, "digits-1.manifest.parquet");
      expect(row?.__sha256__ instanceof Uint8Array).toBe(published);
    }
  });

  it("have keys and places only when they are partial, and say so", async () => {
    const store = await write(Digit, digits, manifests({ partial: true, sampleHash: "sha256" }));
    const text = new TextDecoder().decode(await get(store, "digits-0.manifest.json"));
    expect(parseHeader(text, "digits-0.manifest.json")).toMatchObject({ partial: true, fields: [] });
    expect(Object.keys((await rowsOf(store, "digits-0.manifest.parquet"))[0] ?? {})).toEqual([
      ...["__key__", "__offset__", "__size__"],
    ]);
  });

  it("refuse integers that Parquet cannot hold, and nothing is written", async () => {
    const Id = sample("Id", { id: int64() });
    const store = memoryStore();
    const names = { dataset: "ids", single: "ids.tar", numbered: String };
    const input = { type: Id, store, format: memoryFormat(), names, plugins: [manifests()] };
    const failed = await writeSamples(input, [{ id: 1n }, { id: 2n ** 63n }]).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "INTEGER_TOO_LARGE", fields: { field: "id" } } satisfies Partial<AtdataError>);
    expect(await store.get("ids.dataset.json")).toBeUndefined();
    const excluded = sample("Id", { id: int64({ manifest: { exclude: true } }) });
    await expect(write(excluded, [{ id: 2n ** 63n }], manifests())).resolves.toBeDefined();
  });
});

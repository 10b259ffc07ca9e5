import { baseName, type DataStore, type StoredShard, type StoreWrite } from "@atdata/core";
import type { Need } from "./case.ts";
import { ensure, pattern, rejectsWithCode, sameBytes } from "./expect.ts";
import { drain } from "./source-fixture.ts";

/** Makes an empty store that shares nothing with any other that was made; disposed after each case where it can be. */
export type MakeStore = () => DataStore | Promise<DataStore>;

/** Runs `use` with a fresh store and disposes it after. */
export async function withStore(make: MakeStore, use: (store: DataStore) => Promise<void>): Promise<void> {
  const store = await make();
  try {
    await use(store);
  } finally {
    await store[Symbol.asyncDispose]?.();
  }
}

/** Writes a shard in chunks of one buffer that is used again, as writers do. */
export async function writeShard(write: StoreWrite, name: string, bytes: Uint8Array): Promise<StoredShard> {
  const sink = await write.shard(name);
  const buffer = new Uint8Array(1000);
  for (let at = 0; at < bytes.length; at += buffer.length) {
    const part = bytes.subarray(at, at + buffer.length);
    buffer.set(part);
    await sink.write(buffer.subarray(0, part.length));
    buffer.fill(0xee);
  }
  return sink.close();
}

/** Files by name. */
export type Files = Readonly<Record<string, Uint8Array | undefined>>;
/** The names that a store gave files, by those that it was asked for. */
export type Names = Readonly<Record<string, string>>;

/** Gives files the names that the store gave them. */
export function placed<T>(names: Names, files: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [names[name] ?? name, file]));
}

/** No trace of these. */
export function gone(names: Iterable<string>): Record<string, undefined> {
  return Object.fromEntries(Array.from(names, (name) => [name, undefined]));
}

/** Writes a dataset of shards and small files, and commits it. */
export async function writeDataset(
  store: DataStore,
  dataset: string,
  shards: Readonly<Record<string, Uint8Array>>,
  small: Readonly<Record<string, Uint8Array>> = {},
  overwrite = false,
): Promise<Names> {
  const write = await store.begin(dataset, { overwrite });
  const names = await fill(write, shards, small);
  await write.commit(datasetJson(placed(names, shards), placed(names, small)));
  return names;
}

/** Writes shards and small files, and tells their names. */
export async function fill(
  write: StoreWrite,
  shards: Readonly<Record<string, Uint8Array>>,
  small: Readonly<Record<string, Uint8Array>> = {},
): Promise<Names> {
  const names: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(shards))
    names[name] = baseName((await writeShard(write, name, bytes)).url);
  for (const [name, bytes] of Object.entries(small)) names[name] = await write.put(name, bytes);
  return names;
}

/** Makes what commits a dataset. */
export function datasetJson(
  shards: Readonly<Record<string, Uint8Array>>,
  small: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const list = Object.entries(shards).map(([url, { length }]) => ({ url, bytes: length }));
  const text = JSON.stringify({ format: "atdata.dataset/1", shards: list, sidecars: Object.keys(small) });
  return new TextEncoder().encode(text);
}

/** Reads through the source, as a dataset does; `undefined` when there is no such file. */
async function readShard(store: DataStore, name: string): Promise<Uint8Array | undefined> {
  try {
    return await drain(await store.source.open(store.url(name)));
  } catch (error) {
    await rejectsWithCode(Promise.reject(error), "NOT_FOUND", `open ${name}`);
    return undefined;
  }
}

/** Fails unless each file holds these bytes, or is not there where they are `undefined`, by its url and by `get`. */
export async function sameFiles(store: DataStore, files: Files): Promise<void> {
  for (const [name, want] of Object.entries(files)) {
    const [opened, got] = [await readShard(store, name), await store.get(name)];
    if (want === undefined) {
      ensure(opened === undefined && got === undefined, `${name} is there, and should not be`);
      continue;
    }
    sameBytes(opened, want, `${name} by its url`);
    sameBytes(got, want, `${name} by get`);
  }
}

/** The shards of a dataset `d`. */
export const ONE: Readonly<Record<"d-000000.tar" | "d-000001.tar", Uint8Array>> = {
  "d-000000.tar": pattern(5000, 1),
  "d-000001.tar": pattern(700, 2),
};
/** Its small files. */
export const SIDE: Readonly<Record<string, Uint8Array>> = {
  "d-000000.manifest.json": pattern(30, 3),
  "d.rollup.parquet": pattern(40, 4),
};
/** What commits it, where nothing reads what it names. */
export const JSON_ONE: Uint8Array = datasetJson(ONE, SIDE);
/** The name of its commit. */
export const COMMIT = "d.dataset.json";

/** Applies where the store's source reads ranges. */
export function needsRanges(): Need<MakeStore> {
  return {
    capability: "range reads",
    async has(make) {
      let found = false;
      await withStore(make, async (store) => {
        found = store.source.capabilities.range;
      });
      return found;
    },
  };
}

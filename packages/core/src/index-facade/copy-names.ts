import type { DatasetInput } from "../dataset/read-options.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { DataStore } from "../protocols/data-store.ts";
import { baseName } from "../refs/relative-url.ts";
import { datasetFile } from "../stores/replaced-files.ts";
import type { WriteNames } from "../write/writer.ts";
import { stemOfFile } from "./stored-files.ts";

/** The names of a copy. */
export interface CopyNames {
  /** Stem of the dataset. */
  readonly dataset: string;
  /** Its shards, in order. */
  readonly shards: readonly string[];
}

/** What the names of a copy come from. */
export interface CopyNamesInput extends CallOptions {
  /** What is copied. */
  readonly input: DatasetInput<unknown>;
  /** Url of its `dataset.json`, where there is one. */
  readonly file: string | undefined;
  /** Where it goes. */
  readonly store: DataStore;
  /** Names to be used where those it has are taken. */
  readonly fresh: WriteNames;
}

/** Keeps names, by which sidecars are found and roll-ups tell of shards, unless another dataset has them. */
export async function namesOfCopy({ input, file, store, fresh, signal }: CopyNamesInput): Promise<CopyNames> {
  const shards = input.shards.map(({ url }) => baseName(url));
  const dataset = file === undefined ? stemOfShard(shards[0] as string) : stemOfFile(file);
  const plain = [dataset, ...shards].every((name) => /^[A-Za-z0-9_][\w.-]{0,150}$/.test(name));
  const taken = async (name: string): Promise<boolean> => (await store.get(name, { signal })) !== undefined;
  if (plain && new Set(shards).size === shards.length && !(await taken(datasetFile(dataset)))) {
    return { dataset, shards };
  }
  const { suffix } = input.format;
  const endOf = (name: string): string => (name.includes(".") ? name.slice(name.indexOf(".")) : suffix);
  return {
    dataset: fresh.dataset,
    shards: shards.map((name, i) => {
      const own = shards.length === 1 ? fresh.single : fresh.numbered(i);
      return own.slice(0, -suffix.length) + endOf(name);
    }),
  };
}

/** Gives the stem of the dataset that a shard is of, by its name. */
export function stemOfShard(shard: string): string {
  return shard.replace(/\..*$/, "").replace(/-\d{6}$/, "");
}

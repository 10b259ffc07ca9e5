import { readAll } from "../dataset/read-all.ts";
import type { DatasetInput } from "../dataset/read-options.ts";
import { isAtdataError } from "../errors.ts";
import type { CallOptions, DataSource, ShardInfo } from "../protocols/data-source.ts";
import type { StoredShard, StoreWrite } from "../protocols/data-store.ts";
import { baseName, resolveBeside } from "../refs/relative-url.ts";
import { filesOfDataset } from "../stores/replaced-files.ts";
import { stemOfShard } from "./copy-names.ts";
import { stemOfFile } from "./stored-files.ts";

const MAX_SIDECAR = 1024 * 1024 * 1024;

/** What sidecars are copied of. */
export interface CopySidecarsInput extends CallOptions {
  /** What is copied. */
  readonly input: DatasetInput<unknown>;
  /** Url of its `dataset.json`, where there is one. */
  readonly file: string | undefined;
}

/** Copies the sidecars that are there; gives their names. */
export async function copySidecars(
  copy: CopySidecarsInput,
  shards: readonly StoredShard[],
  write: StoreWrite,
): Promise<string[]> {
  const { input, signal } = copy;
  const beside = copy.file ?? (input.shards[0] as ShardInfo).url;
  const names: string[] = [];
  for (const name of await sidecarsOf(copy)) {
    const renamed = nameThere(name, input.shards, shards);
    if (renamed === undefined) continue;
    const bytes = await readIfThere(input.source, resolveBeside(beside, name), { signal });
    if (bytes !== undefined) names.push(await write.put(renamed, bytes));
  }
  return names;
}

async function sidecarsOf(copy: CopySidecarsInput): Promise<string[]> {
  const { input, file, signal } = copy;
  const shards = input.shards.map(({ url }) => baseName(url));
  const bytes = file === undefined ? undefined : await readIfThere(input.source, file, { signal });
  const stem = file === undefined ? stemOfShard(shards[0] as string) : stemOfFile(file);
  // Without a dataset file, a manifest may still lie beside a shard.
  const told = bytes ?? new TextEncoder().encode(JSON.stringify({ shards: shards.map((url) => ({ url })) }));
  const isShard = new Set(shards);
  return filesOfDataset(stem, told).filter((name) => !isShard.has(name));
}

/** A sidecar goes by the name of its shard; one of the whole dataset tells of shards by name, and stays only with their names. */
function nameThere(name: string, from: readonly ShardInfo[], to: readonly StoredShard[]): string | undefined {
  const stem = (url: string): string => baseName(url).replace(/\.[^.]*$/, "");
  const pairs = from.map(({ url }, i) => [stem(url), stem((to[i] as StoredShard).url)] as const);
  const [old, now] = pairs.find(([each]) => name.startsWith(`${each}.`)) ?? [];
  if (old !== undefined) return `${now}${name.slice(old.length)}`;
  return pairs.every(([each, there]) => each === there) ? name : undefined;
}

async function readIfThere(source: DataSource, url: string, options: CallOptions): Promise<Uint8Array | undefined> {
  try {
    return await readAll(source, url, MAX_SIDECAR, options);
  } catch (error) {
    if (isAtdataError(error, "NOT_FOUND", "ACCESS_DENIED")) return undefined;
    throw error;
  }
}

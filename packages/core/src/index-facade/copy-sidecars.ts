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

/** Copies the sidecars that are there; gives their names. One that tells of shards by name goes only as far as a plugin can rename them. */
export async function copySidecars(
  copy: CopySidecarsInput,
  shards: readonly StoredShard[],
  write: StoreWrite,
): Promise<string[]> {
  const { input, signal } = copy;
  const { plugins = [], source } = input;
  const beside = copy.file ?? (input.shards[0] as ShardInfo).url;
  const renamed = new Map(input.shards.map(({ url }, i) => [baseName(url), baseName((shards[i] as StoredShard).url)]));
  const moved = [...renamed].some(([from, to]) => from !== to);
  const stems = stemsOf(renamed);
  const names: string[] = [];
  for (const name of await sidecarsOf(copy)) {
    const bytes = await readIfThere(source, resolveBeside(beside, name), { signal });
    if (bytes === undefined) continue;
    const there = renameBy(stems, name);
    let changed: Uint8Array | undefined;
    for (const plugin of moved ? plugins : []) changed ??= await plugin.rename?.(name, bytes, renamed);
    const goes = !moved || (there !== undefined && (changed !== undefined || there.shard));
    if (goes) names.push(await write.put(there?.name ?? name, changed ?? bytes));
  }
  return names;
}

/** The stem that one has in the copy, and whether it is a shard's or that of all. */
interface Stem {
  readonly name: string;
  readonly shard: boolean;
}

/** Sidecars go by the stems of shards, or by what is left of those without their numbers. */
function stemsOf(renamed: ReadonlyMap<string, string>): ReadonlyMap<string, Stem> {
  const stems = new Map<string, Stem>();
  for (const [from, to] of renamed) {
    stems.set(stemOfShard(from), { name: stemOfShard(to), shard: false });
  }
  for (const [from, to] of renamed) stems.set(withoutEnd(from), { name: withoutEnd(to), shard: true });
  return stems;
}

function withoutEnd(shard: string): string {
  return shard.replace(/\.[^.]*$/, "");
}

function renameBy(stems: ReadonlyMap<string, Stem>, name: string): Stem | undefined {
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const stem = stems.get(name.slice(0, dot));
    if (stem !== undefined) return { ...stem, name: stem.name + name.slice(dot) };
  }
  return undefined;
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

async function readIfThere(source: DataSource, url: string, options: CallOptions): Promise<Uint8Array | undefined> {
  try {
    return await readAll(source, url, MAX_SIDECAR, options);
  } catch (error) {
    if (isAtdataError(error, "NOT_FOUND", "ACCESS_DENIED")) return undefined;
    throw error;
  }
}

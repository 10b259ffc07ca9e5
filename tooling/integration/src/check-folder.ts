import { readdirSync } from "node:fs";
import { fileStore } from "@atdata/core/node";
import { openDataset } from "@atdata/wds/node";
import { checkDataset } from "./check-store.ts";
import { generation } from "./generation.ts";

/** Finds what is wrong with the datasets of a folder, each of a generation. */
export async function problemsOf(folder: string): Promise<string[]> {
  const store = fileStore(folder);
  const names = readdirSync(folder).filter((name) => name.endsWith(".dataset.json") && !name.startsWith("."));
  const found = names.map((name) => checkDataset(store, name, (metadata) => generation(Number(metadata.generation))));
  return (await Promise.all(found)).flatMap(({ problems }) => problems);
}

/** Lists the visible shards, and how many samples an opener of the folder gets out of each. */
export async function shardsOf(folder: string): Promise<Map<string, number>> {
  const shards = new Map<string, number>();
  const visible = readdirSync(folder).filter((name) => name.endsWith(".tar") && !name.startsWith("."));
  for (const name of visible) shards.set(name, 0);
  if (visible.length === 0) return shards;
  for await (const { shard } of (await openDataset(folder)).entries()) {
    const name = shard.slice(folder.length + 1);
    shards.set(name, (shards.get(name) ?? Number.NaN) + 1);
  }
  return shards;
}

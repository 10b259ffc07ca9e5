import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatasetFile } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { openDataset } from "@atdata/wds/node";
import { collect } from "./collect.ts";
import { generation } from "./generation.ts";

const SUFFIX = ".dataset.json";

/**
 * Finds what is wrong with the datasets of a folder: shards that are missing, cut, others than recorded, or hold the wrong samples, and
 * sidecars that are missing or not of these shards.
 */
export async function problemsOf(folder: string): Promise<string[]> {
  const problems: string[] = [];
  for (const name of readdirSync(folder).filter((each) => each.endsWith(SUFFIX) && !each.startsWith("."))) {
    const file: DatasetFile = JSON.parse(readFileSync(join(folder, name), "utf8"));
    for (const { url, bytes, sha256 } of file.shards) {
      const content = tryRead(join(folder, url));
      if (content === undefined) problems.push(`${name} names ${url}, which is missing`);
      else if (content.length !== bytes) problems.push(`${url} has ${content.length} bytes instead of ${bytes}`);
      else if (createHash("sha256").update(content).digest("hex") !== sha256)
        problems.push(`${url} has another sha256`);
    }
    for (const each of file.sidecars ?? []) {
      if (tryRead(join(folder, each)) === undefined) problems.push(`${name} names ${each}, which is missing`);
    }
    for (const { url, samples, sha256 } of file.shards) {
      const stem = url.replace(/\.tar$/, "");
      const header = tryRead(join(folder, `${stem}.manifest.json`));
      const told = header && JSON.parse(header.toString());
      if (told?.num_samples !== samples || told?.checksum?.digest !== sha256)
        problems.push(`${url} has no manifest of its own`);
    }
    if (problems.length > 0) continue;
    const samples = await collect(await openDataset(join(folder, name), { verify: true }));
    const want = generation(Number(file.metadata?.generation));
    if (JSON.stringify(samples) !== JSON.stringify(want))
      problems.push(`${name} holds other samples than were written`);
    const indexed = await openDataset(join(folder, name), { plugins: [manifests()] });
    const found = await collect(indexed.where({ op: ">=", field: "n", value: 0 }));
    const { strategy } = await indexed.plan({ op: ">=", field: "n", value: 0 });
    if (strategy !== "index" || JSON.stringify(found) !== JSON.stringify(want))
      problems.push(`${name} gives other samples by its manifests`);
  }
  return problems;
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

function tryRead(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { baseName, schemeOf } from "@atdata/core";
import { listLeftOvers, removeLeftOvers } from "@atdata/core/node";
import { stemOf } from "@atdata/manifest";
import { isIndexRef } from "../open.ts";
import type { Problem } from "./problem.ts";

/** What a killed writer left, and what it stands for. */
interface FoundLeftOver {
  readonly dir: string;
  readonly dataset: string;
  readonly problem: Problem;
}

/** Finds what killed writers left where a reference points: of its own dataset, or of all in a directory. */
export async function findLeftOvers(ref: string): Promise<FoundLeftOver[]> {
  if (schemeOf(ref) !== "file" || isIndexRef(ref)) return [];
  const path = ref.startsWith("file:") ? fileURLToPath(ref) : ref;
  const isDirectory = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  const dir = isDirectory ? path : dirname(path);
  const own = isDirectory ? undefined : stemOf(baseName(path).replace(/\.dataset\.json$/, ".tar"));
  const found: FoundLeftOver[] = [];
  for (const { name, dataset } of await listLeftOvers(dir)) {
    // Sidecars begin with the name of their dataset or shard; a glob or braces may stand for any.
    if (own !== undefined && /^[\w.-]+$/.test(own) && !dataset.startsWith(own)) continue;
    const what = `a writer of ${dataset} was killed and left this: what it wrote is incomplete`;
    found.push({ dir, dataset, problem: { code: "LEFT_OVER", url: join(dir, name), what, fixable: true } });
  }
  return found;
}

/** Removes what was found. */
export async function clearLeftOvers(found: readonly FoundLeftOver[]): Promise<void> {
  const places = new Map(found.map(({ dir, dataset }) => [join(dir, dataset), { dir, dataset }]));
  for (const { dir, dataset } of places.values()) await removeLeftOvers(dir, dataset);
}

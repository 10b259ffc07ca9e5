import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Size } from "../bench-row.ts";

const folder = fileURLToPath(new URL("../../.cache/", import.meta.url));
/** What decides the bytes of the data: a change of these makes everything again. */
const recipes = [
  new URL("./", import.meta.url),
  new URL("../../../../packages/wds/src/tar-writer.ts", import.meta.url),
  new URL("../../../../packages/core/src/dataset/dataset-file.ts", import.meta.url),
  new URL("../../../../packages/manifest/src/manifest-writer.ts", import.meta.url),
  ...["header", "rollup", "rows", "summary"].map(
    (name) => new URL(`../../../../packages/manifest/src/${name}/`, import.meta.url),
  ),
];

/**
 * Gives a folder of data that is made once and kept until its recipe changes.
 *
 * @param make - Fills an empty folder.
 */
export async function cached(name: string, size: Size, make: (into: string) => Promise<unknown>): Promise<string> {
  const stamp = recipeStamp();
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) {
    if (old.startsWith("data-") && old !== `data-${stamp}`) rmSync(join(folder, old), { recursive: true, force: true });
  }
  const target = join(folder, `data-${stamp}`, `${name}-${size}`);
  mkdirSync(join(target, ".."), { recursive: true });
  if (readdirSync(join(target, "..")).includes(`${name}-${size}`)) return target;
  const unfinished = await scratch();
  try {
    await make(unfinished);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return target;
}

/** Gives the path of another folder beside the cached data, which may not exist. */
export function cacheFolder(name: string): string {
  return join(folder, name);
}

/** Makes an empty folder beside the cached data, on the same disk. The caller removes it. */
export function scratch(): Promise<string> {
  mkdirSync(folder, { recursive: true });
  return mkdtemp(join(folder, "scratch-"));
}

function recipeStamp(): string {
  const hash = createHash("sha256");
  for (const recipe of recipes) {
    const names = recipe.href.endsWith("/") ? readdirSync(recipe).sort() : [""];
    for (const name of names) hash.update(readFileSync(new URL(name, recipe)));
  }
  return hash.digest("hex").slice(0, 12);
}

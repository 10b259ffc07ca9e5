import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { recover } from "./commit.ts";
import { systemCode } from "./file-errors.ts";
import { isAlive, makeWriteFolder, ownerOf } from "./write-folder.ts";

/** What a writer that was killed left in a folder. */
export interface LeftOver {
  /** Name of the hidden folder or file. */
  readonly name: string;
  /** Name of the dataset or file that was being written. */
  readonly dataset: string;
}

/** Lists what writers left that were killed; what a live writer uses is not listed. None when there is no such directory. */
export async function listLeftOvers(dir: string): Promise<LeftOver[]> {
  const found: LeftOver[] = [];
  for (const name of (await namesIn(dir)).sort()) {
    const dataset = /^\.(.+)\.(?:lock|[0-9a-f]{8}-\d+-\d+-[0-9a-f]{8})\.tmp$/.exec(name)?.[1];
    if (dataset === undefined) continue;
    const path = join(dir, name);
    const owned = name === `.${dataset}.lock.tmp` ? await readFile(path, "utf8").catch(() => "") : name;
    const owner = ownerOf(owned, dataset);
    if (owner === undefined || !(await isAlive(owner, path))) found.push({ name, dataset });
  }
  return found;
}

/** Removes what killed writers of one dataset left, after undoing a commit that one was in; live writers keep what is theirs. */
export async function removeLeftOvers(dir: string, dataset: string): Promise<void> {
  const folder = await makeWriteFolder(dir, dataset);
  try {
    await recover(dir, dataset, folder);
  } finally {
    await rm(join(dir, folder), { recursive: true, force: true });
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

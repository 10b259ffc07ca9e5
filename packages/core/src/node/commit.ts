import { mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { datasetFile, filesOfDataset } from "../stores/replaced-files.ts";
import { datasetExists } from "../stores/store-errors.ts";
import { exists, linkIfFree, withCommitLock } from "./exclusive.ts";
import { systemCode } from "./file-errors.ts";
import { deadFolders } from "./write-folder.ts";

/** What is to be committed: everything lies complete in `<dir>/<folder>/new`. */
export interface Prepared {
  /** Where the dataset goes. */
  readonly dir: string;
  /** Its stem. */
  readonly dataset: string;
  /** Name of the write folder within `dir`. */
  readonly folder: string;
  /** Names of shards and small files, in the order in which they become visible. */
  readonly names: readonly string[];
  /** Whether a dataset of that name is replaced. */
  readonly overwrite: boolean;
}

/**
 * Makes a prepared dataset visible, or leaves everything as it was.
 *
 * In this order, so that at no moment a `dataset.json` names a file that is missing or incomplete: a journal is written;
 * the old `dataset.json` moves into the write folder, then the files it names; the new files get their names in `dir`
 * by hard links; `dataset.json` last, by a link that fails if there is one. A kill in between is undone by the next
 * {@link recover}: links of ours go, the old files come back, their `dataset.json` last.
 *
 * @throws AtdataError `DATASET_EXISTS` – a name is taken and `overwrite` is not set.
 */
export async function commitFolder(prepared: Prepared, bytes: Uint8Array): Promise<void> {
  const { dir, dataset, folder, overwrite } = prepared;
  const last = datasetFile(dataset);
  const names = [...prepared.names, last];
  const inside = join(dir, folder);
  await writeFile(join(inside, "new", last), bytes);
  await withCommitLock(dir, dataset, folder, async () => {
    await recoverLocked(dir, dataset);
    await writeFile(join(inside, "commit.json"), JSON.stringify({ names }));
    try {
      if (overwrite) await setAside(dir, inside, last, names);
      else if (await exists(join(dir, last))) throw datasetExists(last);
      for (const name of names) {
        if (!(await linkIfFree(join(inside, "new", name), join(dir, name)))) throw datasetExists(name);
      }
    } catch (error) {
      await rollBack(dir, dataset, folder);
      throw error;
    }
    // From here on the folder is rubbish, whoever removes it.
    await unlink(join(inside, "commit.json"));
  });
}

/**
 * Clears what writers of this dataset left that were killed: removes their folders, after undoing a commit that one was in.
 *
 * A live writer's folder is not touched.
 */
export async function recover(dir: string, dataset: string, folder: string): Promise<void> {
  const dead = await deadFolders(dir, dataset);
  const lock = await exists(join(dir, `.${dataset}.lock.tmp`));
  if (dead.length > 0 || lock) await withCommitLock(dir, dataset, folder, () => recoverLocked(dir, dataset));
}

async function recoverLocked(dir: string, dataset: string): Promise<void> {
  for (const folder of await deadFolders(dir, dataset)) {
    await rollBack(dir, dataset, folder);
    await rm(join(dir, folder), { recursive: true, force: true });
  }
}

async function setAside(dir: string, inside: string, last: string, names: readonly string[]): Promise<void> {
  await mkdir(join(inside, "old"));
  const old = await readFile(join(dir, last)).catch(ignoreMissing);
  const dataset = last.slice(0, -datasetFile("").length);
  const replaced = old === undefined ? [] : filesOfDataset(dataset, old);
  for (const name of new Set([last, ...replaced, ...names])) {
    await rename(join(dir, name), join(inside, "old", name)).catch(ignoreMissing);
  }
}

async function rollBack(dir: string, dataset: string, folder: string): Promise<void> {
  const inside = join(dir, folder);
  const names = await journal(inside);
  const last = datasetFile(dataset);
  if (names === undefined || (await isOurs(dir, inside, last))) return;
  for (const name of names) {
    if (!(await isOurs(dir, inside, name))) continue;
    // Where it was moved and not linked, it goes back: a second kill must not take what is restored for a file of ours.
    if (await exists(join(inside, "new", name))) await unlink(join(dir, name));
    else await rename(join(dir, name), join(inside, "new", name));
  }
  const old = await readdir(join(inside, "old")).catch(ignoreMissing);
  const back = (old ?? []).sort((a, b) => Number(a === last) - Number(b === last));
  for (const name of back) {
    if (!(await exists(join(dir, name)))) await rename(join(inside, "old", name), join(dir, name));
  }
}

/** Tells whether the file `name` in `dir` was put there by the commit of this folder. */
async function isOurs(dir: string, inside: string, name: string): Promise<boolean> {
  const [there, here] = await Promise.all(
    [join(dir, name), join(inside, "new", name)].map((path) => stat(path, { bigint: true }).catch(ignoreMissing)),
  );
  if (there === undefined) return false;
  // Gone from the folder: moved, on a file system without hard links.
  return here === undefined || (there.ino === here.ino && there.dev === here.dev);
}

async function journal(inside: string): Promise<readonly string[] | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(inside, "commit.json"), "utf8"));
    if (typeof parsed !== "object" || parsed === null || !("names" in parsed)) return undefined;
    return Array.isArray(parsed.names) ? parsed.names.filter((name) => typeof name === "string") : undefined;
  } catch {
    // None, or cut short by the kill: then nothing had been moved yet.
    return undefined;
  }
}

function ignoreMissing(error: unknown): undefined {
  if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
  throw error;
}

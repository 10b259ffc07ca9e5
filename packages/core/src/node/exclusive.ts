import { link, lstat, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "./file-errors.ts";
import { isAlive, ownerOf } from "./write-folder.ts";

/** How often a commit that waits for another looks again. */
const LOCK_POLL_MS = 5;

/**
 * Gives a file a second name if that name is free; tells whether it was. Of several racers one wins.
 *
 * Where the file system has no hard links, the file is moved instead, after a look, which is exclusive only under a lock.
 */
export async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"].includes(code ?? "")) throw error;
  }
  if (await exists(to)) return false;
  await rename(from, to);
  return true;
}

/** Tells whether there is anything of that name. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

/**
 * Runs `work` while no other process, and nobody else in this one, does the same for this dataset.
 *
 * The lock is a hidden file that holds the name of its owner's write folder; the lock of a dead owner is taken over.
 * Commits take milliseconds, so waiting is by looking again.
 */
export async function withCommitLock<T>(
  dir: string,
  dataset: string,
  folder: string,
  work: () => Promise<T>,
): Promise<T> {
  const lock = join(dir, `.${dataset}.lock.tmp`);
  const mine = join(dir, folder, "lock");
  await writeFile(mine, folder);
  while (!(await linkIfFree(mine, lock))) {
    const owner = await readFile(lock, "utf8").catch(() => undefined);
    if (owner !== undefined && !(await ownerAlive(dir, dataset, owner))) await takeAway(lock, mine, owner);
    else await sleep(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    await unlink(lock).catch(() => {});
  }
}

async function ownerAlive(dir: string, dataset: string, owner: string): Promise<boolean> {
  const token = ownerOf(owner, dataset);
  return token !== undefined && (await exists(join(dir, owner))) && (await isAlive(token, join(dir, owner)));
}

async function takeAway(lock: string, mine: string, owner: string): Promise<void> {
  const taken = `${mine}.taken`;
  try {
    await rename(lock, taken);
  } catch {
    return;
  }
  // Somebody else was faster and this is a live lock: give it back.
  if ((await readFile(taken, "utf8")) !== owner) await linkIfFree(taken, lock);
  await rm(taken, { force: true });
}

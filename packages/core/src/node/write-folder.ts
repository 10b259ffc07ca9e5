import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** A folder of another machine counts as abandoned when nothing in it changed for so long. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/**
 * The hidden folders that writes in progress use: `.<dataset>.<machine>-<pid>-<start>-<random>.tmp`.
 *
 * The name alone tells whose it is, so that not even a process killed right after making it leaves a riddle. `machine`
 * stands for host, boot and process namespace; `start` for when the process began, as process ids are used again.
 */
export async function makeWriteFolder(dir: string, dataset: string): Promise<string> {
  const name = `.${dataset}.${ownToken()}-${randomBytes(4).toString("hex")}.tmp`;
  await mkdir(join(dir, name, "new"), { recursive: true });
  return name;
}

/** Tells whose a name would be that this process makes now. */
export function ownToken(): string {
  return `${thisMachine()}-${process.pid}-${processStart(process.pid) ?? "0"}`;
}

/** Lists the write folders of a dataset whose writers are dead, or of another machine and long abandoned. */
export async function deadFolders(dir: string, dataset: string): Promise<string[]> {
  const dead: string[] = [];
  for (const name of await readdir(dir)) {
    const token = ownerOf(name, dataset);
    if (token !== undefined && !(await isAlive(token, join(dir, name)))) dead.push(name);
  }
  return dead;
}

/** Takes the owner's token out of a write folder's name; `undefined` when it is not one of this dataset. */
export function ownerOf(name: string, dataset: string): string | undefined {
  const prefix = `.${dataset}.`;
  if (!name.startsWith(prefix)) return undefined;
  return /^([0-9a-f]{8}-\d+-\d+)-[0-9a-f]{8}\.tmp$/.exec(name.slice(prefix.length))?.[1];
}

/** Tells whether the process of a token still runs; `path` is looked at for tokens of another machine. */
export async function isAlive(token: string, path: string): Promise<boolean> {
  const [machine, pid, start] = token.split("-");
  if (machine !== thisMachine()) return Date.now() - (await lastChange(path)) < ABANDONED_MS;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM means that it runs as another user.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
  const running = processStart(Number(pid));
  return running === undefined ? process.platform !== "linux" : start === "0" || running === start;
}

/** Where the system tells, when a process started; `undefined` also for one that has ended but was not waited for. */
function processStart(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

let machine: string | undefined;

function thisMachine(): string {
  machine ??= createHash("sha256")
    .update(hostname())
    .update(tryRead(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1")))
    .update(tryRead(() => readlinkSync("/proc/self/ns/pid")))
    .digest("hex")
    .slice(0, 8);
  return machine;
}

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

async function lastChange(path: string): Promise<number> {
  let newest = 0;
  for (const part of [path, join(path, "new")]) {
    const names = await readdir(part).catch(() => []);
    for (const each of [part, ...names.map((name) => join(part, name))]) {
      const stats = await stat(each).catch(() => undefined);
      newest = Math.max(newest, stats?.mtimeMs ?? 0);
    }
  }
  return newest;
}

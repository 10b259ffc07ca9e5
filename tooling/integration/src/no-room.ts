import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { buffer } from "node:stream/consumers";

/** What came of a program. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of Node to its end. */
export async function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return ended(process.execPath, args, env);
}

/** Runs a program of Node that may write no file longer than so many blocks of 512 bytes (some shells: 1,024). */
export async function runWithShortFiles(
  blocks: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return ended("sh", ["-c", `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, ...args], env);
}

/** Whether this process may mount a disk of its own. */
export function mayMount(): boolean {
  return spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt"]).status === 0;
}

/** Runs a shell script, `"$@"` being Node and the arguments, that sees a disk of so many KiB at `at`, which goes with it. */
export async function runOnSmallDisk(
  { at, kib, script }: { readonly at: string; readonly kib: number; readonly script: string },
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  mkdirSync(at, { recursive: true });
  const text = `disk="$0"; mount -t tmpfs -o size=${kib}k none "$disk" && cd "$disk" && ${script}`;
  return ended("unshare", ["-m", "sh", "-c", text, at, process.execPath, ...args], env);
}

async function ended(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const status = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  return { status: await status, stdout: stdout.toString(), stderr: stderr.toString() };
}

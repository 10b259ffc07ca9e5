import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, vi } from "vitest";

// Each test starts processes, which take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const scripts: Readonly<Record<"self" | "nobody", string>> = {
  self: join(import.meta.dirname, "../src/bin.ts"),
  nobody: fileURLToPath(new URL("./as-nobody.ts", import.meta.url)),
};
/** The files written by Python that every reader must read. */
export const fixtures: string = join(import.meta.dirname, "../../../fixtures");

/** What a run of the command left. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the command is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Who runs it: `nobody` matters where tests run as root, who may read everything. */
  readonly as?: keyof typeof scripts;
}

/** Starts the real command as a child process, without colours from the environment. */
export function start(args: readonly string[], { cwd, env, as = "self" }: RunOptions = {}): ReturnType<typeof spawn> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...inherited } = process.env;
  return spawn(process.execPath, [scripts[as], ...args], { cwd, env: { ...inherited, ...env } });
}

/** Runs the real command to its end. */
export async function atdata(args: readonly string[], options?: RunOptions): Promise<Finished> {
  const child = start(args, options);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout, stderr };
}

/** Runs the command, which must end well, and reads its stdout as one JSON document. */
export async function json<T = unknown>(...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await atdata(args);
  if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Runs the command, which must end well, and reads its stdout as one JSON document a line. */
export async function jsonLines<T = { key: string; sample: Record<string, unknown> }>(
  ...args: readonly string[]
): Promise<T[]> {
  const { status, stdout, stderr } = await atdata(args);
  if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

/** Makes a folder that goes when the file's tests are done. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "atdata-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Random } from "./random.ts";

/** How many processes write at once; half of them are killed. */
const WORKERS = 8;

/** How many times it is tried: more where fuzz tests are asked for more. */
export const ROUNDS: number = Math.max(2, Math.round(Number(process.env.ATDATA_FUZZ ?? 0) / 25_000));

interface Worker<S> {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly begun: Promise<void>;
  said(): S[];
}

/** Settings of {@link writeAndKill}. */
export interface KillOptions {
  /** Program in `children/`. It says each write that is done as a line of JSON, and stops when its input ends. */
  readonly child: string;
  /** Its arguments, before the number of the worker. */
  readonly args: readonly string[];
  readonly random: Random;
  /** Milliseconds until the next one is killed, at the most. */
  readonly within: number;
}

/** Lets eight processes write, kills four of them, and gives what each had been told to be written. */
export async function writeAndKill<S>({ child, args, random, within }: KillOptions): Promise<S[][]> {
  const path = fileURLToPath(new URL(`children/${child}`, import.meta.url));
  const workers = Array.from({ length: WORKERS }, (_, worker) => start<S>(path, [...args, String(worker)]));
  await Promise.all(workers.map(({ begun, ended }) => Promise.race([begun, ended])));
  const victims = workers
    .map((worker) => ({ worker, at: random(1e6) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, WORKERS / 2);
  for (const { worker } of victims) {
    await sleep(random(within));
    worker.process.kill("SIGKILL");
  }
  await sleep(100);
  for (const worker of workers) worker.process.stdin?.on("error", () => {}).end();
  const killed = victims.map(({ worker }) => worker);
  for (const worker of workers) {
    expect(await worker.ended).toEqual(
      killed.includes(worker) ? { code: null, signal: "SIGKILL" } : { code: 0, signal: null },
    );
  }
  return workers.map((worker) => worker.said());
}

function start<S>(path: string, args: readonly string[]): Worker<S> {
  const process_ = spawn(process.execPath, [path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  const begun = new Promise<void>((resolve) => {
    process_.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    });
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    process_.on("close", (code, signal) => resolve({ code, signal })),
  );
  // What follows the last line break was never said whole.
  const said = (): S[] =>
    output
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { process: process_, ended, begun, said };
}

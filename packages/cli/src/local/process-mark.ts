import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process, with what tells it from a later one of the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** When it was started, in the system's own words. */
  readonly started: string;
}

/** Some servers write what they hold before they end. */
const PATIENCE_MS = 30_000;
const POLL_MS = 20;

/** Marks a process that runs; `undefined` where there is none. */
export function markProcess(pid: number): ProcessMark | undefined {
  const started = process.platform === "linux" ? startOnLinux(pid) : startElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Tells whether the process that was marked still runs. */
export function isRunning({ pid, started }: ProcessMark): boolean {
  return markProcess(pid)?.started === started;
}

/** Ends a process in an orderly way, by force when that takes too long; one of the same number that is not it is left alone. */
export async function endProcess(mark: ProcessMark): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!isRunning(mark)) return;
    kill(mark.pid, signal);
    for (const until = Date.now() + PATIENCE_MS; isRunning(mark) && Date.now() < until; ) await sleep(POLL_MS);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has just ended.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Ticks since the machine was started; with which start that was. A process that only waits to be counted has ended. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program stands in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${fields[19]} ${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}`;
  } catch {
    return undefined;
  }
}

function startElsewhere(pid: number): string | undefined {
  try {
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

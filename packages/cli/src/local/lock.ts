import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { AtdataError } from "@atdata/core";
import { fileError } from "../file-error.ts";
import { isRunning, markProcess, type ProcessMark } from "./process-mark.ts";

/**
 * Does something that only one process may do at a time; a lock that a process left which was killed is taken over.
 *
 * @throws AtdataError `UNSUPPORTED` – another process is at it.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  take(path, true);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string, again: boolean): void {
  try {
    writeFileSync(path, JSON.stringify(markProcess(process.pid)), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      throw fileError(error, path, "the file cannot be written");
    }
    if (again && !isHeld(path)) {
      rmSync(path, { force: true });
      take(path, false);
      return;
    }
    const hint = "wait until it has ended";
    throw new AtdataError("UNSUPPORTED", "another atdata local is at work", { operation: "local" }, { hint });
  }
}

function isHeld(path: string): boolean {
  try {
    return isRunning(JSON.parse(readFileSync(path, "utf8")) as ProcessMark);
  } catch {
    return false;
  }
}

import { spawn } from "node:child_process";
import { Socket } from "node:net";

/** Reads numbers of processes until the end of its input, which comes with that of this process, however it ends. */
const SCRIPT = `
pids=
while read -r pid; do pids="$pids $pid"; done
kill -9 $pids 2>/dev/null
# A process may still be making files when the folder is removed.
rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }
`;

/** Watches over daemons. */
export interface Guard {
  /** Takes one more. */
  add(pid: number): void;
  /** Calls it off. */
  off(): void;
}

/**
 * Watches over daemons that would outlive this process if it was killed: then they are ended, and `folder` is removed.
 */
export function guardFolder(folder: string): Guard {
  const child = spawn("sh", ["-c", SCRIPT, "sh", folder], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  // The pipe alone must not keep this process alive.
  if (child.stdin instanceof Socket) child.stdin.unref();
  return {
    add: (pid) => void child.stdin.write(`${pid}\n`),
    off: () => void child.kill("SIGKILL"),
  };
}

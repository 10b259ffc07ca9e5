import { composeRunning } from "./compose.ts";
import { isInDocker, type LocalFiles, type LocalService, type LocalState } from "./local-state.ts";
import { isRunning } from "./process-mark.ts";

/** Names the services that run. */
export async function runningServices(
  files: LocalFiles,
  state: LocalState,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (isInDocker(state)) return composeRunning(files, signal);
  return state.services.filter(runs).map(({ name }) => name);
}

/** All of its processes have to. */
function runs({ program, processes }: LocalService): boolean {
  return processes.length === (program === "ceph" ? 3 : 1) && processes.every(isRunning);
}

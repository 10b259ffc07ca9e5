import { rmSync } from "node:fs";
import { composeDown } from "./compose.ts";
import { isInDocker, type LocalFiles, readState, writeState } from "./local-state.ts";
import { withLock } from "./lock.ts";
import { endProcess } from "./process-mark.ts";
import { runningServices } from "./running-services.ts";

/** What `local down` has done. */
export interface Stopped {
  /** Names of the services that ran. */
  readonly stopped: readonly string[];
  /** What became of what they hold; `none` where nothing was started since the last removal. */
  readonly data: "kept" | "removed" | "none";
}

const NOTHING: Stopped = { stopped: [], data: "none" };

/** Ends what `local up` has started, and nothing else. With `data`, what they hold goes too. */
export async function stopLocal(files: LocalFiles, data: boolean, signal: AbortSignal): Promise<Stopped> {
  if (readState(files) === undefined) return NOTHING;
  return withLock(files.lock, async () => {
    const state = readState(files);
    if (state === undefined) return NOTHING;
    const ran = await runningServices(files, state, signal);
    if (isInDocker(state)) await composeDown(files, data, signal);
    else {
      for (const { processes } of state.services) {
        for (const mark of [...processes].reverse()) await endProcess(mark);
      }
      writeState(files, { ...state, services: state.services.map((each) => ({ ...each, processes: [] })) });
    }
    if (data) rmSync(files.folder, { recursive: true, force: true, maxRetries: 3 });
    return { stopped: ran, data: data ? "removed" : "kept" };
  });
}

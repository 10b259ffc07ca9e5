import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardFolder } from "./guard.ts";
import { type ProcessSpec, type RunningProcess, type Service, startProcess } from "./service.ts";

/** Starts one process of a service, and waits until it serves. */
export type StartPart = (spec: Omit<ProcessSpec, "keep" | "onProcess">) => Promise<void>;

/**
 * Starts a service in a new folder: `start` begins its processes, the one to be ended last first, and gives what clients need.
 *
 * The processes end and the folder goes when it is stopped, when `start` fails, and when this process ends, however it does.
 */
export async function startService<T extends { readonly url: string }>(
  name: string,
  start: (folder: string, part: StartPart) => Promise<T>,
): Promise<Service & T> {
  const folder = mkdtempSync(join(tmpdir(), `atdata-${name}-`));
  const guard = guardFolder(folder);
  const running: RunningProcess[] = [];
  const end = async (): Promise<void> => {
    for (const each of running.reverse()) await each.stop();
    guard.off();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= end();
    return stopped;
  };
  try {
    const made = await start(folder, async (spec) => {
      running.push(await startProcess({ ...spec, onProcess: guard.add }));
    });
    return { ...made, name, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";

/** A service in a child process, which ends with this one. */
export interface ServiceProcess {
  readonly pid: number;
  /** Lets it finish what it does, and waits until it has ended. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

const START_MS = 120_000;
const STOP_MS = 10_000;
const KEPT_OUTPUT = 20_000;

/**
 * Starts `children/<name>.ts` with these options and waits until it answers.
 *
 * @throws Error with the child's output when it ends or is silent for too long instead.
 */
export async function startService(name: string, options: object): Promise<ServiceProcess> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = fork(new URL(`./children/${name}.ts`, import.meta.url), [JSON.stringify(options)], {
    env,
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
  const problem = await Promise.race([
    once(child, "message").then(() => undefined),
    once(child, "close").then(([code, signal]) => `it ended with ${signal ?? `code ${code}`}`),
    silence(),
  ]).catch(String);
  if (problem !== undefined) {
    await end(child, "SIGKILL");
    throw new Error(`the ${name} process did not start: ${problem}; its output:\n${output}`);
  }
  // A parent that has nothing else to do may end, and takes its children with it.
  for (const handle of [child, child.channel, child.stdout as Socket, child.stderr as Socket]) handle?.unref();
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.connected) child.send("stop");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await end(child);
      clearTimeout(late);
    },
    kill: () => end(child, "SIGKILL"),
  };
}

async function end(child: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, "exit");
  if (signal !== undefined) child.kill(signal);
  await ended;
}

async function silence(): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(resolve, START_MS, `it was silent for ${START_MS / 1000} s`).unref();
  });
}

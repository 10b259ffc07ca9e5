import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AtdataError } from "@atdata/core";

/** A server that was started here, on a free port of the loopback interface. */
export interface Service extends AsyncDisposable {
  /** What it is, such as `"redis"`. */
  readonly name: string;
  /** Where clients connect. */
  readonly url: string;
  /** Ends it and removes its files; idempotent. It ends with this process in any case, even when that is killed. */
  stop(): Promise<void>;
}

/** For a service that goes on when this process ends, and is found again by a later one. */
export interface KeepOptions {
  /** Folder of its settings, data and logs. What an earlier start left there is used again. */
  readonly folder: string;
  /** Its port on the loopback interface. */
  readonly port: number;
  /** What clients have to know: letters and digits. The same one goes with a folder for as long as that is kept. */
  readonly password: string;
  /** Told of each process as soon as there is one, the one to be ended last first. */
  readonly onProcess: (pid: number) => void;
}

/** What {@link startProcess} is to start. */
export interface ProcessSpec {
  /** Path of the program. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Tells, given all that it has printed so far, whether it serves. Asked again and again. */
  readonly ready: (output: string) => boolean | Promise<boolean>;
  /** The folder that it runs in. */
  readonly cwd?: string | undefined;
  /** Environment variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Whom it runs as, where this process may choose. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** How long it may take until it serves; 30 seconds unless given. */
  readonly timeoutMs?: number | undefined;
  /** What ends it; `SIGTERM` unless given. */
  readonly stopSignal?: NodeJS.Signals | undefined;
  /** Told of it as soon as there is one. */
  readonly onProcess?: ((pid: number) => void) | undefined;
  /** For one that is to outlive this process: the file that takes what it prints. */
  readonly keep?: { readonly log: string } | undefined;
}

/** A process that serves. */
export interface RunningProcess {
  /** Ends it, by force after five seconds, and settles when it is gone; idempotent. */
  stop(): Promise<void>;
}

/**
 * Finds a program on `PATH`, or in one of `folders`.
 *
 * @throws AtdataError `UNSUPPORTED` – it is not there; the hint is the line that installs it.
 */
export function requireBinary(name: string, aptPackage: string, folders: readonly string[] = []): string {
  for (const folder of [...(process.env.PATH ?? "").split(delimiter), ...folders]) {
    if (folder === "") continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  const hint = `apt-get install ${aptPackage}`;
  throw new AtdataError("UNSUPPORTED", `${name} is not installed`, { operation: `start ${name}` }, { hint });
}

/** Finds a port of the loopback interface that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      server.close(() => (port === undefined ? reject(new Error("no free port")) : resolve(port)));
    });
  });
}

/**
 * Starts a program and waits until it serves.
 *
 * @throws AtdataError `IO_ERROR` – it ended, or does not serve in time; the message has the end of what it printed.
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const { command, args, cwd, env, user, timeoutMs = 30_000, stopSignal = "SIGTERM", onProcess, keep } = spec;
  const log = keep === undefined ? undefined : openLog(keep.log);
  const child = spawn(command, [...args], {
    stdio: ["ignore", log?.file ?? "pipe", log?.file ?? "pipe"],
    // In a group of its own, an interrupt at the terminal does not reach it.
    detached: keep !== undefined,
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...user,
  });
  let output = "";
  const listen = (chunk: Buffer): void => {
    // Only the start says whether it serves, and only the end why it does not.
    output = `${output}${chunk}`.slice(-64_000);
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  log?.close();
  if (child.pid !== undefined) onProcess?.(child.pid);
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve();
    });
    child.once("close", () => resolve());
  });
  const killOnExit = (): boolean => child.kill("SIGKILL");
  process.once("exit", killOnExit);
  const stop = async (): Promise<void> => {
    await endChild(child, stopSignal, ended);
    process.off("exit", killOnExit);
  };
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const deadline = Date.now() + timeoutMs;
  while (!over && Date.now() < deadline) {
    output = log?.read() ?? output;
    if (await spec.ready(output)) {
      if (keep !== undefined) {
        process.off("exit", killOnExit);
        child.unref();
      }
      return { stop };
    }
    await Promise.race([sleep(20), ended]);
  }
  output = log?.read() ?? output;
  const why = over ? "ended at once" : `does not serve after ${timeoutMs / 1000} seconds`;
  await stop();
  throw new AtdataError("IO_ERROR", `${command} ${why}: ${output.trim().slice(-500)}`, { url: command });
}

/** Opens a file to be added to; `read` gives what was added since. */
function openLog(path: string): { readonly file: number; close(): void; read(): string } {
  const from = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const file = openSync(path, "a", 0o600);
  return { file, close: () => closeSync(file), read: () => readFileSync(path).subarray(from).toString() };
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return ended;
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(timer);
}

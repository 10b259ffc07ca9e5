import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AtdataError } from "@atdata/core";
import { fileError } from "../file-error.ts";
import type { ProcessMark } from "./process-mark.ts";

/** What runs a service. */
export type Program = "docker" | "redis-server" | "minio" | "ceph";

/** One service. */
export interface LocalService {
  readonly name: "redis" | "s3";
  readonly program: Program;
  /** Of the loopback interface; it stays the same, so that settings stay right. */
  readonly port: number;
  /** The processes, the one to be ended last first; none where docker runs it. */
  readonly processes: readonly ProcessMark[];
  /** Who may use it, where it chose that itself; else see {@link LocalState.password}. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** What `local up` has made. Holds passwords: it is for its owner alone, and for no message. */
export interface LocalState {
  readonly version: 1;
  /** Of all services. */
  readonly password: string;
  readonly services: readonly LocalService[];
}

/** Tells whether docker runs the services. */
export function isInDocker({ services }: LocalState): boolean {
  return services.some(({ program }) => program === "docker");
}

/** Finds a service. */
export function serviceOf({ services }: LocalState, name: LocalService["name"]): LocalService {
  return services.find((service) => service.name === name) as LocalService;
}

/** The files of `local`, all in one folder. */
export interface LocalFiles {
  readonly folder: string;
  readonly state: string;
  readonly lock: string;
  /** Variables for a shell. */
  readonly env: string;
  readonly compose: string;
  /** Variables for docker compose. */
  readonly composeEnv: string;
}

/** Names the files of `local`, given `ATDATA_HOME`. */
export function localFiles(home: string): LocalFiles {
  const folder = join(home, "local");
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    state: at("state.json"),
    lock: at("lock"),
    env: at("env"),
    compose: at("compose.json"),
    composeEnv: at("compose.env"),
  };
}

/**
 * Reads what was made; `undefined` where nothing was.
 *
 * @throws AtdataError `FORMAT_INVALID` – the file is damaged.
 */
export function readState({ state }: LocalFiles): LocalState | undefined {
  let text: string;
  try {
    text = readFileSync(state, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new AtdataError("IO_ERROR", "the file cannot be read", { url: state }, { cause: error });
  }
  try {
    const found = JSON.parse(text) as LocalState;
    if (
      found.version === 1 &&
      found.services?.map(({ name }) => name).join() === "redis,s3" &&
      typeof found.password === "string"
    )
      return found;
  } catch {
    // What the parser says shows some of the text, and that is secret.
  }
  const hint = "end what it started by hand, then remove the folder";
  throw new AtdataError("FORMAT_INVALID", "the file is damaged", { format: "local", url: state }, { hint });
}

/** Notes what was made, whole or not at all. */
export function writeState(files: LocalFiles, state: LocalState): void {
  writeSecret(files.state, `${JSON.stringify(state, null, 2)}\n`);
}

/** Writes a file that nobody else may read. */
export function writeSecret(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw fileError(cause, path, "the file cannot be written");
  }
}

/** Makes the folder, which nobody else may look into. */
export function makeFolder({ folder }: LocalFiles): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw fileError(cause, folder, "the folder cannot be made");
  }
}

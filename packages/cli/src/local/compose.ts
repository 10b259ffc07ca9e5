import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { AtdataError } from "@atdata/core";
import { type LocalFiles, writeSecret } from "./local-state.ts";

const run = promisify(execFile);
/** Images may have to be fetched. */
const UP_TIMEOUT_MS = 600_000;
const LOOK_TIMEOUT_MS = 15_000;

/** Refers to a variable of compose, without which it refuses to start. */
function required(variable: string): string {
  return `\${${variable}:?}`;
}

interface ComposeService {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck: { readonly test: readonly string[]; interval: string; timeout: string; retries: number };
}

interface ComposeFile {
  readonly services: Readonly<Record<"redis" | "s3", ComposeService>>;
  readonly volumes: Readonly<Record<string, object>>;
}

/** The services as docker compose takes them; ports and passwords are variables. JSON is YAML, too. */
export const COMPOSE: ComposeFile = {
  services: {
    redis: {
      image: "redis:7.4-alpine",
      // The shell puts in the password, so that no list of containers shows it.
      command: ["sh", "-c", 'exec redis-server --appendonly yes --requirepass "$$REDISCLI_AUTH"'],
      environment: { REDISCLI_AUTH: required("ATDATA_PASSWORD") },
      ports: [`127.0.0.1:${required("ATDATA_REDIS_PORT")}:6379`],
      volumes: ["redis:/data"],
      healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: "2s", timeout: "5s", retries: 15 },
    },
    s3: {
      image: "minio/minio:RELEASE.2025-04-22T22-12-26Z",
      command: ["server", "/data"],
      environment: { MINIO_ROOT_USER: "atdata", MINIO_ROOT_PASSWORD: required("ATDATA_PASSWORD") },
      ports: [`127.0.0.1:${required("ATDATA_S3_PORT")}:9000`],
      volumes: ["s3:/data"],
      healthcheck: { test: ["CMD", "mc", "ready", "local"], interval: "2s", timeout: "5s", retries: 15 },
    },
  },
  volumes: { redis: {}, s3: {} },
};

/** Tells whether docker has an engine that answers, and compose. */
export async function hasDocker(): Promise<boolean> {
  try {
    await run("docker", ["info"], { timeout: LOOK_TIMEOUT_MS });
    await run("docker", ["compose", "version"], { timeout: LOOK_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}

/** What the file of variables holds. */
export interface ComposeSettings {
  readonly password: string;
  readonly redisPort: number;
  readonly s3Port: number;
}

/** Writes what compose reads. */
export function writeCompose(files: LocalFiles, { password, redisPort, s3Port }: ComposeSettings): void {
  writeSecret(files.compose, `${JSON.stringify(COMPOSE, null, 2)}\n`);
  const variables = { ATDATA_PASSWORD: password, ATDATA_REDIS_PORT: redisPort, ATDATA_S3_PORT: s3Port };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeSecret(files.composeEnv, lines.join(""));
}

/** Starts the services and waits until they are healthy. */
export async function composeUp(files: LocalFiles, signal: AbortSignal): Promise<void> {
  await compose(files, ["up", "--detach", "--wait"], { timeout: UP_TIMEOUT_MS, signal });
}

/** Ends the services; with `data`, what they hold goes too. */
export async function composeDown(files: LocalFiles, data: boolean, signal: AbortSignal): Promise<void> {
  await compose(files, ["down", ...(data ? ["--volumes"] : [])], { timeout: UP_TIMEOUT_MS, signal });
}

/** Names the services that run. */
export async function composeRunning(files: LocalFiles, signal: AbortSignal): Promise<readonly string[]> {
  const args = ["ps", "--services", "--status", "running"];
  const text = await compose(files, args, { timeout: LOOK_TIMEOUT_MS, signal });
  return text.split("\n").filter((line) => line !== "");
}

async function compose(
  { folder, compose: file, composeEnv }: LocalFiles,
  args: readonly string[],
  options: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<string> {
  // Each ATDATA_HOME has containers of its own.
  const name = `atdata-local-${createHash("sha256").update(folder).digest("hex").slice(0, 8)}`;
  const where = ["compose", "--project-name", name, "--file", file, "--env-file", composeEnv];
  try {
    const { stdout } = await run("docker", [...where, ...args], options);
    return stdout;
  } catch (error) {
    options.signal.throwIfAborted();
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim().slice(-500) : "";
    const hint = "docker info, and docker compose logs, tell more";
    const clause = `docker compose ${args[0]} failed: ${said}`;
    throw new AtdataError("IO_ERROR", clause, { url: file }, { hint, cause: error });
  }
}

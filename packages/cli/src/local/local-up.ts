import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { AtdataError } from "@atdata/core";
import { keepCeph, keepMinio, keepRedis, missingPackages } from "@atdata/local/services";
import { composeUp, hasDocker, writeCompose } from "./compose.ts";
import { s3KeysOf, writeEnv } from "./local-settings.ts";
import {
  isInDocker,
  type LocalFiles,
  type LocalService,
  type LocalState,
  makeFolder,
  readState,
  serviceOf,
  writeState,
} from "./local-state.ts";
import { withLock } from "./lock.ts";
import { makeBucket } from "./make-bucket.ts";
import { endProcess, markProcess } from "./process-mark.ts";
import { runningServices } from "./running-services.ts";

/** The ports that are taken where they are free: beside the usual ones, which may be somebody's own. */
const PORTS = { redis: 16379, s3: 19000 } as const;

/** What `local up` has done. */
export interface Started {
  readonly state: LocalState;
  /** Names of the services that it started; the others ran. */
  readonly started: readonly string[];
}

/**
 * Starts Redis and S3 on this machine, those of them that do not run.
 *
 * @throws AtdataError `UNSUPPORTED` – there is nothing to run them with; the hint is the line that installs it.
 */
export function startLocal(files: LocalFiles, signal: AbortSignal, onStep: (what: string) => void): Promise<Started> {
  makeFolder(files);
  return withLock(files.lock, async () => {
    const before = readState(files) ?? (await newState());
    const { state, started } = isInDocker(before)
      ? await startContainers(files, before, signal, onStep)
      : await startProcesses(files, before, signal, onStep);
    writeEnv(files, state);
    onStep("making the bucket");
    await makeBucket(s3KeysOf(state), signal);
    return { state, started };
  });
}

async function newState(): Promise<LocalState> {
  const docker = await hasDocker();
  const s3 = docker ? "docker" : missingPackages("minio") === undefined ? "minio" : "ceph";
  const services: LocalService[] = [
    { name: "redis", program: docker ? "docker" : "redis-server", port: await portNear(PORTS.redis), processes: [] },
    { name: "s3", program: s3, port: await portNear(PORTS.s3), processes: [] },
  ];
  return { version: 1, password: randomBytes(24).toString("hex"), services };
}

async function startContainers(
  files: LocalFiles,
  state: LocalState,
  signal: AbortSignal,
  onStep: (what: string) => void,
): Promise<Started> {
  writeState(files, state);
  writeCompose(files, {
    password: state.password,
    redisPort: serviceOf(state, "redis").port,
    s3Port: serviceOf(state, "s3").port,
  });
  onStep("starting containers; images may have to be fetched");
  const ran = await runningServices(files, state, signal);
  await composeUp(files, signal);
  return { state, started: state.services.map(({ name }) => name).filter((name) => !ran.includes(name)) };
}

async function startProcesses(
  files: LocalFiles,
  before: LocalState,
  signal: AbortSignal,
  onStep: (what: string) => void,
): Promise<Started> {
  const ran = await runningServices(files, before, signal);
  const dead = before.services.filter(({ name }) => !ran.includes(name));
  requireServers(dead);
  let state = before;
  const note = (name: string, change: Partial<LocalService>): void => {
    const services = state.services.map((each) => (each.name === name ? { ...each, ...change } : each));
    state = { ...state, services };
    writeState(files, state);
  };
  for (const service of dead) {
    signal.throwIfAborted();
    const { name, program, port } = service;
    onStep(`starting ${program}`);
    // Part of it may run still.
    for (const mark of [...service.processes].reverse()) await endProcess(mark);
    let processes: LocalService["processes"] = [];
    const onProcess = (pid: number): void => {
      const mark = markProcess(pid);
      // Noted at once, so that it is found whatever becomes of this process.
      if (mark !== undefined) processes = [...processes, mark];
      note(name, { processes });
    };
    const keep = { folder: join(files.folder, program), port, password: state.password, onProcess };
    if (program === "redis-server") await keepRedis(keep);
    else note(name, { keys: (await (program === "minio" ? keepMinio(keep) : keepCeph(keep))).credentials });
  }
  return { state, started: dead.map(({ name }) => name) };
}

function requireServers(services: readonly LocalService[]): void {
  const missing = services.flatMap(({ program }) => {
    const packages = missingPackages(program === "redis-server" ? "redis" : program === "minio" ? "minio" : "ceph");
    return packages === undefined ? [] : [packages];
  });
  if (missing.length === 0) return;
  const names = services.map(({ name }) => (name === "s3" ? "S3" : "Redis")).join(" and ");
  const clause = `there is nothing to run ${names} with: no docker engine answers, and not all servers are installed`;
  const hint = `apt-get install ${missing.join(" ")}`;
  throw new AtdataError("UNSUPPORTED", clause, { operation: "local up" }, { hint });
}

/** Gives this port, or where somebody listens there, a free one. */
function portNear(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => (port === 0 ? reject(error) : resolve(portNear(0))));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}

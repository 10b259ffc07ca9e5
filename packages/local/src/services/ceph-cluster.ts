import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { AtdataError } from "@atdata/core";
import { answersHttp, REGION, type S3Keys } from "./s3-service.ts";
import { freePort, type ProcessSpec, requireBinary } from "./service.ts";

/** What Debian calls the parts. */
export const CEPH_PACKAGES = "radosgw ceph-mon ceph-osd";
const PROGRAMS = ["ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "ceph-authtool", "monmaptool"];
/** Says that all was made that a cluster has, in a folder that is used again. */
const MADE = "made";
const run = promisify(execFile);

/** Finds the parts of Ceph. @throws AtdataError `UNSUPPORTED` – one is not installed. */
export function cephPrograms(): ReadonlyMap<string, string> {
  return new Map(PROGRAMS.map((name) => [name, requireBinary(name, CEPH_PACKAGES)]));
}

/** What a cluster is run with. */
export interface CephRun {
  /** Its parts. */
  readonly programs: ReadonlyMap<string, string>;
  /** Where its files are. */
  readonly folder: string;
  /** Port of its gateway. */
  readonly port: number;
  /** Whether objects go to a file of the folder, or stay in memory. */
  readonly onDisk: boolean;
  /** Starts one of its daemons, and waits until that serves. */
  readonly start: (name: string, spec: ProcessSpec) => Promise<void>;
}

/** Makes a cluster of one monitor, one object daemon and one gateway, or takes the one that the folder has, and starts it. */
export async function runCluster({ programs, folder, port, onDisk, start }: CephRun): Promise<S3Keys> {
  const file = join(folder, "ceph.conf");
  const isMade = existsSync(join(folder, MADE));
  // What is half made cannot be gone on with.
  if (!isMade) rmSync(folder, { recursive: true, force: true });
  for (const name of ["", "mon", "osd", "rgw"]) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  const { fsid, monPort } = isMade ? identity(file) : { fsid: randomUUID(), monPort: await freePort() };
  writeFileSync(file, configuration({ folder, fsid, monPort, port, onDisk }));
  const config = ["-c", file];
  const call = async (name: string, ...args: string[]): Promise<string> => {
    const { stdout } = await run(programs.get(name) as string, args, { cwd: folder, timeout: 60_000 });
    return stdout;
  };
  const daemon = (name: string, args: string[], ready: () => boolean | Promise<boolean>): Promise<void> => {
    const command = programs.get(name) as string;
    // What is in memory is not worth the time that an orderly end takes.
    const stopSignal = onDisk ? "SIGTERM" : "SIGKILL";
    return start(name, { command, args: [...config, ...args, "-f"], cwd: folder, ready, stopSignal });
  };
  if (!isMade) {
    await makeKeyring(call);
    await call("monmaptool", "--create", "--fsid", fsid, "--addv", "a", `[v1:127.0.0.1:${monPort}]`, "monmap");
    await call("ceph-mon", ...config, "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring");
  }
  await daemon("ceph-mon", ["-i", "a"], () => true);
  if (!isMade) {
    const osd = randomUUID();
    await call("ceph", ...config, "--connect-timeout", "20", "osd", "new", osd);
    await call("ceph-osd", ...config, "-i", "0", "--mkfs", "--osd-uuid", osd, "--keyring", "keyring");
  }
  await daemon("ceph-osd", ["-i", "0"], () => true);
  const user = isMade ? ["info"] : ["create", "--display-name=atdata"];
  const made = await call("radosgw-admin", ...config, "user", ...user, "--uid=atdata");
  const url = `http://127.0.0.1:${port}`;
  await daemon("radosgw", ["-n", "client.admin"], () => answersHttp(url));
  writeFileSync(join(folder, MADE), "");
  return { url, region: REGION, credentials: keysOf(made) };
}

/** What a cluster was made with and cannot change. */
function identity(file: string): { readonly fsid: string; readonly monPort: number } {
  const text = readFileSync(file, "utf8");
  return {
    fsid: /^fsid = (.*)$/m.exec(text)?.[1] ?? "",
    monPort: Number(/^mon host = .*:(\d+)$/m.exec(text)?.[1]),
  };
}

const IN_MEMORY = `osd objectstore = memstore
memstore device bytes = 4294967296`;

/** A file with holes, which takes room as it is filled, and caches of a size for one developer. */
const ON_DISK = `osd objectstore = bluestore
bluestore block size = 107374182400
osd memory target = 939524096`;

async function makeKeyring(call: (name: string, ...args: string[]) => Promise<string>): Promise<void> {
  const all = (...of: string[]): string[] => of.flatMap((name) => ["--cap", name, "allow *"]);
  await call("ceph-authtool", "--create-keyring", "keyring", "--gen-key", "-n", "mon.", ...all("mon"));
  await call("ceph-authtool", "keyring", "--gen-key", "-n", "client.admin", ...all("mon", "osd", "mgr"));
  const osd = ["--cap", "mon", "allow profile osd", ...all("osd")];
  await call("ceph-authtool", "keyring", "--gen-key", "-n", "osd.0", ...osd);
}

interface Settings {
  readonly folder: string;
  readonly fsid: string;
  readonly monPort: number;
  readonly port: number;
  readonly onDisk: boolean;
}

/** One copy of everything, on the loopback interface, with passwords. */
function configuration({ folder, fsid, monPort, port, onDisk }: Settings): string {
  const objects = onDisk ? ON_DISK : IN_MEMORY;
  return `[global]
fsid = ${fsid}
mon host = v1:127.0.0.1:${monPort}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 1
${objects}
run dir = ${folder}
admin socket = ${folder}/$name.asok
log file = ${folder}/$name.log
mon data = ${folder}/mon
osd data = ${folder}/osd
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
`;
}

function keysOf(user: string): S3Keys["credentials"] {
  const { keys } = JSON.parse(user) as { keys?: { access_key: string; secret_key: string }[] };
  const [key] = keys ?? [];
  if (key === undefined) throw new AtdataError("IO_ERROR", "Ceph made a user without keys", { url: "radosgw-admin" });
  return { accessKeyId: key.access_key, secretAccessKey: key.secret_key };
}

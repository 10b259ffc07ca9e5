import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { AtdataError } from "@atdata/core";
import { guardFolder } from "./guard.ts";
import { answersHttp, REGION, type S3Service } from "./s3-service.ts";
import {
  freePort,
  type RunningProcess,
  removeFolder,
  requireBinary,
  serviceFolder,
  serviceOf,
  startProcess,
} from "./service.ts";

/** What Debian calls the parts. */
export const CEPH_PACKAGES = "radosgw ceph-mon ceph-osd";
const run = promisify(execFile);

/**
 * Starts a Ceph cluster of one monitor and one object daemon that keeps everything in memory, and its S3 gateway on a free
 * port of the loopback interface. It takes about twelve seconds.
 *
 * @throws AtdataError `UNSUPPORTED` – a part of Ceph is not installed; the hint is the line that installs it.
 * @example
 * ```ts
 * import { startCeph } from "@atdata/local/services";
 * await using ceph = await startCeph();
 * ceph.url; // -> "http://127.0.0.1:38121"
 * ```
 */
export async function startCeph(): Promise<S3Service> {
  const names = ["ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "ceph-authtool", "monmaptool"];
  const programs = new Map(names.map((name) => [name, requireBinary(name, CEPH_PACKAGES)]));
  const folder = serviceFolder("ceph");
  const guard = guardFolder(folder);
  const running: RunningProcess[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const each of running.reverse()) await each.stop();
    guard.off();
    removeFolder(folder);
  };
  try {
    const [monPort, port] = [await freePort(), await freePort()];
    const fsid = randomUUID();
    writeFileSync(join(folder, "ceph.conf"), configuration(folder, fsid, monPort, port));
    for (const name of ["mon", "osd", "rgw"]) mkdirSync(join(folder, name));
    const config = ["-c", join(folder, "ceph.conf")];
    const call = async (name: string, ...args: string[]): Promise<string> => {
      const { stdout } = await run(programs.get(name) as string, args, { cwd: folder, timeout: 60_000 });
      return stdout;
    };
    const daemon = async (name: string, args: string[], ready: () => boolean | Promise<boolean>): Promise<void> => {
      const command = programs.get(name) as string;
      // Nothing in it is worth the time that an orderly end takes.
      const spec = { command, args: [...config, ...args, "-f"], cwd: folder, ready, stopSignal: "SIGKILL" } as const;
      const started = await startProcess(spec);
      running.push(started);
      guard.add(started.pid);
    };
    await makeKeyring(call);
    await call("monmaptool", "--create", "--fsid", fsid, "--addv", "a", `[v1:127.0.0.1:${monPort}]`, "monmap");
    await call("ceph-mon", ...config, "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring");
    await daemon("ceph-mon", ["-i", "a"], () => true);
    const osd = randomUUID();
    await call("ceph", ...config, "--connect-timeout", "20", "osd", "new", osd);
    await call("ceph-osd", ...config, "-i", "0", "--mkfs", "--osd-uuid", osd, "--keyring", "keyring");
    await daemon("ceph-osd", ["-i", "0"], () => true);
    const user = await call("radosgw-admin", ...config, "user", "create", "--uid=atdata", "--display-name=atdata");
    const url = `http://127.0.0.1:${port}`;
    await daemon("radosgw", ["-n", "client.admin"], () => answersHttp(url));
    const guarded = { pid: undefined, stop: async () => guard.off() };
    return { ...serviceOf("ceph", url, [guarded, ...running], folder), region: REGION, credentials: keysOf(user) };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function makeKeyring(call: (name: string, ...args: string[]) => Promise<string>): Promise<void> {
  const all = (...of: string[]): string[] => of.flatMap((name) => ["--cap", name, "allow *"]);
  await call("ceph-authtool", "--create-keyring", "keyring", "--gen-key", "-n", "mon.", ...all("mon"));
  await call("ceph-authtool", "keyring", "--gen-key", "-n", "client.admin", ...all("mon", "osd", "mgr"));
  const osd = ["--cap", "mon", "allow profile osd", ...all("osd")];
  await call("ceph-authtool", "keyring", "--gen-key", "-n", "osd.0", ...osd);
}

/** One copy of everything, on the loopback interface, with passwords. */
function configuration(folder: string, fsid: string, monPort: number, port: number): string {
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
osd objectstore = memstore
memstore device bytes = 4294967296
run dir = ${folder}
admin socket = ${folder}/$name.asok
log file = ${folder}/$name.log
mon data = ${folder}/mon
osd data = ${folder}/osd
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
`;
}

function keysOf(user: string): S3Service["credentials"] {
  const { keys } = JSON.parse(user) as { keys?: { access_key: string; secret_key: string }[] };
  const [key] = keys ?? [];
  if (key === undefined) throw new AtdataError("IO_ERROR", "Ceph made a user without keys", { url: "radosgw-admin" });
  return { accessKeyId: key.access_key, secretAccessKey: key.secret_key };
}

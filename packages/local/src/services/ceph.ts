import { join } from "node:path";
import { CEPH_PACKAGES, cephPrograms, runCluster } from "./ceph-cluster.ts";
import { guardFolder } from "./guard.ts";
import type { S3Keys, S3Service } from "./s3-service.ts";
import {
  freePort,
  type KeepOptions,
  type RunningProcess,
  removeFolder,
  serviceFolder,
  serviceOf,
  startProcess,
} from "./service.ts";

export { CEPH_PACKAGES };

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
  const programs = cephPrograms();
  const folder = serviceFolder("ceph");
  const guard = guardFolder(folder);
  const running: RunningProcess[] = [];
  try {
    const keys = await runCluster({
      ...{ programs, folder, port: await freePort(), onDisk: false },
      start: async (_name, spec) => {
        const started = await startProcess(spec);
        running.push(started);
        guard.add(started.pid);
      },
    });
    const guarded = { pid: undefined, stop: async () => guard.off() };
    return { ...serviceOf("ceph", keys.url, [guarded, ...running], folder), ...keys };
  } catch (error) {
    for (const each of running.reverse()) await each.stop();
    guard.off();
    removeFolder(folder);
    throw error;
  }
}

/**
 * Starts a Ceph cluster that outlives this process, as {@link startCeph} does but on disk. It chooses its password itself.
 *
 * @throws AtdataError `UNSUPPORTED` – a part of Ceph is not installed; `IO_ERROR` – it does not come up.
 */
export async function keepCeph({ folder, port, onProcess }: Omit<KeepOptions, "password">): Promise<S3Keys> {
  const running: RunningProcess[] = [];
  try {
    return await runCluster({
      ...{ programs: cephPrograms(), folder, port, onDisk: true },
      start: async (name, spec) => {
        const log = join(folder, `${name}.out`);
        running.push(await startProcess({ ...spec, keep: { log, onProcess } }));
      },
    });
  } catch (error) {
    for (const each of running.reverse()) await each.stop();
    throw error;
  }
}

import { join } from "node:path";
import { CEPH_PACKAGES, cephPrograms, runCluster } from "./ceph-cluster.ts";
import type { S3Keys, S3Service } from "./s3-service.ts";
import { freePort, type KeepOptions, type RunningProcess, startProcess } from "./service.ts";
import { startService } from "./start-service.ts";

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
  const port = await freePort();
  return startService("ceph", (folder, part) =>
    runCluster({ programs, folder, port, onDisk: false, start: (_name, spec) => part(spec) }),
  );
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
        running.push(await startProcess({ ...spec, onProcess, keep: { log } }));
      },
    });
  } catch (error) {
    for (const each of running.reverse()) await each.stop();
    throw error;
  }
}

import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CEPH_PACKAGES } from "./ceph.ts";
import { answersHttp, REGION, type S3Keys, type S3Service } from "./s3-service.ts";
import { freePort, type KeepOptions, type ProcessSpec, requireBinary, startProcess } from "./service.ts";
import { startService } from "./start-service.ts";

/**
 * Starts a MinIO with an empty folder on a free port of the loopback interface.
 *
 * @throws AtdataError `UNSUPPORTED` – `minio` is not installed. As Debian does not have it, the hint installs Ceph, which
 *   {@link startCeph} starts.
 */
export async function startMinio(): Promise<S3Service> {
  const command = requireBinary("minio", CEPH_PACKAGES);
  const [port, console] = [await freePort(), await freePort()];
  const credentials = { accessKeyId: "atdata", secretAccessKey: randomBytes(16).toString("hex") };
  return startService("minio", async (folder, part) => {
    await part(minio(command, folder, { port, console, credentials }));
    return { url: urlOf(port), region: REGION, credentials };
  });
}

/**
 * Starts a MinIO that outlives this process.
 *
 * @throws AtdataError `UNSUPPORTED` – `minio` is not installed; `IO_ERROR` – it does not come up.
 */
export async function keepMinio({ folder, port, password, onProcess }: KeepOptions): Promise<S3Keys> {
  const command = requireBinary("minio", CEPH_PACKAGES);
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const credentials = { accessKeyId: "atdata", secretAccessKey: password };
  const server = minio(command, data, { port, console: await freePort(), credentials });
  await startProcess({ ...server, onProcess, keep: { log: join(folder, "minio.log") } });
  return { url: urlOf(port), region: REGION, credentials };
}

interface MinioSettings extends Pick<S3Service, "credentials"> {
  readonly port: number;
  readonly console: number;
}

function minio(command: string, folder: string, { port, console, credentials }: MinioSettings): ProcessSpec {
  return {
    command,
    args: ["server", folder, "--address", `127.0.0.1:${port}`, "--console-address", `127.0.0.1:${console}`],
    env: { MINIO_ROOT_USER: credentials.accessKeyId, MINIO_ROOT_PASSWORD: credentials.secretAccessKey },
    ready: () => answersHttp(`${urlOf(port)}/minio/health/live`),
  };
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

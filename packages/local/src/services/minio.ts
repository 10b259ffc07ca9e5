import { randomBytes } from "node:crypto";
import { CEPH_PACKAGES } from "./ceph.ts";
import { answersHttp, REGION, type S3Service } from "./s3-service.ts";
import { freePort, removeFolder, requireBinary, serviceFolder, serviceOf, startProcess } from "./service.ts";

/**
 * Starts a MinIO with an empty folder on a free port of the loopback interface.
 *
 * @throws AtdataError `UNSUPPORTED` – `minio` is not installed. As Debian does not have it, the hint installs Ceph, which
 *   {@link startCeph} starts.
 */
export async function startMinio(): Promise<S3Service> {
  const command = requireBinary("minio", CEPH_PACKAGES);
  const [port, console] = [await freePort(), await freePort()];
  const folder = serviceFolder("minio");
  const credentials = { accessKeyId: "atdata", secretAccessKey: randomBytes(16).toString("hex") };
  const url = `http://127.0.0.1:${port}`;
  try {
    const server = await startProcess({
      command,
      args: ["server", folder, "--address", `127.0.0.1:${port}`, "--console-address", `127.0.0.1:${console}`],
      env: { MINIO_ROOT_USER: credentials.accessKeyId, MINIO_ROOT_PASSWORD: credentials.secretAccessKey },
      ready: () => answersHttp(`${url}/minio/health/live`),
    });
    return { ...serviceOf("minio", url, [server], folder), region: REGION, credentials };
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

import { answersHttp, REGION, type S3Service } from "./s3-service.ts";
import { freePort, requireBinary, serviceOf, startProcess } from "./service.ts";

/**
 * Starts moto, which answers as S3 does and checks no signature, on a free port of the loopback interface.
 *
 * @throws AtdataError `UNSUPPORTED` – `moto_server` is not there; `IO_ERROR` – it does not start.
 */
export async function startMoto(): Promise<S3Service> {
  const command = requireBinary("moto_server", "python3-moto");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startProcess({
    command,
    args: ["-H", "127.0.0.1", "-p", String(port)],
    ready: () => answersHttp(url),
  });
  const credentials = { accessKeyId: "moto", secretAccessKey: "moto" };
  return { ...serviceOf("moto", url, [server], undefined), region: REGION, credentials };
}

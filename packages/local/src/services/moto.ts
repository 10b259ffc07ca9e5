import { answersHttp, REGION, type S3Service } from "./s3-service.ts";
import { freePort, requireBinary } from "./service.ts";
import { startService } from "./start-service.ts";

/**
 * Starts moto, which answers as S3 does and checks no signature, on a free port of the loopback interface.
 *
 * @throws AtdataError `UNSUPPORTED` – `moto_server` is not there; `IO_ERROR` – it does not start.
 */
export async function startMoto(): Promise<S3Service> {
  const command = requireBinary("moto_server", "python3-moto");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return startService("moto", async (cwd, part) => {
    const args = ["-H", "127.0.0.1", "-p", String(port)];
    await part({ command, args, cwd, ready: () => answersHttp(url) });
    return { url, region: REGION, credentials: { accessKeyId: "moto", secretAccessKey: "moto" } };
  });
}

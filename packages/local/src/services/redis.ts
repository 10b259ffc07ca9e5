import {
  freePort,
  removeFolder,
  requireBinary,
  type Service,
  serviceFolder,
  serviceOf,
  startProcess,
} from "./service.ts";

/** Options of {@link startRedis}. */
export interface StartRedisOptions {
  /** Settings as in `redis.conf`, such as `{ "maxmemory-policy": "allkeys-lru" }`. */
  readonly config?: Readonly<Record<string, string>> | undefined;
}

/**
 * Starts a Redis that keeps everything in memory, on a free port of the loopback interface.
 *
 * @throws AtdataError `UNSUPPORTED` – `redis-server` is not installed; the hint is the line that installs it.
 * @example
 * ```ts
 * import { startRedis } from "@atdata/local/services";
 * await using redis = await startRedis();
 * redis.url; // -> "redis://127.0.0.1:36397"
 * ```
 */
export async function startRedis({ config = {} }: StartRedisOptions = {}): Promise<Service> {
  const command = requireBinary("redis-server", "redis-server");
  const port = await freePort();
  const folder = serviceFolder("redis");
  const settings = { port: String(port), bind: "127.0.0.1", save: "", appendonly: "no", dir: folder, ...config };
  const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
  try {
    const server = await startProcess({
      command,
      args,
      ready: (output) => output.includes("Ready to accept connections"),
    });
    return serviceOf("redis", `redis://127.0.0.1:${port}`, [server], folder);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

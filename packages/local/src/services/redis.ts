import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  freePort,
  type KeepOptions,
  removeFolder,
  requireBinary,
  type Service,
  serviceFolder,
  serviceOf,
  startProcess,
} from "./service.ts";

/** What Debian calls it. */
export const REDIS_PACKAGES = "redis-server";

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
  const command = requireBinary("redis-server", REDIS_PACKAGES);
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

/**
 * Starts a Redis that outlives this process: it writes what it is told to disk every second, and wants the password.
 *
 * @throws AtdataError `UNSUPPORTED` – `redis-server` is not installed; `IO_ERROR` – it does not come up.
 */
export async function keepRedis({ folder, port, password, onProcess }: KeepOptions): Promise<{ readonly url: string }> {
  const command = requireBinary("redis-server", REDIS_PACKAGES);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, "redis.conf");
  // In a file, as others see the arguments of a process.
  const settings = [`port ${port}`, "bind 127.0.0.1", `requirepass ${password}`, "appendonly yes", "save 300 1"];
  writeFileSync(config, `${settings.join("\n")}\n`, { mode: 0o600 });
  await startProcess({
    command,
    args: [config],
    cwd: folder,
    ready: (output) => output.includes("Ready to accept connections"),
    keep: { log: join(folder, "redis.log"), onProcess },
  });
  return { url: `redis://:${password}@127.0.0.1:${port}` };
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, type KeepOptions, requireBinary, type Service, startProcess } from "./service.ts";
import { startService } from "./start-service.ts";

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
  return startService("redis", async (folder, part) => {
    const settings = { port: String(port), bind: "127.0.0.1", save: "", appendonly: "no", dir: folder, ...config };
    await part({
      command,
      args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]),
      ready: (output) => output.includes("Ready to accept connections"),
    });
    return { url: `redis://127.0.0.1:${port}` };
  });
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
    onProcess,
    keep: { log: join(folder, "redis.log") },
  });
  return { url: `redis://:${password}@127.0.0.1:${port}` };
}

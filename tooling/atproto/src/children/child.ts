import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { Server } from "node:net";
import { pathToFileURL } from "node:url";

/** Imports a package that `@atproto/dev-env` depends on: the whole of it takes three times as long to load. */
export async function importOfDevEnv<T>(name: string): Promise<T> {
  const devEnv = createRequire(import.meta.url).resolve("@atproto/dev-env");
  return (await import(pathToFileURL(createRequire(devEnv).resolve(name)).href)) as T;
}

/** What the parent gave as argument. */
export function optionsOfParent<T>(): T {
  return JSON.parse(process.argv[2] ?? "") as T;
}

/** Lets servers listen on the loopback interface alone, where they would listen on all. */
export function listenOnLoopback(): void {
  const listen = Server.prototype.listen;
  Server.prototype.listen = function (this: Server, port: unknown, ...rest: unknown[]): Server {
    if (typeof port !== "number") throw new TypeError("a test service listens on a port");
    const listening = rest.filter((value) => typeof value === "function").at(-1) as (() => void) | undefined;
    return listen.call(this, { port, host: "127.0.0.1" }, listening);
  } as typeof listen;
}

/**
 * Ends this process when the parent is gone, however it ended, and removes the folder of the network.
 *
 * Every child does: the one that is busy for longest may still write when the others are done.
 */
export function endWithParent(folder: string): void {
  const leave = (): void => {
    // Not asynchronously: the service would go on meanwhile, and fail without its files.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.exit();
  };
  process.on("disconnect", leave);
  if (!process.connected) leave();
}

/** Tells the parent that the service answers; it is closed when the parent asks. */
export function ready(close: () => Promise<void>): void {
  process.on("message", async () => {
    await close();
    process.exit();
  });
  // Where the parent is gone by now, that is told too.
  process.send?.("ready", () => {});
}

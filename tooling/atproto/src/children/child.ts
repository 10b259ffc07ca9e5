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
    const listening = rest.findLast((value) => typeof value === "function") as (() => void) | undefined;
    return listen.call(this, { port, host: "127.0.0.1" }, listening);
  } as typeof listen;
}

/** Tells the parent that the service answers; it ends when the parent asks, and when the parent is gone. */
export function ready(close: () => Promise<void>, onOrphaned?: () => Promise<void>): void {
  process.on("message", async () => {
    await close();
    process.exit(0);
  });
  process.on("disconnect", async () => {
    await onOrphaned?.();
    process.exit(0);
  });
  process.send?.("ready");
}

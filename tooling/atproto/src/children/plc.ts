import { rm } from "node:fs/promises";
import { importOfDevEnv, listenOnLoopback, optionsOfParent, ready } from "./child.ts";

/** What a PLC directory is started with. */
export interface PlcOptions {
  readonly port: number;
  /** Folder of the whole network, which goes when the parent is gone. */
  readonly folder: string;
}

interface PlcServer {
  start(): Promise<unknown>;
  destroy(): Promise<void>;
}

interface PlcPackage {
  readonly Database: { mock(): unknown };
  readonly PlcServer: { create(options: { db: unknown; port: number }): PlcServer };
}

listenOnLoopback();
const { port, folder } = optionsOfParent<PlcOptions>();
const { Database, PlcServer } = await importOfDevEnv<PlcPackage>("@did-plc/server");
const server = PlcServer.create({ db: Database.mock(), port });
await server.start();
// The PDSes end at the same time, and may still write.
const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
ready(() => server.destroy(), removeFolder);

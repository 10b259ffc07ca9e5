import { endWithParent, importOfDevEnv, listenOnLoopback, optionsOfParent, ready } from "./child.ts";

/** What a PLC directory is started with. */
export interface PlcOptions {
  readonly port: number;
  /** Folder of the whole network. */
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

const { port, folder } = optionsOfParent<PlcOptions>();
endWithParent(folder);
listenOnLoopback();
const { Database, PlcServer } = await importOfDevEnv<PlcPackage>("@did-plc/server");
const server = PlcServer.create({ db: Database.mock(), port });
await server.start();
ready(() => server.destroy());

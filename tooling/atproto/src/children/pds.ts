import { endWithParent, importOfDevEnv, listenOnLoopback, optionsOfParent, ready } from "./child.ts";

/** What a PDS is started with; the same again gives the same PDS. */
export interface PdsOptions {
  readonly port: number;
  /** Folder of the whole network. */
  readonly folder: string;
  readonly dataDirectory: string;
  readonly blobstoreDiskLocation: string;
  readonly blobstoreDiskTmpLocation: string;
  readonly didPlcUrl: string;
  readonly plcRotationKeyK256PrivateKeyHex: string;
  readonly serviceHandleDomains: readonly string[];
}

interface PdsServer {
  start(): Promise<unknown>;
  destroy(): Promise<void>;
}

interface PdsPackage {
  readonly PDS: { fromEnv(environment: Readonly<Record<string, unknown>>): Promise<PdsServer> };
}

const { folder, ...options } = optionsOfParent<PdsOptions>();
endWithParent(folder);
listenOnLoopback();
const { PDS } = await importOfDevEnv<PdsPackage>("@atproto/pds");
const server = await PDS.fromEnv({
  ...options,
  devMode: true,
  inviteRequired: false,
  // All that it talks to is on the loopback interface.
  disableSsrfProtection: true,
  adminPassword: "admin-pass",
  jwtSecret: "jwt-secret",
});
await server.start();
ready(() => server.destroy());

import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PdsOptions } from "./children/pds.ts";
import type { PlcOptions } from "./children/plc.ts";
import { freePort } from "./free-port.ts";
import { type ServiceProcess, startService } from "./service-process.ts";
import type { TestAccount, TestNetwork, TestPds } from "./test-network.ts";

/**
 * Starts a PLC directory and two PDSes, each in a process of its own, with their data in a temporary folder.
 *
 * They end when the network is disposed of, and when this process ends in any way.
 */
export async function startTestNetwork(): Promise<TestNetwork> {
  const folder = await mkdtemp(join(tmpdir(), "atdata-network-"));
  const plcPort = await freePort();
  const plcUrl = `http://localhost:${plcPort}`;
  const plcOptions: PlcOptions = { port: plcPort, folder };
  const plc = startService("plc", plcOptions);
  const first = await preparePds(folder, "one", plcUrl, ".test");
  const second = await preparePds(folder, "two", plcUrl, ".two.test");
  const started = await Promise.allSettled([plc, first.start(), second.start()]);

  async function dispose(): Promise<void> {
    await Promise.all([first.kill(), second.kill(), plc.then(({ kill }) => kill()).catch(() => {})]);
    await rm(folder, { recursive: true, force: true });
  }
  for (const outcome of started) {
    if (outcome.status === "fulfilled") continue;
    await dispose();
    throw outcome.reason;
  }
  return {
    plcUrl,
    pds: [first, second],
    createAccount: async (pds, name) => {
      const { domain } = pds === first ? first : second;
      return createAccount(pds, `${name}${domain}`);
    },
    resolveHandle: (handle) => resolveHandle(handle.endsWith(second.domain) ? second : first, handle),
    [Symbol.asyncDispose]: dispose,
  };
}

interface StartablePds extends TestPds {
  /** What handles of its accounts end in. */
  readonly domain: string;
  /** Ends it at once. */
  kill(): Promise<void>;
}

async function preparePds(folder: string, name: string, plcUrl: string, domain: string): Promise<StartablePds> {
  const options: PdsOptions = {
    port: await freePort(),
    folder,
    dataDirectory: join(folder, name, "data"),
    blobstoreDiskLocation: join(folder, name, "blobs"),
    blobstoreDiskTmpLocation: join(folder, name, "uploads"),
    didPlcUrl: plcUrl,
    plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString("hex"),
    serviceHandleDomains: [domain],
  };
  await mkdir(options.dataDirectory, { recursive: true });
  let running: Promise<ServiceProcess> | undefined;
  const end = async (how: "stop" | "kill"): Promise<void> => {
    const service = await running?.catch(() => undefined);
    running = undefined;
    await service?.[how]();
  };
  return {
    url: `http://localhost:${options.port}`,
    domain,
    async start() {
      running ??= startService("pds", options);
      await running;
    },
    stop: () => end("stop"),
    kill: () => end("kill"),
  };
}

async function createAccount(pds: TestPds, handle: string): Promise<TestAccount> {
  const password = randomBytes(12).toString("hex");
  const response = await fetch(`${pds.url}/xrpc/com.atproto.server.createAccount`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ handle, password, email: `${handle}@example.com` }),
  });
  if (!response.ok) throw new Error(`no account ${handle}: ${response.status} ${await response.text()}`);
  const { did } = (await response.json()) as { did: string };
  return { did, handle, password, pds };
}

async function resolveHandle(pds: TestPds, handle: string): Promise<string | undefined> {
  const query = new URLSearchParams({ handle });
  const response = await fetch(`${pds.url}/xrpc/com.atproto.identity.resolveHandle?${query}`);
  const answer = (await response.json()) as { did?: string };
  return response.ok ? answer.did : undefined;
}

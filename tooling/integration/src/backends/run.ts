import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkBackend, type ProtocolReport } from "@atdata/conformance";
import { repository } from "../installed.ts";
import type { BuiltIn } from "./built-in.ts";
import { onNetwork } from "./on-network.ts";
import { onServers } from "./on-servers.ts";
import { onThisMachine } from "./on-this-machine.ts";

/** Every backend that comes with atdata, in the order of the matrix. */
export const backends: readonly BuiltIn[] = [...onThisMachine, ...onServers, onNetwork];

/** The page that shows what they do. */
export const page: string = join(repository, "docs/backends.md");

/** Reads the page; empty where there is none yet. */
export async function readPage(): Promise<string> {
  return readFile(page, "utf8").catch(() => "");
}

/** Starts what the backend needs and runs every case. */
export async function reportOn(builtIn: BuiltIn): Promise<ProtocolReport[]> {
  const opened = await builtIn.open();
  try {
    return await checkBackend(opened.backend);
  } finally {
    await opened[Symbol.asyncDispose]();
  }
}

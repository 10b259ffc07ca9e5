import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IndexFixture } from "@atdata/conformance";
import type { DataStore } from "@atdata/core";
import { folderIndex, folderStore } from "../src/index.ts";

function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "atdata-folder-"));
}

/** Makes an index over an empty folder, which others can open as well. */
export async function makeIndexProvider(): Promise<IndexFixture> {
  const folder = await emptyFolder();
  return {
    provider: folderIndex(folder),
    reopen: async () => folderIndex(folder),
    dispose: () => rm(folder, { recursive: true }),
  };
}

/** Makes a store over an empty folder. */
export async function makeStore(): Promise<DataStore> {
  const folder = await emptyFolder();
  return { ...folderStore(folder), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { diskStore } from "../disk/index.ts";
import { sqliteIndex } from "../sqlite/index.ts";
import { atdataHome, localRepo } from "./index.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("keeps everything in ATDATA_HOME, or in .atdata of the home directory", () => {
  vi.stubEnv("ATDATA_HOME", "some/where");
  expect(atdataHome()).toBe(join(process.cwd(), "some", "where"));
  for (const none of ["", undefined]) {
    vi.stubEnv("ATDATA_HOME", none);
    expect(atdataHome()).toBe(join(homedir(), ".atdata"));
  }
});

it("has one folder for the index and the shards, which is that of the parts' own defaults", async () => {
  const home = await mkdtemp(join(tmpdir(), "local-repo-"));
  try {
    vi.stubEnv("ATDATA_HOME", home);
    const { provider, store } = localRepo();
    expect(store.url("d.tar")).toBe(join(home, "data", "d.tar"));
    expect(diskStore().url("d.tar")).toBe(join(home, "data", "d.tar"));
    const { id } = await provider.putEntry({ name: "d", schemaRef: "s", dataUrls: [store.url("d.tar")] });
    const again = sqliteIndex();
    expect((await again.getEntry(id))?.name).toBe("d");
    expect((await localRepo({ home }).provider.getEntry(id))?.name).toBe("d");
    expect(await localRepo({ home: join(home, "other") }).provider.getEntry(id)).toBeUndefined();
    await provider[Symbol.asyncDispose]();
    await again[Symbol.asyncDispose]();
  } finally {
    await rm(home, { recursive: true });
  }
});

import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { Redis } from "ioredis";
import pg from "pg";
import { describe, expect, it, vi } from "vitest";
import { missingPackages } from "./missing.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { requireBinary, startProcess } from "./service.ts";

describe("services", () => {
  it("serves Redis with the settings that are asked for, and is gone after", async () => {
    const service = await startRedis({ config: { maxmemory: "10mb" } });
    const client = new Redis(service.url, { retryStrategy: null });
    expect(await client.config("GET", "maxmemory")).toEqual(["maxmemory", "10485760"]);
    client.disconnect();
    await service.stop();
    await service.stop();
    expect(await answers(service.url)).toBe(false);
  });

  it("serves Postgres, and removes its files", async () => {
    const service = await startPostgres();
    const before = foldersOf("postgres");
    const client = new pg.Client(service.url);
    await client.connect();
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await client.end();
    await service[Symbol.asyncDispose]();
    expect(await answers(service.url)).toBe(false);
    expect(before.filter((folder) => !existsSync(`${tmpdir()}/${folder}`))).not.toEqual([]);
  });

  it("says what installs a program that is missing", () => {
    expect(() => requireBinary("atdata-no-such-server", "some-package")).toThrow(
      "atdata-no-such-server is not installed; operation=start atdata-no-such-server; try: apt-get install some-package",
    );
  });

  it("knows what is installed", () => {
    expect(missingPackages("redis")).toBeUndefined();
    vi.stubEnv("PATH", "");
    expect(missingPackages("redis")).toBe("redis-server");
    expect(missingPackages("ceph")).toBe("radosgw ceph-mon ceph-osd");
    vi.unstubAllEnvs();
  });

  it("tells what a program printed that does not come up", async () => {
    await expect(startRedis({ config: { "no-such-setting": "1" } })).rejects.toThrow("no-such-setting");
  });

  it("ends a program that does not serve in time", async () => {
    const never = { command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"], ready: () => false };
    await expect(startProcess({ ...never, timeoutMs: 200 })).rejects.toThrow("does not serve after 0.2 seconds");
  });
});

function foldersOf(name: string): string[] {
  return readdirSync(tmpdir()).filter((folder) => folder.startsWith(`atdata-${name}-`));
}

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

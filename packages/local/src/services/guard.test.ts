import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPackages } from "./missing.ts";

const CEPH = missingPackages("ceph");

function script(start: string): string {
  return `
    import { ${start} } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const { url } = await ${start}();
    console.log(url);
    setInterval(() => {}, 1000);`;
}

describe("the guard of a service", () => {
  it.for([
    ["startRedis", undefined],
    ["startPostgres", undefined],
    ["startCeph", process.env.CI === "true" ? undefined : CEPH],
  ] as const)("ends what %s began when this process is killed", async ([start, missing], { skip }) => {
    if (missing !== undefined) skip(`not installed: ${missing}`);
    const folder = mkdtempSync(join(tmpdir(), "atdata-guard-test-"));
    // Postgres does not run as root.
    chmodSync(folder, 0o755);
    const child = spawn(process.execPath, ["--input-type=module", "-e", script(start)], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TMPDIR: folder },
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = line.toString().trim();
    expect(await listens(url)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    child.kill("SIGKILL");
    await expect.poll(() => listens(url), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => readdirSync(folder), { timeout: 10_000 }).toEqual([]);
    rmdirSync(folder);
  });
});

function listens(url: string): Promise<boolean> {
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

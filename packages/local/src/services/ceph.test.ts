import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAtdataError } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { CEPH_PACKAGES } from "./ceph.ts";
import { answersHttp } from "./s3-service.ts";
import { requireBinary } from "./service.ts";

const SCRIPT = `
import { startCeph } from ${JSON.stringify(new URL("./ceph.ts", import.meta.url).href)};
const { url } = await startCeph();
console.log(url);
setInterval(() => {}, 1000);
`;

describe("startCeph", () => {
  it("starts what ends with the process, even when that is killed", async (context) => {
    try {
      requireBinary("radosgw", CEPH_PACKAGES);
    } catch (error) {
      if (process.env.CI === "true" || !isAtdataError(error)) throw error;
      context.skip(error.message);
    }
    const folder = mkdtempSync(join(tmpdir(), "atdata-ceph-test-"));
    const child = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TMPDIR: folder },
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = line.toString().trim();
    expect(await answersHttp(url)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    child.kill("SIGKILL");
    await expect.poll(() => answersHttp(url), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => readdirSync(folder), { timeout: 10_000 }).toEqual([]);
    rmdirSync(folder);
  });
});

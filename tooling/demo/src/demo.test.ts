import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { picture } from "./picture.ts";
import { progressBar } from "./progress.ts";

const out = mkdtempSync(join(tmpdir(), "atdata-demo-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
}

describe("the demo", () => {
  it("runs, runs again over what it wrote, and says nothing but its report into a pipe", { timeout: 60_000 }, () => {
    for (const limit of ["400", "300"]) {
      const { status, stdout, stderr } = run("--limit", limit, "--out", out);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`write the training shards +${limit} `));
      expect(stdout).toMatch(/\d+ checks passed/);
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    }
    expect(readdirSync(join(out, "home")).sort()).toEqual(["data", "index.db"]);
    expect(readdirSync(out).sort()).toEqual([
      "home",
      "mnist-test-000000.manifest.json",
      "mnist-test-000000.manifest.parquet",
      "mnist-test-000000.tar",
      "mnist-test.dataset.json",
      "mnist-test.rollup.parquet",
      "mnist-train-000000.manifest.json",
      "mnist-train-000000.manifest.parquet",
      "mnist-train-000000.tar",
      "mnist-train.dataset.json",
      "mnist-train.rollup.parquet",
    ]);
  });

  it("publishes on a network of its own, and reads as another account", { timeout: 120_000 }, () => {
    const { status, stdout, stderr } = run("--atmosphere", "--limit", "300", "--out", out);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/publish as @alice\.test +300 /);
    expect(stdout).toMatch(/stream as @bob\.two\.test, check CIDs +300 /);
    expect(stdout).toMatch(/verify, from account to sample +300 /);
    expect(stdout).toMatch(/of MNIST +300 of 60,000 digits/);
    expect(stdout).toMatch(/\d+ checks passed/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(readdirSync(join(out, "atmosphere")).sort()).toEqual(["alice", "bob"]);
    rmSync(join(out, "atmosphere"), { recursive: true });
  });

  it("refuses a limit that is none", () => {
    expect(run("--limit", "many")).toMatchObject({ status: 2, stderr: expect.stringContaining("--limit") });
  });

  it("ends with an error when it cannot write", { timeout: 30_000 }, () => {
    const file = join(out, "mnist-test-000000.tar");
    truncateSync(file, 0);
    expect(run("--limit", "100", "--out", join(file, "below")).status).not.toBe(0);
  });
});

describe("the progress bar", () => {
  it("draws on one line of a terminal and takes itself away", () => {
    let written = "";
    const terminal = { isTTY: true, write: (text: string) => (written += text) };
    const bar = progressBar("work", 10, terminal as never);
    bar.show(5);
    bar.clear();
    expect(written).toMatch(/^\r {2}work +█{15}░{15} +50 %/);
    expect(written.endsWith("\r\x1b[K")).toBe(true);
    expect(written).not.toContain("\n");
  });

  it("is silent elsewhere", () => {
    let written = "";
    const pipe = { isTTY: false, write: (text: string) => (written += text) };
    const bar = progressBar("work", 10, pipe as never);
    bar.show(5);
    bar.clear();
    expect(written).toBe("");
  });
});

it("a picture shows two pixels a character", () => {
  expect(picture(Uint8Array.of(255, 0, 0, 255, 255, 255), 2)).toEqual(["▀▄", "▀▀"]);
});

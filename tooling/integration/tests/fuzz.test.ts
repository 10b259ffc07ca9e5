import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { scratch } from "../src/scratch.ts";

const count = Math.max(2000, Number(process.env.ATDATA_FUZZ ?? 0));
const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000_000);
const child = fileURLToPath(new URL("../src/children/fuzz.ts", import.meta.url));

// Milliseconds that a child may take for one archive, on average, before it counts as hanging.
const PATIENCE_MS = 60;

interface Report {
  read: number;
  codes: Record<string, number>;
  slowest: number;
  liveEarly: number;
  liveLate: number;
  maxRss: number;
}

it(`${count} damaged datasets give samples or AtdataErrors, in bounded time and memory (seed ${seed})`, {
  timeout: 60_000 + count * PATIENCE_MS,
}, () => {
  const args = ["--expose-gc", child, String(count), String(seed), scratch()];
  const options = { encoding: "utf8", timeout: 50_000 + count * PATIENCE_MS } as const;
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, args, options);
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
  const report: Report = JSON.parse(stdout);
  // The damage is of every kind: some archives still give samples, and many errors are seen.
  expect(report.read).toBeGreaterThan(count);
  for (const code of ["SHARD_CORRUPT", "SHARD_TRUNCATED", "MSGPACK_INVALID", "SCHEMA_MISMATCH", "FORMAT_INVALID"]) {
    expect({ code, seen: (report.codes[code] ?? 0) > 0 }).toEqual({ code, seen: true });
  }
  expect(report.slowest).toBeLessThan(5000);
  // Megabytes. What is alive must not grow at all. The peak has on top what the runtime had not collected yet, which
  // is more on a machine with more memory or less time; memory by a damaged length would be gigabytes.
  expect(report.liveEarly).toBeGreaterThan(0);
  expect(report.liveLate - report.liveEarly).toBeLessThan(4);
  expect(report.maxRss).toBeLessThan(1024);
});

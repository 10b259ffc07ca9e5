import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createIndex, entryDetails } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { localRepo } from "@atdata/local/node";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds/node";
import { expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Numbered } from "../src/numbers.ts";
import { seededRandom } from "../src/random.ts";
import { scratch } from "../src/scratch.ts";

const home = join(scratch(), "home");
const child = fileURLToPath(new URL("../src/children/index-forever.ts", import.meta.url));
const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);

interface Worker {
  readonly process: ChildProcess;
  readonly begun: Promise<unknown>;
  readonly ended: Promise<unknown[]>;
  said(): { readonly ref: string; readonly id: string }[];
}

function start(worker: number): Worker {
  const env = { ...process.env, ATDATA_HOME: home };
  const child_ = spawn(process.execPath, [child, String(worker)], { env, stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child_.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const said = () =>
    output
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { process: child_, begun: once(child_.stdout, "data"), ended: once(child_, "close"), said };
}

it(`eight processes that write by name, half of which are killed, lose and tear nothing (seed ${seed})`, {
  timeout: 180_000,
}, async () => {
  const workers = Array.from({ length: 8 }, (_, worker) => start(worker));
  await Promise.all(workers.map(({ begun, ended }) => Promise.race([begun, ended])));
  for (const worker of workers.slice(0, 4)) {
    await sleep(random(300));
    worker.process.kill("SIGKILL");
  }
  for (const worker of workers) worker.process.stdin?.on("error", () => {}).end();
  for (const [i, worker] of workers.entries()) {
    expect(await worker.ended).toEqual(i < 4 ? [null, "SIGKILL"] : [0, null]);
  }

  const repos = { local: localRepo({ home }) };
  const index = createIndex({ repos, formats: [wds()], plugins: [manifests()], createHasher: createNodeHasher });
  const owners = new Map<string, string>();
  for (const { ref, id } of workers.flatMap((worker) => worker.said())) {
    expect(owners.get(ref) ?? id, `two have got ${ref}`).toBe(id);
    owners.set(ref, id);
    expect((await index.resolve(ref)).id).toBe(id);
  }
  expect(owners.size).toBeGreaterThan(8);
  for (const entry of await collect(index.list())) {
    const dataset = await index.load(entry.id, { type: Numbered, verify: true });
    const samples = await collect(dataset);
    expect(samples.map(({ n }) => n % 1000)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(await collect(dataset.where((f) => f.n.eq((samples[7] as Numbered).n)))).toEqual([samples[7]]);
    expect(entryDetails(entry).samples).toBe(50);
  }
  await index[Symbol.asyncDispose]();
});

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sqliteIndex } from "@atdata/local/sqlite";
import { describe, expect, it } from "vitest";
import { type Said, workEntry } from "../src/put-work.ts";
import { type Random, seededRandom } from "../src/random.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const child = fileURLToPath(new URL("../src/children/put-forever.ts", import.meta.url));
const WORKERS = 8;
const ROUNDS = 2;
const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000);

interface Worker {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly begun: Promise<void>;
  said(): Said[];
}

function start(path: string, worker: number): Worker {
  const process_ = spawn(process.execPath, [child, path, String(worker)], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  const begun = new Promise<void>((resolve) => {
    process_.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    });
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    process_.on("close", (code, signal) => resolve({ code, signal })),
  );
  // What follows the last line break was never said whole.
  const said = (): Said[] =>
    output
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { process: process_, ended, begun, said };
}

/** Lets eight processes write, kills four of them, and gives what each had been told to be written. */
async function writeAndKill(path: string, random: Random): Promise<Said[][]> {
  const workers = Array.from({ length: WORKERS }, (_, worker) => start(path, worker));
  await Promise.all(workers.map(({ begun, ended }) => Promise.race([begun, ended])));
  const victims = workers
    .map((worker) => ({ worker, at: random(1e6) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, WORKERS / 2);
  for (const { worker } of victims) {
    await sleep(random(150));
    worker.process.kill("SIGKILL");
  }
  await sleep(100);
  for (const worker of workers) worker.process.stdin?.on("error", () => {}).end();
  const killed = victims.map(({ worker }) => worker);
  for (const worker of workers) {
    expect(await worker.ended).toEqual(
      killed.includes(worker) ? { code: null, signal: "SIGKILL" } : { code: 0, signal: null },
    );
  }
  return workers.map((worker) => worker.said());
}

describe(`eight processes that write one SQLite index while four of them are killed (seed ${seed})`, () => {
  it("lose nothing that was acknowledged, tear nothing, and have one winner of each version", {
    timeout: 180_000,
  }, async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < ROUNDS; round++) {
      const path = join(root, `round-${round}`, "index.db");
      const all = await writeAndKill(path, random);
      const check = new DatabaseSync(path);
      expect({ ...check.prepare("PRAGMA integrity_check").get() }).toEqual({ integrity_check: "ok" });
      check.close();
      await using provider = sqliteIndex(path);

      for await (const { id, createdAt, ...entry } of provider.listEntries()) {
        const { worker, n } = entry.metadata as { worker: number; n: number };
        expect(entry).toEqual(workEntry(worker, n));
        expect(createdAt).toMatch(/^\d{4}-/);
      }
      const winners = new Map<number, number>();
      for (const [worker, said] of all.entries()) {
        expect(said.length).toBeGreaterThan(0);
        const deleted = new Set(said.flatMap((each) => (each.did === "delete" ? [each.n] : [])));
        const last = Math.max(...said.map(({ n }) => n));
        for (const each of said) {
          if (each.did === "put") {
            const found = await provider.getEntry(each.id);
            if (deleted.has(each.n)) expect(found).toBeUndefined();
            // It may have been deleted without a word before the process was killed.
            else if (found === undefined) expect([each.n % 5, last]).toEqual([3, each.n + 1]);
            else expect(found.metadata).toEqual(workEntry(worker, each.n).metadata);
          }
          if (each.did === "schema") {
            if (each.created) expect(each.winner).toBe(worker);
            expect(winners.get(each.n) ?? each.winner, `winner of 1.0.${each.n}`).toBe(each.winner);
            winners.set(each.n, each.winner);
          }
        }
        const labelled = Math.max(...said.flatMap((each) => (each.did === "label" ? [each.n] : [-1])));
        const label = await provider.getLabel(`w${worker}`, "");
        // Of the last step it may have been put without a word.
        expect([labelled, labelled + 1]).toContain(Number(label?.description ?? -1));
        if (labelled >= 0) expect((await provider.latestLabel(`w${worker}`))?.id).toBe(label?.id);
      }
      for (const [n, winner] of winners) {
        expect((await provider.getSchema("S", `1.0.${n}`))?.json).toMatchObject({ winner });
      }
      const created = all.flat().filter((each) => each.did === "schema" && each.created);
      expect(new Set(created.map(({ n }) => n)).size).toBe(created.length);
    }
  });
});

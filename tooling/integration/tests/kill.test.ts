import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { DatasetFile } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { datasetWriter, writeDataset } from "@atdata/wds/node";
import { describe, expect, it } from "vitest";
import { problemsOf, shardsOf } from "../src/check-folder.ts";
import { generation } from "../src/generation.ts";
import { Numbered } from "../src/numbers.ts";
import { seededRandom } from "../src/random.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const child = fileURLToPath(new URL("../src/children/write-forever.ts", import.meta.url));
const cli = fileURLToPath(new URL("../../../packages/cli/src/bin.ts", import.meta.url));
/** Kills a combination; four of them. */
const KILLS = Math.max(13, Math.round(Number(process.env.ATDATA_FUZZ ?? 0) / 2500));
const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000);

/** Lets a child write and kills it after `ms`; gives the number of the generation that it was writing. */
async function writeAndKill(folder: string, first: number, options: object, ms: number): Promise<number> {
  const process_ = spawn(process.execPath, [child, folder, String(first), JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const ended = new Promise<NodeJS.Signals | null>((resolve) => process_.on("close", (_, signal) => resolve(signal)));
  const begun = new Promise<void>((resolve) => {
    process_.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    });
  });
  await Promise.race([begun, ended]);
  await sleep(ms);
  process_.kill("SIGKILL");
  expect(await ended).toBe("SIGKILL");
  return Number(output.trim().split("\n").at(-1));
}

/** Asks the command line's doctor what killed writers have left of a dataset. */
function leftOvers(target: string): string[] {
  const { stdout } = spawnSync(process.execPath, [cli, "doctor", target, "--json"], { encoding: "utf8" });
  const { problems }: { problems: { code: string; url: string }[] } = JSON.parse(stdout);
  return problems.filter(({ code }) => code === "LEFT_OVER").map(({ url }) => basename(url));
}

const hidden = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("."));

function generationOf(folder: string): number | undefined {
  const path = join(folder, "d.dataset.json");
  if (!existsSync(path)) return undefined;
  const file: DatasetFile = JSON.parse(readFileSync(path, "utf8"));
  return Number(file.metadata?.generation);
}

describe(`a writer that is killed (seed ${seed}, ${4 * KILLS} kills)`, () => {
  it.each([
    { overwrite: false },
    { overwrite: false, maxSamples: 40 },
    { overwrite: true },
    { overwrite: true, maxSamples: 40 },
  ])(
    "with %j never leaves a dataset.json beside missing or incomplete shards, or manifests of others",
    { timeout: 600_000 },
    async (options) => {
      const folder = join(root, JSON.stringify(options).replace(/\W+/g, "-"));
      mkdirSync(folder);
      const random = seededRandom(seed + (options.overwrite ? 1 : 0) + (options.maxSamples ?? 0));
      let g = 0;
      let doctored = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const before = generationOf(folder);
        // Long enough for a second generation: the first one loads the library that writes Parquet.
        const ms = random(250_000) / 1000;
        g = await writeAndKill(folder, g, options, ms);
        const told = `kill ${kill} after ${ms} ms in generation ${g}`;
        expect({ told, problems: await problemsOf(folder) }).toEqual({ told, problems: [] });
        // Whatever is visible is complete, and nothing hidden is listed.
        for (const [name, samples] of await shardsOf(folder)) {
          expect({ told, name, complete: samples > 0 }).toEqual({ told, name, complete: true });
        }

        const name = options.overwrite ? "d" : `d${g}`;
        const left = hidden(folder).filter((each) => each.startsWith(`.${name}.`));
        if (left.length > 0 && kill % 3 === 0) {
          expect({ told, left: leftOvers(join(folder, `${name}.tar`)).sort() }).toEqual({ told, left: left.sort() });
          doctored += 1;
        }
        if (options.overwrite) {
          // Beginning to write is enough: the last dataset that was committed is there again.
          await (await datasetWriter(Numbered, join(folder, "d.tar"), options)).abort();
          const now = generationOf(folder);
          const committed = g > (before ?? 0) ? [g - 1, g] : [before, g];
          expect({ told, isCommitted: committed.includes(now) }).toEqual({ told, isCommitted: true });
        }
        const metadata = { generation: g };
        const target = join(folder, `${name}.tar`);
        // Killed after its commit, the write is there, and only its folder is to be removed.
        const isCommitted = !options.overwrite && existsSync(join(folder, `${name}.dataset.json`));
        const again = writeDataset(Numbered, generation(g), target, { ...options, metadata, plugins: [manifests()] });
        if (isCommitted) await expect(again).rejects.toMatchObject({ code: "DATASET_EXISTS" });
        else await again;
        expect({ told, problems: await problemsOf(folder) }).toEqual({ told, problems: [] });
        expect({ told, hidden: hidden(folder).filter((each) => each.startsWith(`.${name}.`)) }).toEqual({
          told,
          hidden: [],
        });
        const named = readdirSync(folder)
          .filter((each) => each.endsWith(".dataset.json"))
          .flatMap((each) => JSON.parse(readFileSync(join(folder, each), "utf8")).shards as { url: string }[]);
        expect({ told, shards: [...(await shardsOf(folder)).keys()].sort() }).toEqual({
          told,
          shards: named.map(({ url }) => url).sort(),
        });
        g += 1;
      }
      expect(hidden(folder)).toEqual([]);
      expect(doctored).toBeGreaterThan(0);
    },
  );
});

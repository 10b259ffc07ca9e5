import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listLeftOvers, removeLeftOvers } from "./left-overs.ts";
import { makeWriteFolder, ownToken } from "./write-folder.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "atdata-left-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The token of a process that cannot run: its id is larger than systems give out. */
const dead = (): string => ownToken().replace(/-\d+-/, "-99999999-");

test("folders, half-written files and locks of writers that ended are listed, others are not", async () => {
  const folder = `.digits.${dead()}-00000000.tmp`;
  const file = `.digits.manifest.json.${dead()}-00000001.tmp`;
  await mkdir(join(dir, folder, "new"), { recursive: true });
  await writeFile(join(dir, file), "{");
  await writeFile(join(dir, ".digits.lock.tmp"), folder);
  await writeFile(join(dir, ".hidden.tmp"), "");
  const alive = await makeWriteFolder(dir, "digits");
  await writeFile(join(dir, ".other.lock.tmp"), alive.replace("digits", "other"));
  expect(await listLeftOvers(dir)).toEqual([
    { name: folder, dataset: "digits" },
    { name: ".digits.lock.tmp", dataset: "digits" },
    { name: file, dataset: "digits.manifest.json" },
  ]);
});

test("only what is left of one dataset is removed, and nothing of a live writer's", async () => {
  const folder = `.digits.${dead()}-00000000.tmp`;
  const other = `.letters.${dead()}-00000000.tmp`;
  for (const each of [folder, other]) await mkdir(join(dir, each, "new"), { recursive: true });
  const alive = await makeWriteFolder(dir, "digits");
  await removeLeftOvers(dir, "digits");
  expect((await readdir(dir)).sort()).toEqual([alive, other].sort());
});

test("a folder that does not exist holds nothing", async () => {
  expect(await listLeftOvers(join(dir, "missing"))).toEqual([]);
});

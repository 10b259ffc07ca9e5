import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Check } from "../check.ts";
import { type Packed, pack } from "../packed.ts";
import { BOUNDARY_PLANTS, PLANTS, type Plant } from "../plants.ts";
import { git, openRepo, type Repo } from "../repo.ts";
import { runProgram } from "../run-tool.ts";
import { boundaries, boundaryRules } from "./boundaries.ts";

/** Every check still sees what it is there for: each finds the violation planted for it in a copy of the repository. */
export function selfTest(checks: readonly Check[]): Check {
  return {
    name: "self-test",
    async run(repo) {
      const problems = unplanted(repo, checks);
      const copy = await copyOf(repo);
      const boundaryPlants = Object.entries(BOUNDARY_PLANTS);
      for (const files of [...boundaryPlants.map((each) => each[1]), ...PLANTS.map((each) => each.files)])
        plant(copy, files);

      const planted = openRepo(copy, false);
      let packing: Promise<Packed> | undefined;
      const packed = (): Promise<Packed> => {
        packing ??= pack(planted);
        return packing;
      };
      const found = await boundaries.run(planted, packed);
      for (const [rule, files] of boundaryPlants) {
        const seen = found.problems.filter((each) => each.startsWith(`${rule}: `));
        if (!seen.some((each) => Object.keys(files).some((file) => each.includes(file)))) {
          problems.push(`boundaries: ${rule} does not see ${Object.keys(files).join(", ")}`);
        }
      }
      for (const { check: name, expect } of PLANTS) {
        const check = checks.find((each) => each.name === name);
        const seen = (await check?.run(planted, packed))?.problems ?? [];
        for (const words of expect) {
          if (!seen.some((each) => each.includes(words)))
            problems.push(`${name} says nothing of "${words}":\n${seen.join("\n")}`);
        }
      }
      return { problems, detail: `${boundaryPlants.length} boundary rules, ${PLANTS.length} other checks` };
    },
  };
}

/** A rule or check that nothing is planted for could be blind without anybody knowing. */
function unplanted(repo: Repo, checks: readonly Check[]): string[] {
  const rules = boundaryRules(repo).flatMap((rule) => rule.name ?? []);
  const names = checks.map((each) => each.name).filter((name) => name !== boundaries.name);
  return [
    ...rules
      .filter((rule) => !(rule in BOUNDARY_PLANTS))
      .map((rule) => `no violation is planted for boundary rule ${rule}`),
    ...names
      .filter((name) => !PLANTS.some((each) => each.check === name))
      .map((name) => `no violation is planted for ${name}`),
  ];
}

/** A copy without changesets and with its own dependencies from pnpm's store; it goes when the process ends. */
async function copyOf(repo: Repo): Promise<string> {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), "atdata-planted-")));
  process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
  for (const file of repo.files.filter((each) => !each.startsWith(".changeset/")))
    cpSync(join(repo.root, file), join(copy, file));
  git(copy, "init", "--quiet");
  const { ok, output } = await runProgram("pnpm", ["install", "--frozen-lockfile", "--prefer-offline"], copy);
  if (!ok) throw new Error(`no dependencies for the copy\n${output}`);
  // Planted manifests are meant to be wrong: pnpm must run scripts without mending them first.
  plant(copy, { "pnpm-workspace.yaml": (text) => `${text}verifyDepsBeforeRun: false\n` });
  return copy;
}

function plant(copy: string, files: Plant["files"]): void {
  for (const [file, change] of Object.entries(files)) {
    const path = join(copy, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof change === "string" ? change : change(readFileSync(path, "utf8")));
  }
}

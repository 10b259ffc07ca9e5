import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Check } from "../check.ts";
import { lines, runProgram } from "../run-tool.ts";
import { exportedNames } from "./exports.ts";

const LOAD = `
const found = {};
for (const specifier of process.argv.slice(1)) {
  found[specifier] = await import(specifier).then((module) => Object.keys(module).sort(), (error) => error.message);
}
console.log(JSON.stringify(found));
`;

/** What is installed loads in plain Node and exports what the sources do, and every command of it starts. */
export const installed: Check = {
  name: "installed",
  async run(repo, packed) {
    const { project, installed } = await packed();
    const expected = await exportedNames(repo);
    const args = ["--input-type=module", "--eval", LOAD, ...Object.keys(expected)];
    const { output } = await runProgram(process.execPath, args, project);
    const found: Record<string, unknown> = JSON.parse(output.slice(output.indexOf("{")));
    const problems = Object.entries(expected)
      .filter(([specifier, names]) => !isDeepStrictEqual(found[specifier], names))
      .map(([specifier]) => `${specifier} loads differently once installed: ${JSON.stringify(found[specifier])}`);
    let commands = 0;
    for (const each of repo.published) {
      for (const [name, target] of Object.entries(each.manifest.publishConfig?.bin ?? {})) {
        commands += 1;
        const run = await runProgram(process.execPath, [join(installed(each), target), "version"], project);
        const version = run.ok && run.output.includes(each.manifest.version ?? "");
        if (!version) problems.push(`${name} version fails once installed`, ...lines(run.output));
      }
    }
    return { problems, detail: `${Object.keys(expected).length} entries, ${commands} commands` };
  },
};

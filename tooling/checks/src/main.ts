import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Check, Outcome } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { type Packed, pack } from "./packed.ts";
import { openRepo } from "./repo.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    root: { type: "string" },
    update: { type: "boolean" },
    list: { type: "boolean" },
  },
});
const root = values.root ?? join(dirname(fileURLToPath(import.meta.url)), "../../..");
const repo = openRepo(root, values.update === true);
const wanted = new Set(values.only?.flatMap((names) => names.split(",")) ?? CHECKS.map((check) => check.name));
const unknown = [...wanted].filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0 || values.list === true) {
  for (const name of unknown) console.error(`no check is called ${name}`);
  console.log(CHECKS.map((check) => check.name).join("\n"));
  process.exit(unknown.length > 0 ? 2 : 0);
}

let packing: Promise<Packed> | undefined;
const packed = (): Promise<Packed> => {
  // The first check that needs the packages says why there are none; to the others that is no news.
  if (packing !== undefined)
    return packing.catch(() => Promise.reject(new Error("the packages could not be built, see above")));
  packing = pack(repo);
  return packing;
};

let failed = 0;
for (const check of CHECKS.filter((each) => wanted.has(each.name))) {
  const start = performance.now();
  const { problems, detail } = await outcomeOf(check);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${problems.length === 0 ? "ok" : "FAILED"} ${check.name} (${detail}, ${seconds} s)`);
  for (const problem of problems.slice(0, 100)) console.log(`    ${problem.replaceAll("\n", "\n    ")}`);
  if (problems.length > 0) failed += 1;
}
process.exitCode = failed > 0 ? 1 : 0;

async function outcomeOf(check: Check): Promise<Outcome> {
  try {
    return await check.run(repo, packed);
  } catch (error) {
    return {
      problems: [error instanceof Error ? error.message : String(error)],
      detail: "could not run",
    };
  }
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../check.ts";
import { lines, runPackage } from "../run-tool.ts";

/** Compiles every package with its tests; `expectTypeOf` in `*.test-d.ts` is a plain type error when it does not hold. */
export const types: Check = {
  name: "types",
  async run(repo) {
    const problems: string[] = [];
    for (const folder of [".", ...repo.packages.map((each) => each.folder)]) {
      const hasProject = existsSync(join(repo.root, folder, "tsconfig.json"));
      if (hasProject)
        problems.push(...lines((await runPackage("typescript", "tsc", ["-p", folder], repo.root)).output));
      else problems.push(`${folder} has no tsconfig.json`);
    }
    const typeTests = repo.files.filter((file) => file.endsWith(".test-d.ts")).length;
    return { problems, detail: `${repo.packages.length} packages, ${typeTests} type tests` };
  },
};

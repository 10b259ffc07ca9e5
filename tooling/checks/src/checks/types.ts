import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../check.ts";
import { lines, runPackage } from "../run-tool.ts";

/** Compiles every package with its tests; `expectTypeOf` in `*.test-d.ts` is a plain type error when it does not hold. */
export const types: Check = {
  name: "types",
  async run(repo) {
    const projects = repo.packages.filter((each) => existsSync(join(repo.root, each.folder, "tsconfig.json")));
    const problems: string[] = [];
    for (const { folder } of repo.packages) {
      if (!projects.some((each) => each.folder === folder)) problems.push(`${folder} has no tsconfig.json`);
      else problems.push(...lines((await runPackage("typescript", "tsc", ["-p", folder], repo.root)).output));
    }
    const typeTests = repo.files.filter((file) => file.endsWith(".test-d.ts")).length;
    return { problems, detail: `${projects.length} packages, ${typeTests} type tests` };
  },
};

import type { Check } from "../check.ts";
import { lines, runPackage } from "../run-tool.ts";

/** Dead files, exports and dependencies, and imports of packages that are not declared. */
export const knip: Check = {
  name: "knip",
  async run(repo) {
    const args = ["--treat-config-hints-as-errors", "--no-progress"];
    const { ok, output } = await runPackage("knip", "knip", args, repo.root);
    return { problems: ok ? [] : lines(output), detail: `${repo.packages.length} packages` };
  },
};

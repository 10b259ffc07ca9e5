import type { Check } from "../check.ts";
import { lines, runPackage } from "../run-tool.ts";

/** Formatting and lint, file length included. */
export const biome: Check = {
  name: "biome",
  async run(repo) {
    const args = ["check", "--error-on-warnings", "--max-diagnostics=200", "--colors=off"];
    const { ok, output } = await runPackage("@biomejs/biome", "biome", args, repo.root);
    return { problems: ok ? [] : lines(output), detail: /Checked \d+ files/.exec(output)?.[0].toLowerCase() ?? "" };
  },
};

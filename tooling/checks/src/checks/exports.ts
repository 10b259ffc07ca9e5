import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { Check } from "../check.ts";
import type { Repo } from "../repo.ts";

const EXPECTED = "tooling/checks/expected/exports.json";

/** What each entry exports at run time is what the committed list says. */
export const exportLists: Check = {
  name: "exports",
  async run(repo) {
    const found = await exportedNames(repo);
    const path = join(repo.root, EXPECTED);
    if (repo.update) mkdirSync(dirname(path), { recursive: true });
    if (repo.update) writeFileSync(path, `${JSON.stringify(found, null, 2)}\n`);
    const expected: Record<string, string[]> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    const problems = [...new Set([...Object.keys(found), ...Object.keys(expected)])]
      .filter((specifier) => !isDeepStrictEqual(found[specifier], expected[specifier]))
      .map((specifier) => {
        const [now, before] = [found[specifier] ?? [], expected[specifier] ?? []];
        const come = now.filter((name) => !before.includes(name)).join(", ");
        const gone = before.filter((name) => !now.includes(name)).join(", ");
        return `${specifier}: new [${come}], gone [${gone}]; meant? npm run check -- --only exports --update`;
      });
    const names = Object.values(found).reduce((sum, each) => sum + each.length, 0);
    return { problems, detail: `${Object.keys(found).length} entries, ${names} names` };
  },
};

/** The names that each entry exports when its source is loaded. */
export async function exportedNames(repo: Repo): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const entry of repo.published.flatMap((each) => each.entries)) {
    const module: object = await import(pathToFileURL(join(repo.root, entry.source)).href);
    found[entry.specifier] = Object.keys(module).sort();
  }
  return found;
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { Check } from "../check.ts";
import type { Package } from "../repo.ts";
import { lines, runPackage, runProgram } from "../run-tool.ts";

const BELONGS = /^package\/(dist\/.+|src\/.+|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
const TEST = /\.(test|test-d|bench)\.ts$/;

/** A tarball holds dist, src, README and LICENSE, and no test. */
export const packing: Check = {
  name: "packing",
  async run(repo, packed) {
    const { tarball } = await packed();
    const problems: string[] = [];
    let count = 0;
    for (const each of repo.published) {
      const files = lines((await runProgram("tar", ["-tzf", tarball(each)], repo.root)).output);
      count += files.length;
      for (const file of files) {
        if (!BELONGS.test(file) || TEST.test(file)) problems.push(`${each.manifest.name} packs ${file}`);
      }
      for (const file of expectedFiles(each)) {
        if (!files.includes(`package/${file}`)) problems.push(`${each.manifest.name} does not pack ${file}`);
      }
    }
    return { problems, detail: `${repo.published.length} tarballs, ${count} files` };
  },
};

function expectedFiles(each: Package): string[] {
  const sources = [
    ...each.entries.map((entry) => entry.source.slice(each.folder.length + 1)),
    ...Object.values(each.manifest.bin ?? {}),
  ];
  const built = sources.map((source) => source.replace(/^(\.\/)?src\//, "dist/").replace(/\.ts$/, ".js"));
  return ["README.md", "LICENSE", "package.json", ...built, ...sources.map((source) => source.replace(/^\.\//, ""))];
}

/** Every path that a published manifest names exists and has the form it claims. */
export const publintCheck: Check = {
  name: "publint",
  async run(repo, packed) {
    const { installed } = await packed();
    const problems: string[] = [];
    for (const each of repo.published) {
      const { messages, pkg } = await publint({ pkgDir: installed(each), pack: false, level: "warning", strict: true });
      for (const message of messages)
        problems.push(`${each.manifest.name}: ${formatMessage(message, pkg, { color: false })}`);
      if (!existsSync(join(installed(each), "dist"))) problems.push(`${each.manifest.name} was not built`);
    }
    return { problems, detail: `${repo.published.length} packages` };
  },
};

/** Types resolve for every entry in every way an ESM package can be resolved. */
export const attw: Check = {
  name: "attw",
  async run(repo, packed) {
    const { tarball } = await packed();
    const problems: string[] = [];
    for (const each of repo.published) {
      const args = [tarball(each), "--profile", "esm-only", "--format", "ascii", "--no-emoji", "--no-color"];
      const { ok, output } = await runPackage("@arethetypeswrong/cli", "attw", args, repo.root);
      if (!ok) problems.push(`${each.manifest.name}`, ...lines(output));
    }
    return { problems, detail: `${repo.published.length} tarballs` };
  },
};

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check } from "../check.ts";
import { compile } from "../compile.ts";
import { linkDependencies } from "../packed.ts";

/** A project with no types but ES2022 and DOM and no optional peers, which checks its libraries, compiles against every entry. */
export const consumer: Check = {
  name: "consumer",
  async run(repo, packed) {
    const { installed } = await packed();
    const project = mkdtempSync(join(tmpdir(), "atdata-consumer-"));
    process.on("exit", () => rmSync(project, { recursive: true, force: true }));
    const libraries = repo.published.filter((each) => each.manifest.bin === undefined);
    for (const each of libraries) {
      const modules = join(project, "node_modules");
      cpSync(installed(each), join(modules, each.manifest.name), { recursive: true });
      linkDependencies(repo, each, Object.keys(each.manifest.dependencies ?? {}), modules);
    }
    const entries = libraries.flatMap((each) => each.entries);
    mkdirSync(join(project, "src"));
    for (const { specifier, name } of entries) {
      const file = `${specifier.split("/")[1]}-${name}.ts`;
      const code = `import * as entry from "${specifier}";\nexport const names: string[] = Object.keys(entry);\n`;
      writeFileSync(join(project, "src", file), code);
    }
    const { ok, output } = await compile(join(project, "src"), {
      lib: ["ES2022", "DOM"],
      types: [],
      skipLibCheck: false,
    });
    const optional = libraries.flatMap((each) => Object.keys(each.manifest.peerDependenciesMeta ?? {}));
    const problems = output.filter((line) => !isMissingPeer(line, optional));
    return { problems: ok ? [] : problems, detail: `${entries.length} entries` };
  },
};

/** A subpath may show types of its optional peer, which its users have; the root and `node` may not. */
function isMissingPeer(line: string, optional: readonly string[]): boolean {
  const missing = /\/dist\/([a-z-]+)\/.*Cannot find module [^']*'([^']+)'/.exec(line);
  return missing !== null && missing[1] !== "node" && optional.includes(missing[2] ?? "");
}

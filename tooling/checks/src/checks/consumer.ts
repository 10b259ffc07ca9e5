import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../check.ts";
import { compile } from "../compile.ts";

/** A project with no types but ES2022 and DOM, which checks its libraries, compiles against every published entry. */
export const consumer: Check = {
  name: "consumer",
  async run(repo, packed) {
    const { project } = await packed();
    const folder = join(project, "consumer");
    mkdirSync(folder, { recursive: true });
    const entries = repo.published
      .filter((each) => each.manifest.name !== "@atdata/cli")
      .flatMap((each) => each.entries);
    for (const { specifier, name } of entries) {
      const file = `${specifier.split("/")[1]}-${name}.ts`;
      writeFileSync(
        join(folder, file),
        `import * as entry from "${specifier}";\nexport const names: string[] = Object.keys(entry);\n`,
      );
    }
    const { ok, output } = await compile(folder, { lib: ["ES2022", "DOM"], types: [], skipLibCheck: false });
    return { problems: ok ? [] : output, detail: `${entries.length} entries` };
  },
};

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../check.ts";
import { compile } from "../compile.ts";
import { type Repo, read } from "../repo.ts";

/** One block of TypeScript in a doc comment or a text, with the line of its file where it starts. */
interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** Every example in a doc comment or a Markdown file compiles, alone, against the packages as they are published. */
export const examples: Check = {
  name: "examples",
  async run(repo, packed) {
    const { project } = await packed();
    const found = repo.files.filter(hasExamples).flatMap((file) => examplesOf(repo, file));
    const folder = join(project, "examples");
    mkdirSync(folder, { recursive: true });
    const places = new Map<string, string>();
    for (const [index, { file, line, code }] of found.entries()) {
      const name = `example-${index}.ts`;
      places.set(name, file);
      // Kept on its own line, so that the compiler's positions are those of the file it stands in.
      writeFileSync(join(folder, name), `${"\n".repeat(line - 1)}${code}\nexport {};\n`);
    }
    const { ok, output } = await compile(folder, {
      lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
      types: [join(repo.root, "node_modules/@types/node")],
      skipLibCheck: true,
      noUnusedLocals: false,
    });
    const problems = output.map((line) => line.replace(/^.*?(example-\d+\.ts)/, (_, name) => places.get(name) ?? name));
    return { problems: ok ? [] : problems, detail: `${found.length} examples` };
  },
};

function hasExamples(file: string): boolean {
  if (file.endsWith(".md")) return !/\.api\.md$|CHANGELOG\.md$|^\.changeset\/|^fixtures\//.test(file);
  return /^packages\/[^/]+\/src\/.*\.ts$/.test(file) && !/\.(test|test-d|bench)\.ts$/.test(file);
}

function examplesOf(repo: Repo, file: string): Example[] {
  const inComment = file.endsWith(".ts");
  const found: Example[] = [];
  let open: { line: number; code: string[] } | undefined;
  for (const [index, raw] of read(repo, file).split("\n").entries()) {
    const line = inComment ? raw.replace(/^\s*\* ?/, "") : raw;
    if (open === undefined) {
      if (/^\s*```(ts|typescript)\s*$/.test(line) && (!inComment || /^\s*\*/.test(raw)))
        open = { line: index + 2, code: [] };
    } else if (/^\s*```\s*$/.test(line)) {
      found.push({ file, line: open.line, code: open.code.join("\n") });
      open = undefined;
    } else open.code.push(line);
  }
  return found;
}

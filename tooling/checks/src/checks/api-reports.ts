import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { reportsOf } from "../api-extractor.ts";
import type { Check } from "../check.ts";

/** The public surface is what the committed reports say: a change of it is a change in `packages/<name>/api/`. */
export const apiReports: Check = {
  name: "api-reports",
  async run(repo, packed) {
    const reports = reportsOf(repo, await packed());
    const problems: string[] = [];
    for (const { file, text, errors } of reports) {
      problems.push(...errors);
      const path = join(repo.root, file);
      if (repo.update) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
      const committed = existsSync(path) ? readFileSync(path, "utf8") : undefined;
      if (committed !== text)
        problems.push(`${difference(file, committed, text)}\nmeant? npm run check -- --only api-reports --update`);
    }
    const known = new Set(reports.map((each) => each.file));
    for (const file of repo.files) {
      if (file.endsWith(".api.md") && !known.has(file)) problems.push(`${file} reports an entry that does not exist`);
    }
    return { problems, detail: `${reports.length} entries` };
  },
};

const EXPORTED =
  /^\/\/ @public(.*)\n(?:\/\/.*\n)*export (?:declare |abstract )*(?:function|class|const|interface|type|let) ([\w$]+)/gm;

/** Every name that an entry exports has a doc comment. */
export const docComments: Check = {
  name: "doc-comments",
  async run(repo, packed) {
    const reports = reportsOf(repo, await packed());
    const problems: string[] = [];
    let count = 0;
    for (const { specifier, text } of reports) {
      // An overload may lean on the comment of another one.
      const documented = new Map<string, boolean>();
      for (const [, marks, name] of text.matchAll(EXPORTED)) {
        if (name === undefined) continue;
        documented.set(name, documented.get(name) === true || !marks?.includes("(undocumented)"));
      }
      count += documented.size;
      for (const [name, has] of documented)
        if (!has) problems.push(`${specifier} exports ${name} without a doc comment`);
    }
    return { problems, detail: `${count} exported names` };
  },
};

/** No declaration that an entry shows gives type checking up. */
export const publicAny: Check = {
  name: "public-any",
  async run(repo, packed) {
    const reports = reportsOf(repo, await packed());
    const problems = reports.flatMap(({ specifier, text }) =>
      text
        .split("\n")
        .filter((line) => /(?<!["'`.\w])any(?!["'`\w(?:])/.test(line.replace(/\/\/.*$/, "")))
        .map((line) => `${specifier} shows any: ${line.trim()}`),
    );
    return { problems, detail: `${reports.length} entries` };
  },
};

function difference(file: string, committed: string | undefined, now: string): string {
  if (committed === undefined) return `${file} is missing`;
  const [before, after] = [committed.split("\n"), now.split("\n")];
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return [`${file} differs:`, ...gone.slice(0, 20), ...come.slice(0, 20)].join("\n");
}

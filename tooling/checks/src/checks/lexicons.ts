import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../check.ts";
import type { Lexicon } from "../lexicon.ts";
import { lexiconsModule } from "../lexicon-text.ts";
import { typesModule } from "../lexicon-types.ts";
import { type Repo, read } from "../repo.ts";

const FOLDER = "packages/atmosphere/src/lexicon";

/** The atmosphere's modules of lexicons and of their types are what `lexicons/` says. */
export const lexicons: Check = {
  name: "lexicons",
  run(repo) {
    const files = repo.files.filter((file) => /^lexicons\/.*\.json$/.test(file)).sort();
    const { read: found, problems } = readLexicons(repo, files);
    const modules = { "lexicons.ts": lexiconsModule(found), "types.ts": typesModule(found) };
    for (const [name, text] of Object.entries(modules)) {
      const path = join(repo.root, FOLDER, name);
      if (repo.update) writeFileSync(path, text);
      if (!existsSync(path) || readFileSync(path, "utf8") !== text)
        problems.push(`${FOLDER}/${name} is not what lexicons/ says; npm run check -- --only lexicons --update`);
    }
    return { problems, detail: `${files.length} lexicons` };
  },
};

function readLexicons(repo: Repo, files: readonly string[]): { read: Lexicon[]; problems: string[] } {
  const problems: string[] = [];
  const all = files.map((file) => {
    const lexicon: Lexicon = JSON.parse(read(repo, file));
    const place = `lexicons/${lexicon.id.replaceAll(".", "/")}.json`;
    if (file !== place) problems.push(`${file} has the id ${lexicon.id}, and so belongs to ${place}`);
    return lexicon;
  });
  return { read: all, problems };
}

import type { Check } from "../check.ts";
import { git, type Package, type Repo, read } from "../repo.ts";

/** Every published package whose source changed since its last version has a changeset. */
export const changesets: Check = {
  name: "changesets",
  run(repo) {
    const notes = repo.files.filter((file) => /^\.changeset\/(?!README)[^/]+\.md$/.test(file));
    const header = notes.map((file) => read(repo, file).split("---")[1] ?? "").join("\n");
    const problems = repo.published
      .filter((each) => isChanged(repo, each) && !header.includes(`"${each.manifest.name}"`))
      .map((each) => `${each.manifest.name} changed and no .changeset/*.md names it: run npm run -s pnpm -- changeset`);
    return { problems, detail: `${notes.length} changesets` };
  },
};

/** The last version is the commit that set it; what has none yet, as in a tree without commits, counts as changed. */
function isChanged(repo: Repo, { folder }: Package): boolean {
  if (git(repo.root, "rev-list", "--all", "--max-count=1") === "") return true;
  const version = git(repo.root, "log", "-1", "--format=%H", '-G"version":', "--", `${folder}/package.json`).trim();
  if (version === "") return true;
  return git(repo.root, "diff", "--name-only", version, "--", `${folder}/src`, ":(exclude)*.test*.ts") !== "";
}

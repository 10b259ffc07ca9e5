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
      .map((each) => `${each.manifest.name} changed and no .changeset/*.md names it: run npx changeset`);
    return { problems, detail: `${notes.length} changesets` };
  },
};

function isChanged(repo: Repo, { folder, manifest }: Package): boolean {
  const tags = git(repo.root, "tag", "--list", `${manifest.name}@*`, "--sort=-v:refname").split("\n");
  const last = tags[0];
  if (last === undefined || last === "") return manifest.version === "0.0.0";
  if (last !== `${manifest.name}@${manifest.version}`) return false; // versioned, and waits for its release
  return git(repo.root, "diff", "--name-only", last, "--", `${folder}/src`, `${folder}/package.json`) !== "";
}

import type { Check } from "../check.ts";
import { type Repo, read } from "../repo.ts";

const RULES: readonly {
  readonly what: string;
  readonly pattern: RegExp;
  readonly applies: (file: string) => boolean;
}[] = [
  {
    what: "an absolute path of one machine",
    pattern: /(?<![\w.$}\]/-])\/(?:work|farm|home|root|Users)\/[\w.]/,
    applies: (file) => file !== "pnpm-lock.yaml",
  },
  {
    what: "a temporary folder by its absolute path",
    pattern: /(?<![\w.$}\]/-])\/tmp\/[\w.]/,
    applies: (file) => file !== "pnpm-lock.yaml" && !file.endsWith(".test.ts"),
  },
  {
    what: "the host of a registry",
    pattern: /\bregistry\.[a-z-]+\.(?:org|com|dev)\b|\btarball: http/,
    applies: () => true,
  },
];

/** Nothing refers to files outside the repository or to the machine it was written on. */
export const outsideReferences: Check = {
  name: "outside-references",
  run(repo) {
    const texts = repo.files.filter((file) => !file.startsWith("fixtures/") && !file.startsWith("tooling/checks/src/"));
    return { problems: texts.flatMap((file) => problemsOf(repo, file)), detail: `${texts.length} files` };
  },
};

function problemsOf(repo: Repo, file: string): string[] {
  const rules = RULES.filter((rule) => rule.applies(file));
  return read(repo, file)
    .split("\n")
    .flatMap((line, index) =>
      rules.filter((rule) => rule.pattern.test(line)).map((rule) => `${file}:${index + 1} names ${rule.what}`),
    );
}

import { AtdataError } from "../errors.ts";

const GROUPS: readonly (readonly [words: string, split: string])[] = [
  ["train|training", "train"],
  ["test|testing", "test"],
  ["val|valid|validation", "validation"],
  ["dev|development", "validation"],
];

/** Python atdata's rules, in its order: between delimiters, at the start, a folder, the first folder. */
const RULES = [
  (words: string) => `[_-](?:${words})[_-]`,
  (words: string) => `^(?:${words})[_-]`,
  (words: string) => `[/\\\\](?:${words})[/\\\\]`,
  (words: string) => `^(?:${words})[/\\\\]`,
].flatMap((rule) => GROUPS.map(([words, split]) => ({ pattern: new RegExp(rule(words)), split })));

/**
 * Tells the split of a file as Python atdata does: from its name, else its path, else `train`.
 *
 * So `test.tar` is of `train`, and everything in `/srv/dev/` of `validation`.
 */
export function splitByRules(path: string): string {
  const lower = path.toLowerCase();
  for (const text of [lastPart(lower), lower]) {
    const rule = RULES.find(({ pattern }) => pattern.test(text));
    if (rule !== undefined) return rule.split;
  }
  return "train";
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ...GROUPS.flatMap(([words, split]) => words.split("|").map((word) => [word, split] as const)),
  ["eval", "test"],
  ["evaluation", "test"],
]);

/**
 * Tells the split of each file from a word in its name, else in the name of its folder; all are of `train` when none has any.
 *
 * @throws AtdataError `REF_INVALID` – a name has words of several splits, or some files have one and this one has not.
 */
export function splitsByNames(paths: readonly string[]): string[] {
  const found = paths.map(splitByName);
  if (found.every((split) => split === undefined)) return paths.map(() => "train");
  return found.map((split, i) => {
    if (split === undefined) throw unclear("the name of this file tells no split, as others do", paths[i] ?? "");
    return split;
  });
}

function splitByName(path: string): string | undefined {
  const parts = path.split(/[/\\]/);
  for (const part of [parts.at(-1), parts.at(-2)]) {
    const words = (part ?? "").toLowerCase().split(/[^a-z]+/);
    const splits = new Set(words.flatMap((word) => WORDS.get(word) ?? []));
    if (splits.size > 1) throw unclear(`this name may mean ${[...splits].join(" or ")}`, path);
    for (const split of splits) return split;
  }
  return undefined;
}

function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function unclear(clause: string, path: string): AtdataError {
  const hint = "give the files of each split: splits: { train: …, test: … }";
  return new AtdataError("REF_INVALID", clause, { ref: path }, { hint });
}

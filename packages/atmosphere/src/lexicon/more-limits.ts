import type { Lexicons, LexRefVariant, LexUserType } from "@atproto/lexicon";
import { isJsonObject, type Problem } from "./problem.ts";

type Path = readonly (string | number)[];

/**
 * Finds what breaks the limits of a lexicon at which the validator of `@atproto/lexicon` does not look: patterns of strings, types
 * and sizes of blobs.
 *
 * @param value - JSON that the validator takes.
 */
export function limitProblem(
  lexicons: Lexicons,
  def: LexUserType | LexRefVariant,
  value: unknown,
  path: Path = [],
): Problem | undefined {
  switch (def.type) {
    case "record":
      return limitProblem(lexicons, def.record, value, path);
    case "ref":
      return limitProblem(lexicons, lexicons.getDefOrThrow(def.ref), value, path);
    case "union": {
      const type = isJsonObject(value) ? `lex:${value.$type}` : "";
      return def.refs.includes(type) ? limitProblem(lexicons, lexicons.getDefOrThrow(type), value, path) : undefined;
    }
    case "object":
      if (!isJsonObject(value)) return undefined;
      return first(Object.entries(def.properties), ([key, property]) =>
        value[key] === undefined ? undefined : limitProblem(lexicons, property, value[key], [...path, key]),
      );
    case "array":
      if (!Array.isArray(value)) return undefined;
      return first(value.entries(), ([index, item]) => limitProblem(lexicons, def.items, item, [...path, index]));
    case "string":
      return patternOf(def)?.test(String(value)) === false
        ? { path, rule: `must match ${patternOf(def)?.source}` }
        : undefined;
    case "blob":
      return isJsonObject(value) ? blobProblem(def, value, path) : undefined;
    default:
      return undefined;
  }
}

function blobProblem(
  { accept, maxSize }: { accept?: string[] | undefined; maxSize?: number | undefined },
  blob: Readonly<Record<string, unknown>>,
  path: Path,
): Problem | undefined {
  if (accept !== undefined && !accept.includes(String(blob.mimeType)))
    return { path: [...path, "mimeType"], rule: `must be ${accept.join(" or ")}` };
  if (maxSize !== undefined && Number(blob.size) > maxSize)
    return { path: [...path, "size"], rule: `must not be more than ${maxSize}` };
  return undefined;
}

/** Our lexicons give strings a `pattern` as JSON Schema does; the language of lexicons has no such word, and passes it over. */
function patternOf(def: object): RegExp | undefined {
  return "pattern" in def ? new RegExp(String(def.pattern)) : undefined;
}

function first<T>(items: Iterable<T>, look: (item: T) => Problem | undefined): Problem | undefined {
  for (const item of items) {
    const problem = look(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

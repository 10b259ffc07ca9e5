import { isJsonObject, type Problem } from "./problem.ts";

const maxDepth = 100;

/**
 * Finds what a repository cannot hold, lexicon or not: it knows no floats and no integers beyond 2^53.
 *
 * A key `__proto__` is refused too, as code that copies the record would take what it holds for the record's own fields.
 */
export function modelProblem(value: unknown, path: readonly (string | number)[] = []): Problem | undefined {
  if (path.length > maxDepth) return { path: path.slice(0, 3), rule: `is nested more than ${maxDepth} deep` };
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return undefined;
    return {
      path,
      rule: Number.isInteger(value) ? "is an integer beyond 2^53" : "is a float, which records cannot hold",
    };
  }
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean")
    return undefined;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const problem = modelProblem(item, [...path, index]);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (!isJsonObject(value)) return { path, rule: "is not JSON" };
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") return { path: [...path, key], rule: "is a key that is not allowed" };
    const problem = modelProblem(item, [...path, key]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

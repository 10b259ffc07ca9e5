import type { Predicate } from "@atdata/core";

/** Lists the fields that a predicate looks at, each once. */
export function predicateFields(predicate: Predicate): string[] {
  const names = new Set<string>();
  const collect = (p: Predicate): void => {
    if (p.op === "not") collect(p.term);
    else if ("terms" in p) p.terms.forEach(collect);
    else names.add(p.field);
  };
  collect(predicate);
  return [...names];
}

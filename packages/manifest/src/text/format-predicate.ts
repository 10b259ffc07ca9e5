import { AtdataError, type Predicate, type PredicateValue } from "@atdata/core";
import { MAX_NESTING } from "./parse-predicate.ts";
import { isPlainName } from "./tokens.ts";

const KEYWORDS = new Set(
  "and or not true false in between contains containsany containsall startswith isnull is null nan infinity".split(" "),
);

/**
 * Writes a predicate as text that `parsePredicate` reads back.
 *
 * What comes back is the same tree, but for what means the same: a junction of one term is that term, and a bigint
 * within ±2^53 a number.
 *
 * @throws AtdataError `PREDICATE_INVALID` – nested deeper than `parsePredicate` reads.
 * @example
 * ```ts
 * import { formatPredicate } from "@atdata/manifest";
 * formatPredicate({ op: "not", term: { op: "in", field: "label", values: [1, 7] } }); // -> "not label in (1, 7)"
 * ```
 */
export function formatPredicate(predicate: Predicate): string {
  return format(predicate, 0);
}

function format(p: Predicate, nesting: number): string {
  if (nesting > MAX_NESTING) {
    const clause = `predicate is nested deeper than ${MAX_NESTING}`;
    throw new AtdataError("PREDICATE_INVALID", clause, {}, { hint: "one flat and/or" });
  }
  switch (p.op) {
    case "and":
    case "or": {
      if (p.terms.length === 0) return p.op === "and" ? "true" : "false";
      return p.terms.map((term) => operand(term, p.terms.length === 1 ? undefined : p.op, nesting)).join(` ${p.op} `);
    }
    case "not":
      return `not ${operand(p.term, "not", nesting + 1)}`;
    case "isNull":
      return `${name(p.field)} isNull`;
    case "between":
      return `${name(p.field)} between ${value(p.low)} and ${value(p.high)}`;
    case "in":
    case "containsAny":
    case "containsAll":
      return `${name(p.field)} ${p.op} (${p.values.map(value).join(", ")})`;
    default:
      return `${name(p.field)} ${p.op} ${value(p.value)}`;
  }
}

/** Writes a part of something, in parentheses where it would otherwise be read as belonging elsewhere. */
function operand(p: Predicate, around: "and" | "or" | "not" | undefined, nesting: number): string {
  if (p.op !== "and" && p.op !== "or") return format(p, nesting);
  const [first] = p.terms;
  if (p.terms.length === 1 && first !== undefined) return operand(first, around, nesting);
  const alone = p.terms.length === 0 || around === undefined || (around === "or" && p.op === "and");
  return alone ? format(p, nesting) : `(${format(p, nesting + 1)})`;
}

function name(field: string): string {
  const plain = isPlainName(field) && !KEYWORDS.has(field.toLowerCase());
  return plain ? field : `"${field.replaceAll('"', '""')}"`;
}

function value(v: PredicateValue): string {
  if (typeof v === "string") return `'${v.replaceAll("'", "''")}'`;
  if (v instanceof Uint8Array) return `x'${Array.from(v, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
  if (typeof v !== "number") return String(v);
  if (Object.is(v, -0)) return "-0";
  // Without an exponent, the digits of a large double would be read as an integer.
  return Number.isInteger(v) && !Number.isSafeInteger(v) ? v.toExponential() : String(v);
}

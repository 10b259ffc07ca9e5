import type { Predicate, PredicateValue } from "@atdata/core";
import type { ManifestField } from "../summary/shard-summary.ts";
import { type SqlBound, sqlBound } from "./sql-bound.ts";
import { sqlName, sqlText } from "./sql-literal.ts";

type Test<Op extends Predicate["op"]> = Extract<Predicate, { readonly op: Op }>;

const UNKNOWN = "NULL::BOOLEAN";

/**
 * Writes a predicate as a boolean expression of DuckDB's SQL that is true, false or NULL where core's evaluator says
 * true, false or unknown: NaN, −0, integers beyond 2^53 and strings by code point included.
 *
 * A field without a column is null. Values are literals, so that DuckDB prunes row groups by them. The files must be
 * read with `can_have_nan = true`: statistics in Parquet pass over NaN, and DuckDB would trust them.
 *
 * @example
 * ```ts
 * import { predicateToSql } from "@atdata/manifest/duckdb";
 * const fields = [{ name: "label", kind: "numeric", type: "int64" }] as const;
 * predicateToSql({ op: "<", field: "label", value: 6.5 }, fields); // -> `"label" < '7'::BIGINT`
 * ```
 */
export function predicateToSql(predicate: Predicate, fields: readonly ManifestField[]): string {
  const columns = new Map(fields.map((field) => [field.name, field]));
  const write = (p: Predicate): string => {
    switch (p.op) {
      case "and":
      case "or":
        return junction(p.op, p.terms.map(write));
      case "not":
        return `NOT (${write(p.term)})`;
      default:
        return fieldTest(p, columns.get(p.field));
    }
  };
  return write(predicate);
}

function junction(op: "and" | "or", terms: readonly string[]): string {
  if (terms.length === 0) return op === "and" ? "true" : "false";
  return terms.length === 1 ? (terms[0] ?? "") : terms.map((term) => `(${term})`).join(` ${op.toUpperCase()} `);
}

function fieldTest(p: Exclude<Predicate, Test<"and" | "or" | "not">>, field: ManifestField | undefined): string {
  switch (p.op) {
    case "isNull":
      return field === undefined ? "true" : `${sqlName(field.name)} IS NULL`;
    case "in":
      return p.values.length === 0 ? "false" : single(field, (column) => member(column, p.values));
    case "containsAny":
      return p.values.length === 0 ? "false" : list(field, (column) => containsAny(column, p.values));
    case "containsAll":
      return p.values.length === 0 ? "true" : list(field, (column) => containsAll(column, p.values));
    case "contains":
      return list(field, (column) => containsAny(column, [p.value]));
    case "startsWith":
      return single(field, (column) => (column.type === "string" ? startsWith(column, p.value) : UNKNOWN));
    case "between":
      return single(field, (column) => junction("and", [compare(column, ">=", p.low), compare(column, "<=", p.high)]));
    case "!=":
      return single(field, (column) => `NOT (${member(column, [p.value])})`);
    case "=":
      return single(field, (column) => member(column, [p.value]));
    default: {
      const { op } = p;
      return single(field, (column) => compare(column, op, p.value));
    }
  }
}

interface Column {
  readonly sql: string;
  readonly type: ManifestField["type"];
}

function single(field: ManifestField | undefined, test: (column: Column) => string): string {
  return field === undefined || field.kind === "set" ? UNKNOWN : test({ sql: sqlName(field.name), type: field.type });
}

function list(field: ManifestField | undefined, test: (column: Column) => string): string {
  return field?.kind === "set" ? test({ sql: sqlName(field.name), type: field.type }) : UNKNOWN;
}

/** False, but unknown for null. */
function never({ sql }: Column): string {
  return `(${sql} IS NULL AND ${UNKNOWN})`;
}

function compare(column: Column, op: "<" | "<=" | ">" | ">=", value: PredicateValue): string {
  const bound = column.type === "boolean" ? undefined : sqlBound(value, column.type);
  if (bound === undefined) return UNKNOWN;
  if (bound === "none") return never(column);
  const below = op === "<" || op === "<=";
  const exact = { at: op, below: below ? "<" : ">=", above: below ? "<=" : ">" }[bound.side];
  const test = `${column.sql} ${exact} ${bound.literal}`;
  // DuckDB orders NaN above everything.
  return below || column.type !== "double" ? test : `(${test} AND NOT isnan(${column.sql}))`;
}

/** `in` and `=`: true when it is one of the values, unknown when some value is of another kind. */
function member(column: Column, values: readonly PredicateValue[]): string {
  const bounds = values.map((value) => sqlBound(value, column.type));
  const literals = exactLiterals(bounds);
  const terms: string[] = [];
  if (literals.length === 1) terms.push(`${column.sql} = ${literals[0]}`);
  else if (literals.length > 1) terms.push(`${column.sql} IN (${literals.join(", ")})`);
  else if (bounds.some((bound) => bound !== undefined)) terms.push(never(column));
  if (bounds.includes(undefined)) terms.push(UNKNOWN);
  return junction("or", terms);
}

function containsAny(column: Column, values: readonly PredicateValue[]): string {
  const literals = exactLiterals(values.map((value) => sqlBound(value, column.type)));
  if (literals.length === 0) return never(column);
  return literals.length === 1
    ? `list_contains(${column.sql}, ${literals[0]})`
    : `list_has_any(${column.sql}, [${literals.join(", ")}])`;
}

function containsAll(column: Column, values: readonly PredicateValue[]): string {
  const literals = exactLiterals(values.map((value) => sqlBound(value, column.type)));
  return literals.length < values.length ? never(column) : `list_has_all(${column.sql}, [${literals.join(", ")}])`;
}

function exactLiterals(bounds: readonly (SqlBound | "none" | undefined)[]): string[] {
  return bounds.flatMap((bound) => (typeof bound === "object" && bound.side === "at" ? [bound.literal] : []));
}

function startsWith(column: Column, value: string): string {
  const lone = /\p{Cs}/u.exec(value)?.index;
  if (lone === undefined) return `starts_with(${column.sql}, ${sqlText(value)})`;
  const unit = value.charCodeAt(lone);
  if (lone < value.length - 1 || unit >= 0xdc00) return never(column);
  // JavaScript finds the first half of a pair at the start of the whole: 1024 characters begin with it.
  const first = 0x10000 + ((unit - 0xd800) << 10);
  const before = value.slice(0, lone);
  const next = `unicode(substring(${column.sql}, ${Array.from(before).length + 1}, 1))`;
  return `(starts_with(${column.sql}, ${sqlText(before)}) AND ${next} BETWEEN ${first} AND ${first + 1023})`;
}

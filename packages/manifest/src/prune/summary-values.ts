import { compareCodePoints, type PredicateValue } from "@atdata/core";
import { columnValue } from "../summary/column-value.ts";
import type { FieldSummary } from "../summary/shard-summary.ts";

/** Kind of value that compares with the values, or items, of a field. */
export function valueKind({ field }: FieldSummary): "string" | "number" | "boolean" {
  return field.type === "int64" || field.type === "double" ? "number" : field.type;
}

/** Kind of a predicate's value. */
export function kindOf(value: PredicateValue): "string" | "number" | "boolean" | "bytes" {
  if (value instanceof Uint8Array) return "bytes";
  return typeof value === "bigint" ? "number" : (typeof value as "string" | "number" | "boolean");
}

/** Orders two values of one kind that is not bytes: numbers exactly, strings by code point. */
export function compareValues(a: PredicateValue, b: PredicateValue): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  // Relational comparison of a bigint with a number is exact in JavaScript.
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Tells whether a value, which is not NaN, may be among those of a field. */
export function mayHold(summary: FieldSummary, value: PredicateValue): boolean {
  // One after the other: a summary may have to decode what it is asked for.
  const { min, max } = summary;
  if (min !== undefined && compareValues(value, min) < 0) return false;
  if (max !== undefined && compareValues(value, max) > 0) return false;
  const stored = columnValue(summary.field.type, value);
  if (stored === undefined) return false;
  return summary.values?.has(stored) ?? summary.filter?.mayHave(stored) ?? true;
}

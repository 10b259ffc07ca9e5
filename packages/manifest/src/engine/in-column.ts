import type { PredicateValue } from "@atdata/core";
import type { ScalarColumn } from "./column.ts";
import { formFor } from "./compare-column.ts";
import { FALSE, maskOf, TRUE, type TruthMask, UNKNOWN, withNulls } from "./truth-mask.ts";

/** Tells of each value of a column whether it is among some, at least one; unknown as the `or` of comparisons is. */
export function inColumn(column: ScalarColumn, values: readonly PredicateValue[]): TruthMask {
  const suiting = values.filter((value) => suits(column, value));
  if (suiting.length === 0) return maskOf(column.values.length, UNKNOWN);
  const set = new Set<unknown>();
  for (const value of suiting) {
    if (column.type === "string") set.add(value);
    else if (column.type === "boolean") set.add(Number(value));
    else if (!Number.isNaN(value)) set.add(formFor(column.values, value as number | bigint));
  }
  // Not equal to a value of another kind is not known to differ from it.
  const other = suiting.length === values.length ? FALSE : UNKNOWN;
  const mask = new Uint8Array(column.values.length);
  for (let i = 0; i < mask.length; i++) mask[i] = set.has(column.values[i]) ? TRUE : other;
  if (column.type !== "string") return withNulls(mask, column.nulls);
  for (let i = 0; i < mask.length; i++) if (typeof column.values[i] !== "string") mask[i] = UNKNOWN;
  return mask;
}

function suits(column: ScalarColumn, value: PredicateValue): boolean {
  if (column.type === "string") return typeof value === "string";
  if (column.type === "boolean") return typeof value === "boolean";
  return typeof value === "number" || typeof value === "bigint";
}

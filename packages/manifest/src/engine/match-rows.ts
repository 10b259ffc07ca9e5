import type { Predicate } from "@atdata/core";
import type { Column, ListColumn, ScalarColumn } from "./column.ts";
import { compareColumn, startsWithColumn } from "./compare-column.ts";
import { inColumn } from "./in-column.ts";
import { FALSE, joinMask, maskOf, negate, TRUE, type TruthMask, UNKNOWN, withNulls } from "./truth-mask.ts";

/**
 * Finds the rows for which a predicate is true, column by column; the same as core's `compilePredicate` finds row by row.
 *
 * A field without a column is null in every row. Order: ascending.
 *
 * @param count - Number of rows; all columns have as many.
 */
export function matchRows(predicate: Predicate, columns: ReadonlyMap<string, Column>, count: number): Uint32Array {
  const mask = new Evaluation(columns, count).mask(predicate);
  const found = new Uint32Array(count);
  let length = 0;
  for (let row = 0; row < count; row++) if (mask[row] === TRUE) found[length++] = row;
  return found.slice(0, length);
}

class Evaluation {
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #count: number;

  constructor(columns: ReadonlyMap<string, Column>, count: number) {
    this.#columns = columns;
    this.#count = count;
  }

  mask(p: Predicate): TruthMask {
    switch (p.op) {
      case "and":
      case "or":
        return this.#junction(p.op, p.terms);
      case "not":
        return negate(this.mask(p.term));
      case "isNull":
        return isNull(this.#columns.get(p.field), this.#count);
      case "=":
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#scalar(p.field, (column) => compareColumn(column, p.op as "=", p.value));
      case "!=":
        return negate(this.#scalar(p.field, (column) => compareColumn(column, "=", p.value)));
      case "between": {
        const { field, low, high } = p;
        const terms: Predicate[] = [
          { op: ">=", field, value: low },
          { op: "<=", field, value: high },
        ];
        return this.#junction("and", terms);
      }
      case "in":
        if (p.values.length === 0) return maskOf(this.#count, FALSE);
        return this.#scalar(p.field, (column) => inColumn(column, p.values));
      case "startsWith":
        return this.#scalar(p.field, (column) => startsWithColumn(column, p.value));
      case "contains":
        return this.#list(p.field, (items) => compareColumn(items, "=", p.value));
      case "containsAny":
        if (p.values.length === 0) return maskOf(this.#count, FALSE);
        return this.#list(p.field, (items) => inColumn(items, p.values));
      case "containsAll": {
        const terms = p.values.map((value): Predicate => ({ op: "contains", field: p.field, value }));
        return this.#junction("and", terms);
      }
    }
  }

  #junction(op: "and" | "or", terms: readonly Predicate[]): TruthMask {
    const [first, ...rest] = terms;
    if (first === undefined) return maskOf(this.#count, op === "and" ? TRUE : FALSE);
    const mask = this.mask(first);
    for (const term of rest) joinMask(op, mask, this.mask(term));
    return mask;
  }

  #scalar(field: string, test: (column: ScalarColumn) => TruthMask): TruthMask {
    const column = this.#columns.get(field);
    return column === undefined || column.type === "list" ? maskOf(this.#count, UNKNOWN) : test(column);
  }

  #list(field: string, test: (items: ScalarColumn) => TruthMask): TruthMask {
    const column = this.#columns.get(field);
    return column?.type === "list" ? anyItem(column, test(column.items)) : maskOf(this.#count, UNKNOWN);
  }
}

function anyItem({ offsets, nulls }: ListColumn, items: TruthMask): TruthMask {
  const mask = new Uint8Array(offsets.length - 1);
  for (let row = 0; row < mask.length; row++) {
    const end = offsets[row + 1] as number;
    for (let i = offsets[row] as number; i < end; i++) {
      if (items[i] !== TRUE) continue;
      mask[row] = TRUE;
      break;
    }
  }
  return withNulls(mask, nulls);
}

function isNull(column: Column | undefined, count: number): TruthMask {
  if (column === undefined) return maskOf(count, TRUE);
  const mask = maskOf(count, FALSE);
  if (column.type === "string") {
    for (let i = 0; i < count; i++) if (typeof column.values[i] !== "string") mask[i] = TRUE;
  } else if (column.nulls !== undefined) {
    for (let i = 0; i < count; i++) if (column.nulls[i] === 1) mask[i] = TRUE;
  }
  return mask;
}

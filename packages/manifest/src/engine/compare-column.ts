import { compareCodePoints, type PredicateValue } from "@atdata/core";
import type { ScalarColumn, StringColumn } from "./column.ts";
import { FALSE, maskOf, TRUE, type TruthMask, UNKNOWN, withNulls } from "./truth-mask.ts";

/** The comparisons that the others are made of. */
export type CompareOperator = "=" | "<" | "<=" | ">" | ">=";

/** Compares each value of a column with one value; unknown for nulls and for a value of another kind. */
export function compareColumn(column: ScalarColumn, op: CompareOperator, value: PredicateValue): TruthMask {
  const { length } = column.values;
  if (column.type === "string") {
    return typeof value === "string" ? compareTexts(column, op, value) : maskOf(length, UNKNOWN);
  }
  if (column.type === "boolean") {
    if (typeof value !== "boolean" || op !== "=") return maskOf(length, UNKNOWN);
    return withNulls(compareNumbers(column.values, op, Number(value)), column.nulls);
  }
  if (typeof value !== "number" && typeof value !== "bigint") return maskOf(length, UNKNOWN);
  return withNulls(compareNumbers(column.values, op, formFor(column.values, value)), column.nulls);
}

/** Tells of each text whether it starts with another. */
export function startsWithColumn(column: ScalarColumn, prefix: string): TruthMask {
  if (column.type !== "string") return maskOf(column.values.length, UNKNOWN);
  return testTexts(column, (text) => text.startsWith(prefix));
}

type Numbers = Float64Array | BigInt64Array | Uint8Array;

/** Gives a number in the form of a column's where that is exact, because comparing different forms is slow. */
export function formFor(values: Numbers, value: number | bigint): number | bigint {
  if (values instanceof BigInt64Array) return Number.isInteger(value) ? BigInt(value) : value;
  return typeof value === "bigint" && BigInt(Number(value)) === value ? Number(value) : value;
}

/** Relational comparison of a bigint with a number is exact in JavaScript; equality of the two is that of numbers. */
function compareNumbers(values: Numbers, op: CompareOperator, v: number | bigint): TruthMask {
  const mask = new Uint8Array(values.length);
  switch (op) {
    case "=":
      // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number of the same value, exactly.
      for (let i = 0; i < mask.length; i++) if ((values[i] as number) == v) mask[i] = TRUE;
      break;
    case "<":
      for (let i = 0; i < mask.length; i++) if ((values[i] as number) < v) mask[i] = TRUE;
      break;
    case "<=":
      for (let i = 0; i < mask.length; i++) if ((values[i] as number) <= v) mask[i] = TRUE;
      break;
    case ">":
      for (let i = 0; i < mask.length; i++) if ((values[i] as number) > v) mask[i] = TRUE;
      break;
    case ">=":
      for (let i = 0; i < mask.length; i++) if ((values[i] as number) >= v) mask[i] = TRUE;
      break;
  }
  return mask;
}

function compareTexts(column: StringColumn, op: CompareOperator, value: string): TruthMask {
  switch (op) {
    case "=":
      return testTexts(column, (text) => text === value);
    case "<":
      return testTexts(column, (text) => compareCodePoints(text, value) < 0);
    case "<=":
      return testTexts(column, (text) => compareCodePoints(text, value) <= 0);
    case ">":
      return testTexts(column, (text) => compareCodePoints(text, value) > 0);
    case ">=":
      return testTexts(column, (text) => compareCodePoints(text, value) >= 0);
  }
}

function testTexts({ values }: StringColumn, test: (text: string) => boolean): TruthMask {
  const mask = new Uint8Array(values.length);
  for (let i = 0; i < mask.length; i++) {
    const text = values[i];
    mask[i] = typeof text !== "string" ? UNKNOWN : test(text) ? TRUE : FALSE;
  }
  return mask;
}

import type { PredicateValue } from "@atdata/core";
import type { ColumnType } from "./shard-summary.ts";

const least64 = -(2n ** 63n);
const most64 = 2n ** 63n - 1n;

/**
 * Gives the one form that a value has in a column: what equal values of any type share.
 *
 * Integers within ±2^53 are numbers and others bigints; floats are numbers; −0 is 0.
 *
 * @returns `undefined` when no value of such a column can equal it, as for NaN.
 */
export function columnValue(type: ColumnType, value: PredicateValue): PredicateValue | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "double":
      return doubleOf(value);
    case "int64":
      return integerOf(value);
  }
}

function doubleOf(value: PredicateValue): number | undefined {
  if (typeof value === "bigint") {
    const number = Number(value);
    // A mixed comparison is exact: the nearest float is it only when it is the integer itself.
    return number <= value && number >= value ? number : undefined;
  }
  if (typeof value !== "number" || Number.isNaN(value)) return undefined;
  return value + 0;
}

function integerOf(value: PredicateValue): number | bigint | undefined {
  if (typeof value === "number") {
    if (!Number.isInteger(value)) return undefined;
    return Number.isSafeInteger(value) ? value + 0 : integerOf(BigInt(value));
  }
  if (typeof value !== "bigint" || value < least64 || value > most64) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

import type { PredicateValue } from "@atdata/core";
import type { ColumnType } from "../summary/shard-summary.ts";
import { sqlText } from "./sql-literal.ts";

/**
 * A value as a column of one type can be compared with it.
 *
 * A value that the type does not have, such as 1.5 among integers, stands just below or above one that it has, and
 * nothing of the type lies between: comparing with the neighbour is then exact.
 */
export interface SqlBound {
  /** A value of the column's type, as SQL. */
  readonly literal: string;
  /** Where the wanted value is, seen from `literal`. */
  readonly side: "at" | "below" | "above";
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Finds the bound for a value in a column.
 *
 * @returns `"none"` for NaN, with which every comparison is false; `undefined` for a value of another kind.
 */
export function sqlBound(value: PredicateValue, type: ColumnType): SqlBound | "none" | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" ? textBound(value) : undefined;
    case "boolean":
      return typeof value === "boolean" ? { literal: String(value), side: "at" } : undefined;
    default:
      if (Number.isNaN(value)) return "none";
      if (typeof value !== "number" && typeof value !== "bigint") return undefined;
      return type === "int64" ? integerBound(value) : doubleBound(value);
  }
}

function textBound(value: string): SqlBound {
  const lone = /\p{Cs}/u.exec(value)?.index;
  if (lone === undefined) return { literal: sqlText(value), side: "at" };
  // No stored text has a lone surrogate, and by code point all of these stand right before U+E000.
  return { literal: sqlText(`${value.slice(0, lone)}\uE000`), side: "below" };
}

function integerBound(value: number | bigint): SqlBound {
  if (value > MAX_INT64) return { literal: bigint(MAX_INT64), side: "above" };
  if (value < MIN_INT64) return { literal: bigint(MIN_INT64), side: "below" };
  if (typeof value === "bigint" || Number.isInteger(value)) return { literal: bigint(BigInt(value)), side: "at" };
  return { literal: bigint(BigInt(Math.ceil(value))), side: "below" };
}

function doubleBound(value: number | bigint): SqlBound {
  const nearest = Number(value);
  const side = nearest > value ? "below" : nearest < value ? "above" : "at";
  return { literal: `'${nearest}'::DOUBLE`, side };
}

function bigint(value: bigint): string {
  return `'${value}'::BIGINT`;
}

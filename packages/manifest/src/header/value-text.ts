import type { PredicateValue } from "@atdata/core";
import { columnValue } from "../summary/column-value.ts";
import type { ColumnType } from "../summary/shard-summary.ts";

/** Writes a value as Python's `str()` does, which is how aggregates name values. */
export function valueText(type: ColumnType, value: PredicateValue): string {
  if (type === "boolean") return value === true ? "True" : "False";
  return type === "double" ? floatText(value as number) : String(value);
}

/** Reads what `str()` of a value of this type gives, or `undefined` where the text is no such thing. */
export function valueFromText(type: ColumnType, text: string): PredicateValue | undefined {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return text === "True" ? true : text === "False" ? false : undefined;
    case "int64":
      return /^-?\d{1,19}$/.test(text) ? columnValue("int64", BigInt(text)) : undefined;
    case "double":
      if (text === "inf" || text === "-inf") return text === "inf" ? Infinity : -Infinity;
      return /^-?\d{1,400}(\.\d{1,400})?(e[+-]?\d{1,3})?$/.test(text) ? Number(text) + 0 : undefined;
  }
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

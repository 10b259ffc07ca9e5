import type { Field, RawSample } from "@atdata/core";
import { fitValue, Misfit } from "./fit-value.ts";
import { SOME_FLOAT } from "./floats.ts";
import type { InputRow } from "./row-input.ts";

const WHOLE = /^[+-]?\d{1,20}$/;
// A number with zeros before it is a code rather than a number.
const PLAIN_WHOLE = /^-?(0|[1-9]\d{0,18})$/;
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SPECIAL: Readonly<Record<string, number>> = {
  ...{ nan: Number.NaN, inf: Infinity, "+inf": Infinity, "-inf": -Infinity },
  ...{ infinity: Infinity, "+infinity": Infinity, "-infinity": -Infinity },
};

/** Gives values of the kind that a column's texts are of: a column with any other text is text. */
export function lookAtCells(rows: readonly InputRow[]): RawSample[] {
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const kinds = names.map(
    (name) => [name, columnKind(rows.map(({ values }) => (values[name] ?? "") as string))] as const,
  );
  return rows.map(({ values }) =>
    Object.fromEntries(kinds.map(([name, kind]) => [name, standIn((values[name] ?? "") as string, kind)])),
  );
}

type ColumnKind = "bool" | "int" | "float" | "str";

function columnKind(cells: readonly string[]): ColumnKind {
  const filled = cells.filter((cell) => cell !== "");
  if (filled.length === 0) return "str";
  if (filled.every((cell) => /^(true|false)$/i.test(cell))) return "bool";
  if (filled.every((cell) => PLAIN_WHOLE.test(cell))) return "int";
  const isFloat = (cell: string): boolean => FLOAT.test(cell) && !/^[+-]?0\d/.test(cell);
  const numbers = filled.filter(isFloat).length;
  return numbers > 0 && filled.every((cell) => isFloat(cell) || isSpecial(cell)) ? "float" : "str";
}

function standIn(cell: string, kind: ColumnKind): unknown {
  if (cell === "") return null;
  if (kind === "int") return wholeOf(cell);
  if (kind === "bool") return true;
  return kind === "float" ? SOME_FLOAT : cell;
}

/** Turns the text of a cell into a value of a field. */
export function fitCell(value: unknown, field: Field): unknown {
  const cell = value as string;
  // Without quotes being kept, no value and no text look alike; a field that must be there takes it for text.
  if (cell === "" && (field.optional || field.kind !== "str")) return fitValue(undefined, field);
  return fitValue(cellValue(cell, field), field);
}

function cellValue(cell: string, field: Field): unknown {
  switch (field.kind) {
    case "str":
      return cell;
    case "int":
    case "int64":
      return WHOLE.test(cell) ? wholeOf(cell) : cell;
    case "float":
      return isSpecial(cell) ? SPECIAL[cell.toLowerCase()] : FLOAT.test(cell) ? Number(cell) : cell;
    case "bool":
      return /^(true|1)$/i.test(cell) ? true : /^(false|0)$/i.test(cell) ? false : cell;
    default:
      return jsonOf(cell, field);
  }
}

/** Lists, dicts and arrays stand in a cell as JSON. */
function jsonOf(cell: string, field: Field): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    throw new Misfit(field, cell);
  }
}

function wholeOf(cell: string): number | bigint {
  const number = Number(cell);
  return Number.isSafeInteger(number) ? number + 0 : BigInt(cell.replace("+", ""));
}

function isSpecial(cell: string): boolean {
  return Object.hasOwn(SPECIAL, cell.toLowerCase());
}

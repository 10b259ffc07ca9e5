import { Readable } from "node:stream";
import { AtdataError, type DataSource, type Field, type RawSample, redactUrl } from "@atdata/core";
import { CsvError, parse } from "csv-parse";
import { fitValue, Misfit } from "./fit-value.ts";
import { byteChunks, textChunks } from "./read-text.ts";
import type { InputRow, RowFormat } from "./row-input.ts";

/** A row that is longer is not looked at. */
const MAX_ROW = 256 * 1024 * 1024;
/** Stands for any float where a type is inferred. */
const SOME_FLOAT = 0.5;
const WHOLE = /^[+-]?\d{1,20}$/;
// A number with zeros before it is a code rather than a number.
const PLAIN_WHOLE = /^-?(0|[1-9]\d{0,18})$/;
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SPECIAL: Readonly<Record<string, number>> = {
  ...{ nan: Number.NaN, inf: Infinity, "+inf": Infinity, "-inf": -Infinity },
  ...{ infinity: Infinity, "+infinity": Infinity, "-infinity": -Infinity },
};

/** Reads CSV with a row of names first; an empty cell is no value. */
export function csv(
  refs: readonly string[],
  delimiter: string,
  sources: readonly DataSource[],
  signal: AbortSignal,
): RowFormat {
  return { rows: readRows(refs, delimiter, sources, signal), look, fit: fitCell };
}

async function* readRows(
  refs: readonly string[],
  delimiter: string,
  sources: readonly DataSource[],
  signal: AbortSignal,
): AsyncGenerator<InputRow> {
  for (const ref of refs) {
    const file = ref === "-" ? "stdin" : redactUrl(ref);
    const text = textChunks(file, byteChunks(ref, sources, signal));
    let failure: { readonly error: unknown } | undefined;
    const input = Readable.from(text).on("error", (error) => {
      failure = { error };
      parser.destroy();
    });
    const parser = input.pipe(
      parse({ delimiter, bom: true, info: true, skip_empty_lines: true, max_record_size: MAX_ROW }),
    );
    let names: readonly string[] | undefined;
    try {
      for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
        const place = { file, line: info.lines };
        if (names === undefined) names = checkNames(record, file);
        else yield { values: Object.fromEntries(names.map((name, i) => [name, record[i] ?? ""])), place };
      }
      if (failure !== undefined) throw failure.error;
    } catch (error) {
      if (failure !== undefined) throw failure.error;
      throw error instanceof CsvError ? refused(error, file) : error;
    } finally {
      input.destroy();
      parser.destroy();
    }
  }
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function checkNames(names: readonly string[], file: string): readonly string[] {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new AtdataError("INPUT_INVALID", "two columns have one name", { file, line: 1, field: twice });
  }
  if (names.includes("")) throw new AtdataError("INPUT_INVALID", "a column has no name", { file, line: 1 });
  return names;
}

function refused(error: CsvError, file: string): AtdataError {
  const { lines } = error as { readonly lines?: unknown };
  const line = typeof lines === "number" ? lines : undefined;
  return new AtdataError(
    "INPUT_INVALID",
    `the row is not CSV: ${error.message}`,
    { file, ...(line && { line }) },
    { cause: error },
  );
}

/** Gives values of the kind that a column's texts are of: a column with any other text is text. */
function look(rows: readonly InputRow[]): RawSample[] {
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

function fitCell(value: unknown, field: Field): unknown {
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

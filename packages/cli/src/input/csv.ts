import { Readable } from "node:stream";
import { AtdataError, type DataSource, redactUrl } from "@atdata/core";
import { CsvError, parse } from "csv-parse";
import { fitCell, lookAtCells } from "./csv-cells.ts";
import { byteChunks, textChunks } from "./read-text.ts";
import type { InputRow, RowFormat } from "./row-input.ts";

/** A row that is longer is not looked at. */
const MAX_ROW = 256 * 1024 * 1024;

/** Reads CSV with a row of names first; an empty cell is no value. */
export function csv(
  refs: readonly string[],
  delimiter: string,
  sources: readonly DataSource[],
  signal: AbortSignal,
): RowFormat {
  return { rows: readRows(refs, delimiter, sources, signal), look: lookAtCells, fit: fitCell };
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

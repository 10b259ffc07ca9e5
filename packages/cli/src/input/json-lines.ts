import { AtdataError, type DataSource, type RawSample, redactUrl } from "@atdata/core";
import { fitValue } from "./fit-value.ts";
import { SOME_FLOAT } from "./floats.ts";
import { byteChunks, textChunks, textLines } from "./read-text.ts";
import type { InputRow, RowFormat } from "./row-input.ts";

/** A whole number that a double may not hold. */
const LONG_NUMBER = /\d{16}/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Reads JSON Lines: an object a line. */
export function jsonLines(refs: readonly string[], sources: readonly DataSource[], signal: AbortSignal): RowFormat {
  return {
    rows: readRows(refs, sources, signal),
    look: (rows) => rows.map(({ text = "{}" }) => parse(text, standIn) as RawSample),
    fit: fitValue,
  };
}

async function* readRows(
  refs: readonly string[],
  sources: readonly DataSource[],
  signal: AbortSignal,
): AsyncGenerator<InputRow> {
  for (const ref of refs) {
    const file = ref === "-" ? "stdin" : redactUrl(ref);
    let line = 0;
    for await (const text of textLines(file, textChunks(file, byteChunks(ref, sources, signal)))) {
      line += 1;
      if (text.trim() === "") continue;
      yield { values: parseLine(text, file, line), text, place: { file, line } };
    }
  }
}

function parseLine(text: string, file: string, line: number): RawSample {
  let value: unknown;
  try {
    value = LONG_NUMBER.test(text) ? parse(text, exact) : JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AtdataError("INPUT_INVALID", `the line is not JSON: ${reason}`, { file, line }, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as RawSample;
  const hint = "JSON Lines have one object a line";
  throw new AtdataError("INPUT_INVALID", "the line is not an object", { file, line }, { hint });
}

function parse(text: string, reviver: Reviver): unknown {
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** Keeps whole numbers exact that a double would round. */
const exact: Reviver = (_key, value, { source }) =>
  typeof value === "number" && !Number.isSafeInteger(value) && source !== undefined && isWhole(source)
    ? BigInt(source)
    : value;

/** Gives a value of the kind that the text is of. */
const standIn: Reviver = (key, value, context) => {
  if (typeof value === "number" && !isWhole(context.source ?? "")) return SOME_FLOAT;
  return exact(key, value, context);
};

function isWhole(source: string): boolean {
  return /^-?\d{1,20}$/.test(source);
}

import { AtdataError, describeField, type Field, type RawSample, type SampleType } from "@atdata/core";
import { fieldName, type InferredType, inferFromSamples } from "../infer-from-samples.ts";
import { Misfit } from "./fit-value.ts";
import { atPlace, INFER_BYTES, type Input, type InputPlace, type InputSample } from "./input.ts";

/** The column that keys are in, where there is one: what `export` writes. */
const KEY = "__key__";

/** How many rows a type is inferred from, where the user does not say. */
const INFER_ROWS = 1000;

/** A sample as a format of rows reads it. */
export interface InputRow {
  /** Values by the input's own names. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The text that it was read from, where a type is inferred from that. */
  readonly text?: string;
  readonly place: InputPlace;
}

/** A format whose samples are rows of named values. */
export interface RowFormat {
  readonly rows: AsyncGenerator<InputRow>;
  /** Gives values that a type is inferred from: JavaScript does not tell `1.0` from `1`, so that another float stands for it. */
  look(rows: readonly InputRow[]): RawSample[];
  /** Turns a value into one of a field, or `undefined`; throws `Misfit`. */
  fit(value: unknown, field: Field): unknown;
}

/** Reads rows as samples of a type; `keyField` names the value that is the key, `file` the input in messages. */
export function rowInput(file: string, format: RowFormat, keyField: string | undefined): Input {
  const held: InputRow[] = [];
  const leftOut = new Set<string>();
  let inferred: InferredType | undefined;
  return {
    leftOut,
    async infer(samples, name) {
      let length = 0;
      while (held.length < (samples ?? INFER_ROWS) && (samples !== undefined || length < INFER_BYTES)) {
        const step = await format.rows.next();
        if (step.done) break;
        held.push(step.value);
        length += step.value.text?.length ?? sizeOf(step.value.values);
      }
      if (held.length === 0) throw new AtdataError("DATASET_EMPTY", "the input has no rows", { name: file });
      try {
        inferred = { ...inferFromSamples(format.look(held).map(withoutKey), name), samples: held.length };
      } catch (error) {
        // Whoever writes into a pipe is not waited for.
        await format.rows.return(undefined);
        throw atPlace(error, { file });
      }
      return inferred;
    },
    async *read(type): AsyncGenerator<InputSample> {
      const fitRow = rowFitter(type, format, inferred, leftOut, keyField);
      const finished = (row: InputRow): InputSample => ({
        sample: fitRow(row),
        key: keyOf(row, keyField),
        place: row.place,
      });
      try {
        for (const row of held.splice(0)) yield finished(row);
        for await (const row of format.rows) yield finished(row);
      } finally {
        await format.rows.return(undefined);
      }
    },
  };
}

function rowFitter(
  type: SampleType<RawSample>,
  format: RowFormat,
  inferred: InferredType | undefined,
  leftOut: Set<string>,
  keyField: string | undefined,
): (row: InputRow) => RawSample {
  const required = Object.keys(type.fields).filter((name) => !type.fields[name]?.optional);
  const names = new Map<string, string | undefined>();
  for (const [field, name] of Object.entries(inferred?.members ?? {})) names.set(name, field);
  return ({ values, place }) => {
    const sample: RawSample = {};
    for (const [name, value] of Object.entries(values)) {
      if (name === KEY) continue;
      let field = names.get(name);
      if (field === undefined && !names.has(name)) {
        field = fieldFor(name, type, Object.keys(values));
        names.set(name, field);
      }
      if (field !== undefined) {
        const fitted = fitValueAt(value, field, type, format, place, inferred);
        if (fitted !== undefined) sample[field] = fitted;
      } else if (inferred !== undefined) {
        throw unseen(name, place, inferred);
      } else if (name !== keyField) leftOut.add(name);
    }
    for (const field of required) if (!Object.hasOwn(sample, field)) throw missing(field, type, place, inferred);
    return sample;
  };
}

/** The field that a name stands for: that of the name, or of the name that inference makes of it. */
function fieldFor(name: string, type: SampleType<RawSample>, names: readonly string[]): string | undefined {
  for (const field of [name, fieldName(name, names)]) if (Object.hasOwn(type.fields, field)) return field;
  return undefined;
}

function fitValueAt(
  value: unknown,
  name: string,
  type: SampleType<RawSample>,
  format: RowFormat,
  place: InputPlace,
  inferred: InferredType | undefined,
): unknown {
  try {
    return format.fit(value, type.fields[name] as Field);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const clause = `a value does not fit: want ${error.want}, got ${error.got}`;
    throw new AtdataError("INPUT_INVALID", clause, { ...place, field: name }, hintFor(inferred));
  }
}

function missing(
  field: string,
  type: SampleType<RawSample>,
  place: InputPlace,
  inferred: InferredType | undefined,
): AtdataError {
  const clause = `a value is missing: want ${describeField(type.fields[field] as Field)}`;
  return new AtdataError("INPUT_INVALID", clause, { ...place, field }, hintFor(inferred));
}

function unseen(field: string, place: InputPlace, inferred: InferredType): AtdataError {
  const clause = "a field comes up that the first samples do not have";
  return new AtdataError("INPUT_INVALID", clause, { ...place, field }, hintFor(inferred));
}

function hintFor(inferred: InferredType | undefined): { hint?: string } {
  if (inferred === undefined) return {};
  return { hint: `infer the type from more than ${inferred.samples} samples with --samples, or give one with --type` };
}

/** Tells about how many bytes a value takes: what is long is counted, the rest guessed. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item), 8);
}

function withoutKey(sample: RawSample): RawSample {
  const { [KEY]: _key, ...rest } = sample;
  return rest;
}

function keyOf({ values, place }: InputRow, field: string | undefined): string | undefined {
  const value = values[field ?? KEY];
  if (field === undefined && (value === undefined || value === null)) return undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return String(value);
  const clause = "there is no text or number to take as the key";
  throw new AtdataError("INPUT_INVALID", clause, { ...place, field: field ?? KEY });
}

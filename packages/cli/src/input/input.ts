import { AtdataError, isAtdataError, type RawSample, type SampleType } from "@atdata/core";
import type { InferredType } from "../infer-from-samples.ts";

declare module "@atdata/core" {
  interface ErrorFields {
    /** What a dataset is to be written from cannot be read, or a value of it does not fit the type. Lines and rows count from 1. */
    INPUT_INVALID: { file: string; line?: number; row?: number; key?: string; field?: string };
  }
}

/** Where a sample comes from: a line of text, a row of a table, or the files of a key. */
export interface InputPlace {
  readonly file: string;
  readonly line?: number;
  readonly row?: number;
  readonly key?: string;
}

/** A sample that was read. */
export interface InputSample {
  readonly sample: RawSample;
  /** Its key, where the input has one. */
  readonly key?: string | undefined;
  readonly place: InputPlace;
}

/** What a dataset is written from. */
export interface Input {
  /** The type that is stored with it. */
  readonly type?: SampleType<RawSample> | undefined;
  /** Finds the type that the first samples fit: so many, or as many as suit the input; called before `read`, or not at all. */
  infer(samples: number | undefined, name: string | undefined): Promise<InferredType>;
  /** Reads all samples as a type; called once. */
  read(type: SampleType<RawSample>): AsyncIterable<InputSample>;
  /** Names of values that the given type has no field for, as far as they were seen. */
  readonly leftOut: ReadonlySet<string>;
}

/** What a type is inferred from is all in memory: where nobody says how many samples, these bytes are enough. */
export const INFER_BYTES: number = 64 * 1024 * 1024;

/** Says where the sample comes from that an error is about. */
export function atPlace(error: unknown, place: InputPlace): unknown {
  if (!isAtdataError(error)) return error;
  const { hint, message } = error;
  const end = hint === undefined ? "" : `; try: ${hint}`;
  const clause = message.endsWith(end) ? message.slice(0, message.length - end.length) : message;
  return new AtdataError("INPUT_INVALID", clause, { ...place }, { ...(hint !== undefined && { hint }), cause: error });
}

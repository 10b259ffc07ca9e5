import {
  AtdataError,
  inferType,
  isAtdataError,
  parseDatasetFile,
  type RawSample,
  redactUrl,
  type SampleType,
  schemaFromJson,
  sourceFor,
} from "@atdata/core";
import { plainText } from "./format/text.ts";
import { formatNumberOf } from "./format/units.ts";
import { allSources, codecs, openRef } from "./open.ts";
import { storedSamples } from "./stored-samples.ts";
import type { Terminal } from "./terminal.ts";

/** A schema that is longer is not looked at. */
const MAX_SCHEMA_BYTES = 256 * 1024 * 1024;
/** How many samples an untyped dataset's type is inferred from, where the user does not say. */
export const INFER_SAMPLES = 100;

/** A type, and how it was come by. */
export interface LoadedType {
  readonly type: SampleType<RawSample>;
  /** Number of samples that it was inferred from; absent when it was stored. */
  readonly inferredFrom?: number;
}

/** Finds the type that a reference stands for: of a schema file, or of a dataset, inferred where none is stored with it. */
export async function loadType(ref: string, signal: AbortSignal): Promise<LoadedType> {
  if (isJsonRef(ref)) return { type: await readTypeFile(ref, signal) };
  const opened = await openRef(ref, { signal });
  const { type } = opened.dataset;
  if (type !== undefined) return { type };
  const samples = await storedSamples(opened, INFER_SAMPLES, signal);
  return { type: inferType(samples), inferredFrom: samples.length };
}

/** Says so, where a type was inferred and not stored. */
export async function noteInference(ref: string, loaded: LoadedType, { err }: Terminal): Promise<void> {
  if (loaded.inferredFrom === undefined) return;
  const from = `inferred from the first ${formatNumberOf(loaded.inferredFrom, "sample")}`;
  await err.write(err.colors.dim(`${plainText(redactUrl(ref))}: no type is stored with it; ${from}`).concat("\n"));
}

/** Reads a type from a file: the local form, a schema record, a JSON Schema, or a `.dataset.json`. */
export async function readTypeFile(ref: string, signal: AbortSignal): Promise<SampleType<RawSample>> {
  const bytes = await readBytes(ref, signal);
  const url = redactUrl(ref);
  const json = parseJson(bytes, url);
  if (typeof json === "object" && json !== null && "format" in json && "shards" in json) {
    return parseDatasetFile(bytes, url, { codecs }).type;
  }
  try {
    return schemaFromJson(json, { codecs });
  } catch (error) {
    if (!isAtdataError(error)) throw error;
    const { hint } = error;
    // The fields of a schema error name the field; the file belongs to it, as there may be two.
    throw new AtdataError(error.code, `${url}: ${error.clause}`, error.fields, { ...(hint && { hint }), cause: error });
  }
}

function isJsonRef(ref: string): boolean {
  return /\.json($|[?#])/i.test(ref);
}

async function readBytes(ref: string, signal: AbortSignal): Promise<Uint8Array> {
  const reader = await sourceFor(allSources(), ref).open(ref, { signal });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      length += chunk.length;
      if (length > MAX_SCHEMA_BYTES) throw invalid("file is too long for a schema", redactUrl(ref));
      chunks.push(chunk);
    }
  } finally {
    await reader.close();
  }
  return Buffer.concat(chunks);
}

function parseJson(bytes: Uint8Array, url: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid("file is not JSON", url, cause);
  }
}

function invalid(clause: string, url: string, cause?: unknown): AtdataError {
  const hint = "a schema is the local form, a schema record, a JSON Schema or a .dataset.json";
  return new AtdataError("FORMAT_INVALID", clause, { format: "schema", url }, { hint, cause });
}

import {
  AtdataError,
  isAtdataError,
  parseDatasetFile,
  parseRef,
  type RawSample,
  redactUrl,
  type SampleType,
  schemaFromJson,
  sourceFor,
} from "@atdata/core";
import { codecs } from "./codecs.ts";
import { plainText } from "./format/text.ts";
import { formatNumberOf } from "./format/units.ts";
import { type InferredType, inferFromSamples } from "./infer-from-samples.ts";
import { allSources, isIndexRef, openRef, openUserIndex, type Session } from "./open.ts";
import { storedSamples } from "./stored-samples.ts";
import type { Terminal } from "./terminal.ts";

/** What `--type` may name, for helps. */
export const TYPE_HELP = "a file (local form, schema record, JSON Schema, .dataset.json) or atdata://repo/schema/Name";
/** What a type may be taken of, for helps. */
export const TYPE_REF_HELP = "dataset, schema file, or atdata://repo/schema/Name[@version]";
/** A schema that is longer is not looked at. */
const MAX_SCHEMA_BYTES = 256 * 1024 * 1024;
/** How many samples an untyped dataset's type is inferred from, where the user does not say. */
export const INFER_SAMPLES = 100;

/** A type, and how it was come by. */
export interface LoadedType {
  readonly type: SampleType<RawSample>;
  /** How it was inferred; absent when it was stored. */
  readonly inferred?: InferredType;
}

/** Finds the type that a reference stands for: of a schema file, or of a dataset, inferred where none is stored with it. */
export async function loadType(ref: string, session: Session): Promise<LoadedType> {
  if (isJsonRef(ref)) return { type: await readTypeFile(ref, session) };
  if (isIndexRef(ref)) return loadStoredType(ref, session);
  const opened = await openRef(ref, session);
  const { type } = opened.dataset;
  if (type !== undefined) return { type };
  const inferred = inferFromSamples(await storedSamples(opened, INFER_SAMPLES, session.signal));
  return { type: inferred.type, inferred };
}

/** Says so, where a type was inferred and not stored. */
export async function noteInference(ref: string, { inferred }: LoadedType, terminal: Terminal): Promise<void> {
  if (inferred === undefined) return;
  await writeNote(`${redactUrl(ref)}: no type is stored with it; ${inferenceText(inferred)}`, terminal);
}

/** Says what a type was inferred from, and which files its fields are where that is not plain. */
export function inferenceText({ samples, members }: InferredType): string {
  const from = `inferred from the first ${formatNumberOf(samples, "sample")}`;
  return Object.keys(members).length === 0 ? from : `${from}; members: ${JSON.stringify(members)}`;
}

/** Writes a line for the user, beside the data. */
export async function writeNote(text: string, { err }: Terminal): Promise<void> {
  await err.write(`${err.colors.dim(plainText(text))}
`);
}

/** Reads a type from a file: the local form, a schema record, a JSON Schema, or a `.dataset.json`. */
export async function readTypeFile(ref: string, session: Session): Promise<SampleType<RawSample>> {
  if (isIndexRef(ref)) return (await loadStoredType(ref, session)).type;
  const bytes = await readBytes(ref, session);
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

/** Finds the type of a dataset of an index, or the stored type of that name. */
async function loadStoredType(ref: string, session: Session): Promise<LoadedType> {
  const { signal } = session;
  const index = await openUserIndex(session);
  const named = parseRef(ref);
  const isDataset = named.kind === "named" && named.type !== "schema" && named.type !== "lens";
  const entry = isDataset ? await index.get(ref, { signal }) : undefined;
  const of = entry === undefined ? { ref, repo: undefined } : { ref: entry.schemaRef, repo: entry.repo };
  const type = await index.schema(of.ref, { ...(of.repo !== undefined && { repo: of.repo }), signal });
  if (type !== undefined) return { type };
  if (entry === undefined && isDataset) await index.resolve(ref, { signal });
  const hint = "atdata schema list tells those there are";
  throw new AtdataError("SCHEMA_NOT_FOUND", "no such schema is stored", { schema: of.ref }, { hint });
}

function isJsonRef(ref: string): boolean {
  return /\.json($|[?#])/i.test(ref);
}

async function readBytes(ref: string, session: Session): Promise<Uint8Array> {
  const reader = await sourceFor(allSources(session), ref).open(ref, session);
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

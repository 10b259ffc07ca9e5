import { readFile } from "node:fs/promises";
import {
  type AnyLens,
  AtdataError,
  type CallOptions,
  type Index,
  isAtdataError,
  lensFromJson,
  lensFromStored,
  type SampleType,
} from "@atdata/core";
import { importModule } from "../import-module.ts";

/** What a lens may be taken of, for helps. */
export const LENS_FILE_HELP =
  "a module that exports one, as `atdata schema check --lens` writes, or JSON: a declared lens, or the form that indexes keep";

/** Where the types are that a file names. */
export interface LensFileOptions extends CallOptions {
  /** Has them. */
  readonly index: Index;
  /** The repository that they are of. */
  readonly repo: string;
}

/**
 * Reads a lens from a file.
 *
 * @throws AtdataError `NOT_FOUND`, `FORMAT_INVALID`, `SCHEMA_NOT_FOUND`, or what the lens is wrong in.
 */
export async function readLensFile(path: string, options: LensFileOptions): Promise<AnyLens> {
  if (!/\.json$/i.test(path)) return exportedLens(path);
  const json = await readJson(path);
  const { source, view, source_schema, view_schema } = json;
  const types = {
    source: await namedType(source ?? source_schema, path, options),
    view: await namedType(view ?? view_schema, path, options),
  };
  const isDeclared = typeof json.format === "string" && json.format.startsWith("atdata.lens/");
  return (isDeclared ? lensFromJson(json, types) : lensFromStored(json, types)) as AnyLens;
}

async function exportedLens(path: string): Promise<AnyLens> {
  const lenses = Object.values(await importModule(path, "lens module")).filter(isLens);
  const [lens] = new Set(lenses);
  if (lens !== undefined && new Set(lenses).size === 1) return lens;
  const clause = lens === undefined ? "module exports no lens" : "module exports more than one lens";
  throw invalid(path, clause, "export const migrate = fieldLens(…)");
}

function isLens(value: unknown): value is AnyLens {
  if (typeof value !== "object" || value === null) return false;
  const { source, view, get, put } = value as Partial<Record<keyof AnyLens, unknown>>;
  return isType(source) && isType(view) && typeof get === "function" && typeof put === "function";
}

function isType(value: unknown): value is SampleType {
  return typeof value === "object" && value !== null && "fields" in value && "encode" in value;
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw invalid(path, "file is not JSON", "a lens of atdata.lens/1");
    throw new AtdataError("NOT_FOUND", "the file cannot be read", { url: path }, { cause });
  }
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw invalid(path, "file is no lens", "a lens of atdata.lens/1");
}

/** Finds the type of a lens, which JSON only names. */
async function namedType(given: unknown, path: string, { index, repo, signal }: LensFileOptions): Promise<SampleType> {
  const { name, version } = typeof given === "string" ? { name: given } : ((given ?? {}) as Record<string, unknown>);
  if (typeof name !== "string") throw invalid(path, "file names no types", "a lens of atdata.lens/1");
  const ref = typeof version === "string" ? `${name}@${version}` : name;
  for (const home of new Set([repo, "local"])) {
    const type = await index.schema(ref, { repo: home, signal }).catch((error: unknown) => {
      if (isAtdataError(error, "REF_INVALID")) throw invalid(path, "file names no types", "a lens of atdata.lens/1");
      throw error;
    });
    if (type !== undefined) return type as SampleType;
  }
  const hint = `atdata schema publish ${name}.schema.json --to @${repo}`;
  throw new AtdataError("SCHEMA_NOT_FOUND", "a type of the lens is not stored", { schema: ref }, { hint });
}

function invalid(url: string, clause: string, hint: string): AtdataError<"FORMAT_INVALID"> {
  return new AtdataError("FORMAT_INVALID", clause, { format: "lens", url }, { hint });
}

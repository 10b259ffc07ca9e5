import { AtdataError } from "../errors.ts";
import { isDType } from "../ndarray/dtype.ts";
import type { Field, FieldDetails, ManifestOptions } from "./field.ts";
import { invalidSchema, isJsonObject, type Json, own } from "./invalid-schema.ts";
import { isName } from "./names.ts";

/** What stored schemas say of an array, in either form. */
export interface StoredArray {
  dtype?: string;
  shape?: readonly (number | null)[];
  dimensionNames?: readonly string[];
  /** Ours: dtype and shape were declared, and are enforced; without it they are notes, for Python guesses them. */
  exact?: true;
}

/** What both stored forms say of a field besides its kind. */
export interface StoredNotes {
  /** Ours. */
  description?: string;
  /** Ours. */
  manifest?: ManifestOptions;
}

/** Writes what is known of an array field. */
export function storeArray(field: Field): StoredArray {
  const { dtype, shape, dimensionNames } = field;
  return {
    ...(dtype !== undefined && { dtype }),
    ...(shape !== undefined && { shape }),
    ...(dimensionNames !== undefined && { dimensionNames }),
    ...((dtype !== undefined || shape !== undefined) && field.noted !== true && { exact: true }),
  };
}

/** Reads it back. A dtype that is only a note and that we do not know is dropped. */
export function readArray(json: Json, field: string): FieldDetails {
  const dtype = own(json, "dtype") ?? undefined;
  const shape = own(json, "shape") ?? undefined;
  const names = own(json, "dimensionNames") ?? undefined;
  const exact = own(json, "exact") === true;
  if (exact && dtype !== undefined && !isDType(dtype)) throw invalidSchema(`no such dtype: ${String(dtype)}`, field);
  if (shape !== undefined && !isShape(shape)) throw invalidSchema("shape is not a list of lengths and nulls", field);
  if (names !== undefined && !isTexts(names)) throw invalidSchema("dimensionNames is not a list of texts", field);
  const noted = !exact && (isDType(dtype) || shape !== undefined);
  return {
    ...(isDType(dtype) && { dtype }),
    ...(shape !== undefined && { shape }),
    ...(names !== undefined && { dimensionNames: names }),
    ...(noted && { noted: true as const }),
  };
}

/** Writes a field's description and manifest options. */
export function storeNotes({ description, manifest }: Field): StoredNotes {
  return { ...(description !== undefined && { description }), ...(manifest !== undefined && { manifest }) };
}

/** Reads them back. */
export function readNotes(json: Json, field: string): FieldDetails {
  const description = own(json, "description");
  const manifest = own(json, "manifest") ?? undefined;
  return {
    ...(typeof description === "string" && { description }),
    ...(manifest !== undefined && { manifest: readManifest(manifest, field) }),
  };
}

/** Checks the names that Python must be able to rebuild: those of types and fields that are stored. */
export function checkStorable(name: string, fields: readonly string[]): void {
  for (const [text, what] of [[name, "type"] as const, ...fields.map((field) => [field, "field"] as const)]) {
    if (isName(text)) continue;
    const hint = "Python must be able to rebuild the type: use letters, digits and _, and no Python keyword";
    throw new AtdataError("SCHEMA_INVALID", `${what} name cannot be stored`, { field: text }, { hint });
  }
}

/** Checks a name that was read: any text but `__proto__`. */
export function checkReadName(name: unknown, taken: object): string {
  if (typeof name !== "string" || name === "") throw invalidSchema("a field has no name");
  if (name === "__proto__") throw invalidSchema("a field cannot be called __proto__", name);
  if (Object.hasOwn(taken, name)) throw invalidSchema("a field is there twice", name);
  return name;
}

/** Puts fields in the order that was noted; those it does not name come last. */
export function inNotedOrder<T>(entries: Record<string, T>, order: unknown): Record<string, T> {
  if (!Array.isArray(order)) return entries;
  const result: Record<string, T> = {};
  for (const name of order) {
    if (typeof name === "string" && Object.hasOwn(entries, name)) result[name] = entries[name] as T;
  }
  return { ...result, ...entries };
}

/** Reads the version of a stored type. */
export function readVersion(json: Json): string | undefined {
  const version = own(json, "version") ?? undefined;
  if (version === undefined || typeof version === "string") return version;
  throw invalidSchema("version is not a text");
}

/** Reads the name of a stored type: of a dotted one, as old Python versions wrote them, the last part. */
export function readTypeName(json: Json): string {
  const name = own(json, "name");
  const last = typeof name === "string" ? name.slice(name.lastIndexOf(".") + 1) : "";
  if (last === "") throw invalidSchema("schema has no name");
  return last;
}

function readManifest(json: unknown, field: string): ManifestOptions {
  if (!isJsonObject(json)) throw invalidSchema("manifest is not an object", field);
  const kind = own(json, "kind");
  const exclude = own(json, "exclude");
  return {
    ...((kind === "categorical" || kind === "numeric" || kind === "set" || kind === "time") && { kind }),
    ...(typeof exclude === "boolean" && { exclude }),
  };
}

function isShape(value: unknown): value is (number | null)[] {
  return Array.isArray(value) && value.every((n) => n === null || (Number.isSafeInteger(n) && n >= 0));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

import { AtdataError, isAtdataError, withFields } from "../errors.ts";

/** How deep lists and dicts may nest in a stored schema. */
export const MAX_SCHEMA_DEPTH = 64;

/** Makes the error for a stored schema that is not usable. */
export function invalidSchema(clause: string, field?: string, hint?: string): AtdataError<"SCHEMA_INVALID"> {
  return new AtdataError(
    "SCHEMA_INVALID",
    clause,
    field === undefined ? {} : { field },
    hint === undefined ? {} : { hint },
  );
}

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** Tells whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Gives a key's value, but not what an object inherits. */
export function own(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Builds a field and names it in the error that comes of it. */
export function inField<T>(field: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw isAtdataError(error, "SCHEMA_INVALID") ? withFields(error, { field }) : error;
  }
}

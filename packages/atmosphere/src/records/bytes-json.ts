import { fromBase64, toBase64 } from "@atproto/lex-data";
import { isJsonObject } from "../lexicon/problem.ts";

const MAX_DEPTH = 100;

/** Writes bytes as records have them. */
export function bytesToJson(bytes: Uint8Array): { readonly $bytes: string } {
  return { $bytes: toBase64(bytes) };
}

/** Reads bytes of a record, with or without padding; `undefined` for what is none. */
export function bytesFromJson(value: unknown): Uint8Array | undefined {
  if (!isJsonObject(value) || typeof value.$bytes !== "string") return undefined;
  try {
    return fromBase64(value.$bytes);
  } catch {
    return undefined;
  }
}

/** Writes a value as JSON of a record: bytes as `$bytes`, members that are `undefined` left out. The rest is not looked at. */
export function valueToJson(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new TypeError(`values nest deeper than ${MAX_DEPTH}`);
  if (value instanceof Uint8Array) return bytesToJson(value);
  if (Array.isArray(value)) return value.map((item) => valueToJson(item, depth + 1));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, valueToJson(item, depth + 1)]));
}

/** Reads JSON of a record that was checked: `$bytes` become bytes. */
export function valueFromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueFromJson);
  if (!isJsonObject(value)) return value;
  const bytes = Object.keys(value).length === 1 ? bytesFromJson(value) : undefined;
  return bytes ?? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueFromJson(item)]));
}

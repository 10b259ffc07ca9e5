import type { PredicateValue } from "./predicate.ts";

/** Writes a single value as JSON: large integers, bytes, NaN and infinities as objects with one tag. */
export function valueToJson(value: PredicateValue): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) };
  }
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
  return typeof value === "number" && !Number.isFinite(value) ? { $float: String(value) } : value;
}

/** Reads a value that {@link valueToJson} wrote; `undefined` when it is none. */
export function valueFromJson(json: unknown): PredicateValue | undefined {
  if (typeof json === "string" || typeof json === "number" || typeof json === "boolean") return json;
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const [[tag, content] = [], ...more] = Object.entries(json) as [string, unknown][];
  if (more.length > 0 || typeof content !== "string") return undefined;
  if (tag === "$int" && /^-?\d{1,40}$/.test(content)) return BigInt(content);
  if (tag === "$float" && ["NaN", "Infinity", "-Infinity"].includes(content)) return Number(content);
  return tag === "$bytes" ? fromBase64(content) : undefined;
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array | undefined {
  // atob also takes blanks and missing padding, which the format does not.
  if (text.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

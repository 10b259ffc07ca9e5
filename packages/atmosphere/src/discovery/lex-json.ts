import { asCid, ifCid, type LexValue, toBase64 } from "@atproto/lex-data";

const MAX_DEPTH = 100;

/**
 * Writes a decoded record as the JSON that XRPC carries: bytes as `$bytes` without padding, links as `$link`.
 *
 * @throws TypeError – it nests too deep, or has a key `__proto__`, of which the decoder has made a prototype.
 */
export function lexToJson(value: LexValue, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new TypeError(`is nested more than ${MAX_DEPTH} deep`);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
  if (Array.isArray(value)) return value.map((item) => lexToJson(item, depth + 1));
  if (ifCid(value) !== null) return { $link: asCid(value).toString() };
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError("has a key that is not allowed");
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lexToJson(item as LexValue, depth + 1)]));
}

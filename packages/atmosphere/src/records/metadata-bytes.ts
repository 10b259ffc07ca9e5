import { decodeDynamic, encodeDynamic, isAtdataError } from "@atdata/core";
import type { JsonRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { isJsonObject } from "../lexicon/problem.ts";
import { bytesFromJson, bytesToJson, valueFromJson } from "./bytes-json.ts";
import { invalidRecord } from "./read-record.ts";

/**
 * Writes metadata as bytes of a record: a msgpack map whose length is a multiple of three.
 *
 * A PDS gives base64 without padding, which Python reads only where there would be none.
 *
 * @throws TypeError, AtdataError `INTEGER_TOO_LARGE` – what msgpack cannot hold.
 */
export function metadataToBytes(metadata: Readonly<Record<string, unknown>>): { readonly $bytes: string } {
  return bytesToJson(inThrees(encodeDynamic(metadata)));
}

/**
 * Reads the metadata of an entry's record: bytes as the lexicon says, or an object as Python writes it, which is flattened.
 *
 * @throws AtdataError `RECORD_INVALID` – bytes that are no msgpack map.
 */
export function metadataFromJson(value: unknown, uri: string): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined) return undefined;
  if (isJsonObject(value) && !Object.hasOwn(value, "$bytes")) return flattened(value);
  const place = { collection: COLLECTIONS.entry, field: "metadata", uri };
  const bytes = bytesFromJson(value);
  if (bytes === undefined) throw invalidRecord("metadata is neither bytes nor an object", place);
  try {
    const metadata = decodeDynamic(bytes);
    if (isJsonObject(metadata)) return metadata;
  } catch (cause) {
    if (!isAtdataError(cause, "MSGPACK_INVALID")) throw cause;
    throw invalidRecord("metadata is not msgpack", place, { cause });
  }
  throw invalidRecord("metadata is not a map", place);
}

/** Python's names of what it writes in camel case. */
const SNAKE: Readonly<Record<string, string>> = {
  sourceUri: "source_uri",
  createdBy: "created_by",
  processingSteps: "processing_steps",
};

function flattened({ custom, ...known }: JsonRecord): Readonly<Record<string, unknown>> {
  const named = Object.entries(known).map(([key, value]) => [
    Object.hasOwn(SNAKE, key) ? (SNAKE[key] as string) : key,
    valueFromJson(value),
  ]);
  const own = isJsonObject(custom) ? (valueFromJson(custom) as JsonRecord) : custom === undefined ? {} : { custom };
  return { ...own, ...Object.fromEntries(named) };
}

/** Gives a map up to two bytes more by writing the lengths of map and first key wider than they need be, which every reader takes. */
function inThrees(map: Uint8Array): Uint8Array {
  const missing = (3 - (map.length % 3)) % 3;
  if (missing === 0) return map;
  const body = map[0] === 0xdf ? 5 : map[0] === 0xde ? 3 : 1;
  const head = map.subarray(0, body);
  const key = map[body] as number;
  // What has more is far beyond what an entry may hold.
  if (body === 5 || key === 0xdb) return map;
  if (missing === 2) return joined(widerMap(head), map.subarray(body));
  if (key === 0xda) return joined(widerMap(head), [0xdb, 0, 0], map.subarray(body + 1));
  if (key === 0xd9) return joined(head, [0xda, 0], map.subarray(body + 1));
  return joined(head, [0xd9, key & 0x1f], map.subarray(body + 1));
}

/** Two bytes more: a short map becomes one of 16 bits, and that one of 32. */
function widerMap(head: Uint8Array): number[] {
  return head.length === 1 ? [0xde, 0, (head[0] as number) & 0x0f] : [0xdf, 0, 0, ...head.subarray(1)];
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

import type { JsonRecord, RepoRecord } from "../src/client/repo-client.ts";

/** Gives a record as a PDS gives it back: keys sorted by length, then by byte; base64 without padding. */
export function fromRepository(record: JsonRecord): JsonRecord {
  return sorted(JSON.parse(JSON.stringify(record))) as JsonRecord;
}

/** Puts a record at a place. */
export function recordAt(uri: string, value: JsonRecord): RepoRecord {
  return { uri, cid: "bafyreiaaaa", rkey: uri.slice(uri.lastIndexOf("/") + 1), value };
}

/** Gives a record of this account as its repository does. */
export function recordIn(collection: string, value: JsonRecord, rkey = "3k"): RepoRecord {
  return recordAt(`at://did:plc:abc/science.alt.dataset.${collection}/${rkey}`, fromRepository(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
    key,
    key === "$bytes" && typeof item === "string" ? item.replace(/=+$/, "") : sorted(item),
  ]);
  const utf8 = (text: string) => new TextEncoder().encode(text);
  return Object.fromEntries(
    entries.sort(([a], [b]) => utf8(a).length - utf8(b).length || Buffer.from(a).compare(Buffer.from(b))),
  );
}

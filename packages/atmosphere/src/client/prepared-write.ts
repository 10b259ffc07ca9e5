import { AtdataError } from "@atdata/core";
import { decode, encode } from "@atproto/lex-cbor";
import { asCid, cidForCbor, fromBase64, ifCid, type LexValue, parseCid, toBase64 } from "@atproto/lex-data";
import { isValidNsid, isValidRecordKey } from "@atproto/syntax";
import type { Change } from "./collections.ts";
import type { JsonRecord, RecordWrite, RepoRecord } from "./repo-client.ts";
import { isJsonObject } from "./xrpc-answer.ts";

const MAX_DEPTH = 100;

/** A write as a PDS will have it. */
export interface PreparedWrite extends Change {
  readonly action: RecordWrite["action"];
  /** Length of its JSON. */
  readonly bytes: number;
}

/** Where a write is: the key of what is known of writes. */
export function placeOf({ collection, rkey }: { readonly collection: string; readonly rkey: string }): string {
  return `${collection}/${rkey}`;
}

/**
 * Computes the record that a PDS keeps of a write: fields in the order of DAG-CBOR, bytes without padding, and its CID.
 *
 * @throws AtdataError `RECORD_INVALID` – what the data model of ATProto cannot hold, such as a float.
 * @throws TypeError when collection or key are none.
 */
export async function prepareWrite(did: string, write: RecordWrite): Promise<PreparedWrite> {
  const { action, collection, rkey } = write;
  if (!isValidNsid(collection)) throw new TypeError(`not a collection: ${collection}`);
  if (!isValidRecordKey(rkey)) throw new TypeError(`not a key of a record: ${rkey}`);
  if (action === "delete") return { action, collection, rkey, bytes: 200 + collection.length + rkey.length };
  const uri = `at://${did}/${collection}/${rkey}`;
  const invalid = (field: string, rule: string): AtdataError => {
    return new AtdataError("RECORD_INVALID", `a record cannot hold this: ${rule}`, { collection, field, uri });
  };
  const cbor = encode(fromJson(write.value, "", invalid));
  const value = jsonFromLex(decode(cbor)) as JsonRecord;
  const cid = (await cidForCbor(cbor)).toString();
  const record: RepoRecord = { uri, cid, rkey, value };
  const json = new TextEncoder().encode(JSON.stringify(value));
  return { action, collection, rkey, record, bytes: 200 + collection.length + rkey.length + json.length };
}

type Refuse = (field: string, rule: string) => AtdataError;

function fromJson(value: unknown, path: string, refuse: Refuse, depth = 0): LexValue {
  if (depth > MAX_DEPTH) throw refuse(path.slice(0, 100), "it is nested too deep");
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    // CBOR is UTF-8, in which halves of pairs become other characters.
    if (/\p{Surrogate}/u.test(value)) throw refuse(path, "its text is not well formed");
    return value;
  }
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return value;
    throw refuse(path, Number.isInteger(value) ? "it is an integer beyond 2^53" : "it is a float");
  }
  if (Array.isArray(value)) return value.map((item, i) => fromJson(item, `${path}[${i}]`, refuse, depth + 1));
  if (!isJsonObject(value)) throw refuse(path, `it is a ${typeof value}`);
  const special = fromSpecial(value, path, refuse);
  if (special !== undefined) return special;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const field = path === "" ? key : `${path}.${key}`;
      if (key === "__proto__") throw refuse(field, "such a key is not allowed");
      return [key, fromJson(item, field, refuse, depth + 1)];
    }),
  );
}

function fromSpecial(value: JsonRecord, path: string, refuse: Refuse): LexValue | undefined {
  if (Object.keys(value).length !== 1) return undefined;
  const { $link, $bytes } = value;
  try {
    if (typeof $link === "string") return parseCid($link);
    if (typeof $bytes === "string") return fromBase64($bytes);
  } catch {
    throw refuse(path, "it is no CID or no base64");
  }
  return undefined;
}

/** Writes a value of DAG-CBOR as the JSON that XRPC carries. */
export function jsonFromLex(value: LexValue): unknown {
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
  if (Array.isArray(value)) return value.map(jsonFromLex);
  if (typeof value !== "object" || value === null) return value;
  if (ifCid(value) !== null) return { $link: asCid(value).toString() };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonFromLex(item as LexValue)]));
}

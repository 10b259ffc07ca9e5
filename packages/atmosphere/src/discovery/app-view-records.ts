import { isValidDid, isValidRecordKey } from "@atproto/syntax";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { checkRecord } from "../lexicon/check-record.ts";
import type { Collection } from "../lexicon/collections.ts";
import { isJsonObject } from "../lexicon/problem.ts";
import { ifReadable } from "../provider/read-records.ts";

/** What a view has beside the fields of its record. */
const OF_VIEWS = new Set(["uri", "cid", "did", "record"]);

/**
 * Reads the record that an AppView shows: its fields stand in `record`, or between those of the view and without their `$type`.
 *
 * @returns `undefined` for what is no such record, or does not fit its lexicon.
 */
export function recordOfView(view: unknown, collection: Collection): RepoRecord | undefined {
  if (!isJsonObject(view)) return undefined;
  const { uri, cid, did, record } = view;
  if (typeof uri !== "string" || typeof cid !== "string") return undefined;
  const [, authority = "", found, rkey = ""] = /^at:\/\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(uri) ?? [];
  if (found !== collection || !isValidDid(authority) || !isValidRecordKey(rkey)) return undefined;
  if (did !== undefined && did !== authority) return undefined;
  const fields = isJsonObject(record) ? record : fieldsOf(view);
  const value: JsonRecord = { $type: collection, ...fields };
  return ifReadable(() => {
    checkRecord(collection, value, uri);
    return { uri, cid, rkey, value };
  });
}

function fieldsOf(view: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(view).filter(([key, value]) => !OF_VIEWS.has(key) && value !== null && value !== undefined),
  );
}

import { AtdataError } from "@atdata/core";
import type { RepoRecord } from "./repo-client.ts";
import type { Xrpc } from "./xrpc.ts";
import { type AnswerPlace, isJsonObject } from "./xrpc-answer.ts";

const PAGE = 100;
/** No repository has more; one that goes on for ever is stopped. */
const MAX_RECORDS = 1_000_000;
const LIST = "com.atproto.repo.listRecords";

/** The repository of one account at its PDS. */
export interface RepoPlace {
  /** Calls the PDS. */
  readonly xrpc: Xrpc;
  /** Origin of the PDS, for messages. */
  readonly pds: string;
  /** The account. */
  readonly did: string;
}

/** Lists the records of a collection, in the order of their keys; a commit meanwhile may leave its traces in a part. */
export async function listRecords(
  { xrpc, pds, did }: RepoPlace,
  collection: string,
  signal: AbortSignal | undefined,
): Promise<readonly RepoRecord[]> {
  const place = { pds, operation: LIST };
  const found = new Map<string, RepoRecord>();
  let listed = 0;
  let cursor: string | undefined;
  for (;;) {
    const page = await xrpc.query(LIST, { repo: did, collection, limit: PAGE, cursor }, { signal });
    if (!Array.isArray(page.records)) throw strange("its answer has no list of records", place);
    for (const item of page.records) {
      const record = readRecord(item, did, collection, place);
      found.set(record.rkey, record);
    }
    // The last page is empty at some servers, and has no cursor at others.
    if (page.records.length === 0 || page.cursor === undefined) break;
    if (typeof page.cursor !== "string" || page.cursor === cursor) throw strange("its cursor leads nowhere", place);
    listed += page.records.length;
    if (listed > MAX_RECORDS) throw strange("it lists records without end", place);
    cursor = page.cursor;
  }
  return inOrder(found.values());
}

/** Sorts records by their keys, as a list of its own. */
export function inOrder(records: Iterable<RepoRecord>): readonly RepoRecord[] {
  return [...records].sort((a, b) => (a.rkey < b.rkey ? -1 : 1));
}

/**
 * Reads a record of an answer.
 *
 * @throws AtdataError `PDS_FAILED` when it is none, or one of another place.
 */
export function readRecord(item: unknown, did: string, collection: string, place: AnswerPlace): RepoRecord {
  if (!isJsonObject(item)) throw strange("a record is not an object", place);
  const { uri, cid, value } = item;
  if (typeof cid !== "string" || !isJsonObject(value)) throw strange("a record lacks its CID or its value", place);
  const start = `at://${did}/${collection}/`;
  const rkey = typeof uri === "string" && uri.startsWith(start) ? uri.slice(start.length) : "";
  if (rkey === "" || rkey.includes("/")) throw strange("a record has a uri of somewhere else", place);
  return { uri: start + rkey, cid, rkey, value };
}

/** Makes the error for an answer that is none. */
export function strange(what: string, place: AnswerPlace): AtdataError {
  return new AtdataError("PDS_FAILED", `the PDS answered strangely: ${what}`, place);
}

import { AtdataError, isAtdataError, redactUrl } from "@atdata/core";
import type { Collections, Commit } from "./collections.ts";
import { type PreparedWrite, placeOf } from "./prepared-write.ts";
import type { JsonRecord } from "./repo-client.ts";
import { strange } from "./repo-records.ts";
import type { Xrpc } from "./xrpc.ts";
import { isJsonObject } from "./xrpc-answer.ts";

const OPERATION = "com.atproto.repo.applyWrites";

/** A commit of ours. */
export interface Applied {
  /** The commit. */
  readonly commit: Commit;
  /** CIDs of the records written, by `collection/rkey`. */
  readonly cids: ReadonlyMap<string, string>;
}

/** Another commit came before. */
export interface Overtaken {
  /** Whether that may be this one: it was sent before, and not answered. */
  readonly mayBeDone: boolean;
}

/**
 * Writes records in one commit, which follows the given one or is not made.
 *
 * It may be sent several times: after the first that was taken, the others no longer follow.
 *
 * @throws AtdataError `PDS_FAILED`.
 */
export async function applyWrites(
  { xrpc, pds, did }: { readonly xrpc: Xrpc; readonly pds: string; readonly did: string },
  swapCommit: string,
  writes: readonly PreparedWrite[],
  signal: AbortSignal,
): Promise<Applied | Overtaken> {
  const body = {
    repo: did,
    // A PDS knows none of these types, and refuses what it should check and cannot.
    validate: false,
    swapCommit,
    writes: writes.map(({ action, collection, rkey, record }) => {
      const value = record === undefined ? {} : { value: record.value };
      return { $type: `${OPERATION}#${action}`, collection, rkey, ...value };
    }),
  };
  let mayBeDone = false;
  const onRetry = (failure: unknown): void => {
    // One that was told to wait was not looked at.
    mayBeDone ||= !(isAtdataError(failure, "PDS_FAILED") && failure.fields.status === 429);
  };
  let answer: JsonRecord;
  try {
    answer = await xrpc.procedure(OPERATION, body, { signal, onRetry });
  } catch (error) {
    if (isAtdataError(error, "PDS_FAILED") && error.fields.error === "InvalidSwap") return { mayBeDone };
    if (!mayBeDone || !isAtdataError(error, "PDS_FAILED", "AUTH_EXPIRED")) throw error;
    // What the last attempt came to says nothing of those before.
    const fields = { pds: redactUrl(pds), operation: OPERATION };
    throw new AtdataError("PDS_FAILED", "nobody said whether the commit was made", fields, { cause: error });
  }
  const { commit, results } = answer;
  const place = { pds: redactUrl(pds), operation: OPERATION };
  if (!isJsonObject(commit) || typeof commit.cid !== "string" || typeof commit.rev !== "string") {
    throw strange("it does not tell its commit", place);
  }
  const cids = new Map<string, string>();
  for (const [i, write] of writes.entries()) {
    const result: unknown = Array.isArray(results) ? results[i] : undefined;
    if (write.record === undefined) continue;
    const told = isJsonObject(result) && typeof result.cid === "string" ? result.cid : write.record.cid;
    cids.set(placeOf(write), told);
  }
  return { commit: { cid: commit.cid, rev: commit.rev }, cids };
}

/**
 * Tells whether a repository has what these writes would make, so that they were taken although nobody said so.
 *
 * `undefined` when the commit is no longer the latest one.
 */
export async function isDone(
  collections: Collections,
  head: Commit,
  writes: readonly PreparedWrite[],
  signal: AbortSignal,
): Promise<boolean | undefined> {
  for (const collection of new Set(writes.map((write) => write.collection))) {
    const records = await collections.at(head, collection, signal);
    if (records === undefined) return undefined;
    const cids = new Map(records.map((record) => [record.rkey, record.cid]));
    const own = writes.filter((write) => write.collection === collection);
    if (!own.every(({ rkey, record }) => cids.get(rkey) === record?.cid)) return false;
  }
  return true;
}

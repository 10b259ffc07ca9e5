import { AtdataError, type CallOptions, isAtdataError } from "@atdata/core";
import { jsonFromLex } from "../client/prepared-write.ts";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { type Account, type RecordPlace, type SignedRecord, signedRecord } from "./signed-record.ts";

/** The repository may get another version of the record between asking for it and for its proof. */
const ATTEMPTS = 3;

/** A record that was compared with its CID and with what its account has signed. */
export interface CheckedRecord {
  /** The record: as the PDS gives it, or where that is broken, as it was signed; `undefined` when there is none. */
  readonly record: RepoRecord | undefined;
  /** What is wrong with the record as the PDS gives it. */
  readonly broken?: AtdataError | undefined;
  /** What is wrong with its proof. */
  readonly unproven?: AtdataError | undefined;
  /** What was signed. */
  readonly signed?: SignedRecord | undefined;
}

/** Reads a record, and checks it. */
export async function checkedRecord(
  account: Account,
  place: RecordPlace,
  options: CallOptions,
): Promise<CheckedRecord> {
  const { uri, collection, rkey } = place;
  for (let attempt = 1; ; attempt++) {
    const { value: record, error: broken } = await settle(account.reader.get(collection, rkey, options));
    if (record === undefined && broken === undefined) return { record };
    const { value: signed, error: unproven } = await settle(signedRecord(account, place, options));
    if (signed === undefined) return { record, broken, unproven };
    if (record === undefined) return { record: recordOf(account, place, signed), broken, signed };
    if (record.cid === signed.cid) return { record, signed };
    if (attempt < ATTEMPTS) continue;
    const clause = "the account has signed another version of the record than its PDS gives";
    return { record, unproven: new AtdataError("SIGNATURE_INVALID", clause, { uri }) };
  }
}

/**
 * Reads a record that has to be there, to fit its CID, and to be signed.
 *
 * @throws AtdataError `RECORD_MISMATCH`, `SIGNATURE_INVALID`; what asking for it throws.
 */
export async function requireChecked(
  account: Account,
  place: RecordPlace,
  missing: () => AtdataError,
  options: CallOptions,
): Promise<RepoRecord> {
  const { record, broken, unproven } = await checkedRecord(account, place, options);
  const problem = broken ?? unproven ?? (record === undefined ? missing() : undefined);
  if (problem !== undefined) throw problem;
  return record as RepoRecord;
}

function recordOf({ identity }: Account, { collection, rkey }: RecordPlace, { cid, value }: SignedRecord): RepoRecord {
  return { uri: `at://${identity.did}/${collection}/${rkey}`, rkey, cid, value: jsonFromLex(value) as JsonRecord };
}

async function settle<T>(work: Promise<T>): Promise<{ readonly value?: T; readonly error?: AtdataError }> {
  try {
    return { value: await work };
  } catch (error) {
    if (isAtdataError(error)) return { error };
    throw error;
  }
}

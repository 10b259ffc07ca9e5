import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import type { CodeReference, LensVerificationRecord } from "../lexicon/types.ts";
import { checked } from "./checked.ts";
import { didOf, fieldsOf } from "./read-record.ts";
import { utcTime } from "./record-time.ts";
import type { ToRecordOptions } from "./schema-record.ts";

/** What somebody says of a lens that they have checked. */
export interface NewLensVerification {
  /** Uri of the lens's record. */
  readonly lens: string;
  /** CID of the version of the record that was checked. */
  readonly lensCommit: string;
  /** How: `codeReview`, `formalProof`, `signedHash`, `automatedTest` or anything else. */
  readonly method: string;
  /** Hash of the code that was checked. */
  readonly codeHash?: { readonly algorithm: string; readonly digest: string } | undefined;
  /** Where the proof is. */
  readonly proof?: CodeReference | undefined;
  /** What else there is to say. */
  readonly description?: string | undefined;
}

/** A verification as it was read. */
export interface LensVerification extends NewLensVerification {
  /** Uri of its record. */
  readonly uri: string;
  /** DID of the account that says it. */
  readonly verifier: string;
  /** When: ISO 8601 in UTC. */
  readonly createdAt: string;
}

/**
 * Writes a verification as a record.
 *
 * @throws AtdataError `RECORD_INVALID` – with the field.
 */
export function verificationToRecord(
  { lens, lensCommit, method, codeHash, proof, description }: NewLensVerification,
  { createdAt }: ToRecordOptions,
): JsonRecord {
  return checked(COLLECTIONS.verification, {
    $type: COLLECTIONS.verification,
    lens,
    lensCommit,
    verificationMethod: method,
    createdAt,
    ...(codeHash !== undefined && { codeHash: { ...codeHash } }),
    ...(proof !== undefined && { proofRef: { ...proof } }),
    ...(description !== undefined && { description }),
  });
}

/**
 * Reads a verification from its record; nothing of it is checked.
 *
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri and the field.
 */
export function verificationFromRecord(record: RepoRecord): LensVerification {
  // Checked by its lexicon.
  const value = fieldsOf(record, COLLECTIONS.verification) as LensVerificationRecord;
  const { lens, lensCommit, verificationMethod, codeHash, proofRef, description } = value;
  return {
    lens,
    lensCommit,
    method: verificationMethod,
    ...(codeHash !== undefined && { codeHash }),
    ...(proofRef !== undefined && { proof: proofRef }),
    ...(description !== undefined && { description }),
    uri: record.uri,
    verifier: didOf(record),
    createdAt: utcTime(value.createdAt) ?? value.createdAt,
  };
}

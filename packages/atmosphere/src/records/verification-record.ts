import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import type { CodeReference } from "./lens-record.ts";
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

/** Writes a verification as a record. */
export function verificationToRecord(verification: NewLensVerification, options: ToRecordOptions): JsonRecord {
  throw new Error(`not there yet: ${verification.lens} ${options.createdAt}`);
}

/**
 * Reads a verification from its record; nothing of it is checked.
 *
 * @throws AtdataError `RECORD_TYPE`, `RECORD_INVALID` – with the uri and the field.
 */
export function verificationFromRecord(record: RepoRecord): LensVerification {
  throw new Error(`not there yet: ${record.uri}`);
}

import { AtdataError, type CallOptions, isAtdataError } from "@atdata/core";
import { verifySignature } from "@atproto/crypto";
import { encode } from "@atproto/lex-cbor";
import { ifCid, type LexValue } from "@atproto/lex-data";
import type { RepoReader } from "../client/repo-client.ts";
import type { Identity } from "../identity/identity.ts";
import { fields, readCar } from "./car.ts";
import { findInTree } from "./record-tree.ts";

/** An account as its DID document describes it now, and its repository. */
export interface Account {
  readonly identity: Identity;
  readonly reader: RepoReader;
}

/** Where a record is. */
export interface RecordPlace {
  readonly uri: string;
  readonly collection: string;
  readonly rkey: string;
}

/** What an account has signed of a record. */
export interface SignedRecord {
  /** CID of the record. */
  readonly cid: string;
  /** The record as the account has signed it. */
  readonly value: LexValue;
  /** Revision of the repository that was signed. */
  readonly rev: string;
}

/**
 * Asks a PDS to prove that its account has signed a record, and checks the proof with the key of the DID document.
 *
 * @throws AtdataError `SIGNATURE_INVALID` – it does not hold; `PDS_FAILED`.
 */
export async function signedRecord(
  { reader, identity }: Account,
  place: RecordPlace,
  options: CallOptions,
): Promise<SignedRecord> {
  return checkProof(await reader.proof(place.collection, place.rkey, options), identity, place);
}

/**
 * Checks the proof of a record.
 *
 * @throws AtdataError `SIGNATURE_INVALID`.
 */
export async function checkProof(
  proof: Uint8Array,
  { did, signingKey }: Pick<Identity, "did" | "signingKey">,
  { uri, collection, rkey }: RecordPlace,
): Promise<SignedRecord> {
  const invalid = (clause: string, cause?: unknown): AtdataError => {
    return new AtdataError("SIGNATURE_INVALID", clause, { uri }, { cause });
  };
  if (signingKey === undefined) throw invalid("the DID document has no key that is known here");
  try {
    const blocks = readCar(proof);
    const { sig, ...commit } = fields(blocks.get(blocks.root));
    if (commit.did !== did) throw invalid("the proof of the record is of another account");
    const data = ifCid(commit.data);
    if (!(sig instanceof Uint8Array) || data === null || typeof commit.rev !== "string") {
      throw invalid("the proof of the record has no signed commit");
    }
    if (!(await verifySignature(signingKey, encode(commit as LexValue), sig))) {
      throw invalid("the repository is not signed with the key of the DID document");
    }
    const cid = findInTree(blocks, data, `${collection}/${rkey}`);
    if (cid === undefined) throw invalid("the record is not in what the account has signed");
    return { cid: cid.toString(), value: blocks.get(cid), rev: commit.rev };
  } catch (error) {
    if (isAtdataError(error)) throw error;
    const why = error instanceof TypeError ? `: ${error.message}` : "";
    throw invalid(`the proof of the record cannot be used${why}`, error);
  }
}

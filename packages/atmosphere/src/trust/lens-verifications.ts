import { AtdataError, type CallOptions, type ErrorCode, isAtdataError } from "@atdata/core";
import type { Atmosphere } from "../atmosphere.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { ifReadable } from "../provider/read-records.ts";
import { type LensVerification, verificationFromRecord } from "../records/verification-record.ts";
import { requireChecked } from "./checked-record.ts";
import { findAccount } from "./find-account.ts";
import type { PublishedLens } from "./published-lens.ts";
import type { Account } from "./signed-record.ts";

/** A verification, and whether it holds for the lens as it is now. */
export interface CheckedVerification extends LensVerification {
  /** Whether it does; `undefined` where it names a hash that there is nothing to compare with. */
  readonly ok: boolean | undefined;
  /** Why, in a clause. */
  readonly what: string;
  /** `LENS_UNVERIFIED`, or what is wrong with the record: `SIGNATURE_INVALID`, `RECORD_MISMATCH`. */
  readonly code?: ErrorCode | undefined;
}

/** Settings of {@link lensVerifications}. */
export interface LensVerificationsOptions extends CallOptions {
  /** Finds accounts and reads their repositories. */
  readonly atmosphere: Pick<Atmosphere, "identities" | "open" | "did">;
  /** Whose word is asked for, by handle or DID; by default that of the lens's own account, and of who is logged in. */
  readonly verifiers?: readonly string[] | undefined;
}

/**
 * Lists what accounts say of a lens, in the order of accounts and of time, each compared with the lens as it was read.
 *
 * A verification holds when its account has signed it, when it is of this version of the lens's record, and when the hash that it names
 * is that of the lens. It says nothing of whether its account is to be trusted.
 *
 * @throws AtdataError what finding the accounts and asking their PDSes throws.
 */
export async function lensVerifications(
  lens: PublishedLens,
  options: LensVerificationsOptions,
): Promise<readonly CheckedVerification[]> {
  const { atmosphere, signal } = options;
  const author = /^at:\/\/([^/]+)/.exec(lens.uri)?.[1] ?? "";
  const verifiers = options.verifiers ?? [author, ...(atmosphere.did === undefined ? [] : [atmosphere.did])];
  const accounts = new Map<string, Account>();
  for (const authority of verifiers) {
    const account = await findAccount(atmosphere, authority, { signal });
    accounts.set(account.identity.did, account);
  }
  const checked: CheckedVerification[] = [];
  for (const account of accounts.values()) {
    const records = await account.reader.all(COLLECTIONS.verification, { signal });
    const said = records
      .flatMap((record) => ifReadable(() => verificationFromRecord(record)) ?? [])
      .filter((verification) => isOf(lens, verification.lens))
      .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
    for (const verification of said) checked.push(await check(lens, verification, account, { signal }));
  }
  return checked;
}

/** Tells whether a uri is that of a lens, with its DID or its handle. */
function isOf({ uri, handle }: PublishedLens, given: string): boolean {
  if (given === uri) return true;
  const [, authority = "", rest = ""] = /^at:\/\/([^/]+)(\/.*)$/.exec(given) ?? [];
  return handle !== undefined && authority.toLowerCase() === handle && uri.endsWith(rest);
}

async function check(
  lens: PublishedLens,
  listed: LensVerification,
  account: Account,
  options: CallOptions,
): Promise<CheckedVerification> {
  const { uri } = listed;
  const rkey = uri.slice(uri.lastIndexOf("/") + 1);
  let verification = listed;
  const failed = (what: string, code: ErrorCode = "LENS_UNVERIFIED"): CheckedVerification => {
    return { ...verification, ok: false, what, code };
  };
  try {
    const missing = (): AtdataError => new AtdataError("NOT_FOUND", "the record is no longer there", { url: uri });
    const place = { uri, collection: COLLECTIONS.verification, rkey };
    // Listings are not checked: what counts is what the account has signed.
    verification = verificationFromRecord(await requireChecked(account, place, missing, options));
    if (!isOf(lens, verification.lens)) return failed("what the account has signed is of another lens");
  } catch (error) {
    if (isAtdataError(error)) return failed(error.clause, error.code);
    throw error;
  }
  const { lensCommit, codeHash, method } = verification;
  if (lensCommit !== lens.commit) return failed("it is of another version of the lens");
  if (lens.versions.ok === false) return failed(`a type of the lens is of another version: ${lens.versions.what}`);
  const algorithm = codeHash?.algorithm.toLowerCase().replace("-", "");
  if (codeHash === undefined) {
    if (method === "signedHash") return failed("it names no hash");
    return { ...verification, ok: true, what: "it is of this version of the lens" };
  }
  if (lens.codeHash === undefined || algorithm !== lens.codeHash.algorithm) {
    const what =
      lens.codeHash === undefined ? "it has the hash of code that is somewhere else" : "its hash is of another kind";
    return { ...verification, ok: undefined, what };
  }
  if (codeHash.digest.toLowerCase() !== lens.codeHash.digest) return failed("it has another hash than the lens");
  return { ...verification, ok: true, what: "it is of this version of the lens, and has its hash" };
}

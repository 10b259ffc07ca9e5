import { AtdataError, type CallOptions, checkLens, type LensReport, type RawSample } from "@atdata/core";
import type { Atmosphere } from "../atmosphere.ts";
import { makeTid } from "../client/tid.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import type { CodeReference } from "../lexicon/types.ts";
import { authRequired } from "../provider/own-repo.ts";
import { ifReadable } from "../provider/read-records.ts";
import { timeAfter } from "../provider/record-order.ts";
import { uriOf } from "../provider/record-uri.ts";
import { type LensVerification, verificationFromRecord, verificationToRecord } from "../records/verification-record.ts";
import type { PublishedLens } from "./published-lens.ts";

/** What is said of a lens, and how that is known. */
export type VerificationMethod =
  /** Its laws are tried on these samples, of its source type. */
  | { readonly method: "automatedTest"; readonly samples: readonly RawSample[] }
  /** The hash of its stored form is noted and, as the whole repository, signed. */
  | { readonly method: "signedHash" }
  /** Somebody has read it, or proved something of it. */
  | { readonly method: "codeReview" | "formalProof"; readonly proof?: CodeReference | undefined };

/** Settings of {@link publishVerification}. */
export type PublishVerificationOptions = VerificationMethod &
  CallOptions & {
    /** Says it: the account that is logged in. */
    readonly atmosphere: Pick<Atmosphere, "own">;
    /** What was found; for `automatedTest` by default on how many samples which laws hold. */
    readonly description?: string | undefined;
  };

/**
 * Says in the own repository that a lens was verified, in the version that was read.
 *
 * What was said before of this version by the same method is replaced.
 *
 * @throws AtdataError `LENS_UNVERIFIED` – a law does not hold, its types are not of the versions that it names, or there is nothing
 *   to hash; then nothing is written.
 * @throws AtdataError `AUTH_REQUIRED`; `UNSUPPORTED` – the lens is code, which is not given; what writing throws.
 * @throws RangeError – `automatedTest` without samples.
 */
export async function publishVerification(
  lens: PublishedLens,
  options: PublishVerificationOptions,
): Promise<LensVerification> {
  const { atmosphere, method, signal } = options;
  const { own } = atmosphere;
  if (own === undefined) throw authRequired("publishVerification");
  const found = options.method === "automatedTest" ? test(lens, options.samples) : undefined;
  if (method === "signedHash" && lens.codeHash === undefined) {
    const hint = "only a declarative lens is in its record";
    throw unverified(lens, method, "the lens is code that is somewhere else", hint);
  }
  const verification = {
    lens: lens.uri,
    lensCommit: lens.commit,
    method,
    ...(lens.codeHash !== undefined && { codeHash: lens.codeHash }),
    ...("proof" in options && options.proof !== undefined && { proof: options.proof }),
    description: options.description ?? found,
  };
  const collection = COLLECTIONS.verification;
  const newKey = makeTid();
  return own.transact(
    async (state) => {
      const all = await state.all(collection);
      const said = all.find((record) => {
        const before = ifReadable(() => verificationFromRecord(record));
        return before?.lens === lens.uri && before.lensCommit === lens.commit && before.method === method;
      });
      const rkey = said?.rkey ?? newKey;
      const value = verificationToRecord(verification, { createdAt: timeAfter(all) });
      const uri = uriOf(own.identity, collection, rkey);
      const result = (cids: ReadonlyMap<string, string>): LensVerification => {
        return verificationFromRecord({ uri, rkey, cid: cids.get(`${collection}/${rkey}`) ?? "", value });
      };
      return { writes: [{ action: said === undefined ? "create" : "update", collection, rkey, value }], result };
    },
    { signal },
  );
}

function test(lens: PublishedLens, samples: readonly RawSample[]): string {
  const { source, versions } = lens;
  if (versions.ok === false) throw unverified(lens, "automatedTest", `a type is of another version: ${versions.what}`);
  const strange = samples.findIndex((sample) => !source.is(sample));
  if (strange >= 0) throw unverified(lens, "automatedTest", `sample ${strange} is not of the type ${source.name}`);
  const { ok, ...laws } = checkLens(lens.build(), samples);
  if (!ok) throw unverified(lens, "automatedTest", `these do not hold: ${namesOf(laws, false)}`);
  return `${namesOf(laws, true)} hold on ${samples.length} samples`;
}

const NAMES = { types: "types", getPut: "GetPut", putGet: "PutGet", putPut: "PutPut" } as const;

function namesOf(laws: Omit<LensReport<unknown, unknown>, "ok">, holds: boolean): string {
  const keys = Object.keys(NAMES) as (keyof typeof NAMES)[];
  return keys
    .filter((key) => laws[key].holds === holds)
    .map((key) => NAMES[key])
    .join(", ");
}

function unverified({ uri }: PublishedLens, verification: string, clause: string, hint?: string): AtdataError {
  return new AtdataError("LENS_UNVERIFIED", clause, { lens: uri, verification }, hint === undefined ? {} : { hint });
}

import { AtdataError, type ErrorCode, isAtdataError, schemaFromLocal } from "@atdata/core";
import type { RepoRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { entryFromRecord, type ReadEntry } from "../records/entry-from-record.ts";
import { schemaFromAtRecord } from "../records/schema-record.ts";
import { Chain, look, type TrustLink, type TrustLinkKind } from "./chain.ts";
import { checkedRecord, requireChecked } from "./checked-record.ts";
import { findAccount, parseRecordUri } from "./find-account.ts";
import type { Account } from "./signed-record.ts";
import type { VerifyEntryOptions } from "./verify-options.ts";
import { verifyShards } from "./verify-shards.ts";

/** How the chain from an account to the samples of a dataset fared. */
export interface TrustReport {
  /** The record of the entry, as it was asked for. */
  readonly uri: string;
  /** Whether no link is broken. */
  readonly ok: boolean;
  /** The code of the first link that is broken. */
  readonly code?: ErrorCode | undefined;
  /** All links: `identity`, `record`, `signature` and `schema`, then for each shard `shard`, `manifest` and, where asked for, `samples`. */
  readonly links: readonly TrustLink[];
}

/**
 * Follows the chain from an account to the samples of a dataset of its, and tells of every link whether it holds.
 *
 * The DID document says where the repository is and with which key it is signed; a handle in the uri has to be named back by it.
 * The record has to fit its CID, and to be in what the account has signed; so does that of the schema, in whatever repository
 * it is. Shards are read from where they lie, front to back, and compared with CID and SHA-256; manifests with their shard; samples with
 * the hashes in the manifests. What of it is wrong is told by the links, and not thrown.
 *
 * @param uri - Of the entry's record: `at://<did or handle>/science.alt.dataset.entry/<key>`.
 * @throws AtdataError `REF_INVALID`, `RECORD_TYPE` – the uri is none of an entry.
 */
export async function verifyEntry(uri: string, options: VerifyEntryOptions): Promise<TrustReport> {
  const place = parseRecordUri(uri, COLLECTIONS.entry);
  const chain = new Chain(options.onLink);
  await follow(chain, place, options);
  const code = chain.links.find(({ ok }) => ok === false)?.code;
  return { uri, ok: code === undefined, ...(code !== undefined && { code }), links: chain.links };
}

async function follow(
  chain: Chain,
  place: ReturnType<typeof parseRecordUri>,
  options: VerifyEntryOptions,
): Promise<void> {
  const { atmosphere, signal } = options;
  const stop = (links: readonly TrustLinkKind[], what: string): void => {
    for (const link of links) chain.tell({ link, ok: undefined, what });
  };
  const account = chain.add(
    "identity",
    await look(async () => {
      const value = await findAccount(atmosphere, place.authority, { signal });
      return { ok: true, what: described(value), value };
    }),
  );
  const rest = ["signature", "schema", "shard", "manifest"] as const;
  if (account === undefined) return stop(["record", ...rest], "the account is not known");

  const { record, broken, unproven, signed } = await checkedRecord(account, place, { signal });
  const missing = new AtdataError("DATASET_NOT_FOUND", "the account has no such record", { ref: place.uri });
  const read = record && readEntry(record);
  // A url that is refused is no fault of the record as such.
  const refused = read?.error?.code === "URL_REFUSED" ? read.error : undefined;
  const problem = broken ?? (record === undefined ? missing : undefined) ?? (refused ? undefined : read?.error);
  if (problem !== undefined) chain.add("record", { ok: false, error: problem });
  else chain.tell({ link: "record", ok: true, what: `it has the CID ${record?.cid}` });
  if (record === undefined || read === undefined) return stop(rest, "there is no record");

  if (unproven !== undefined) chain.add("signature", { ok: false, error: unproven });
  else
    chain.tell({
      link: "signature",
      ok: true,
      what: `${account.identity.signingKey} has signed it, at ${signed?.rev}`,
    });

  chain.add("schema", await look(() => checkSchema(record, account, options)));
  if (refused !== undefined) chain.add("shard", { ok: false, error: refused });
  if (read.entry === undefined)
    return stop(refused === undefined ? ["shard", "manifest"] : ["manifest"], "its shards are not known");
  await verifyShards(chain, read.entry, account, options);
}

function described({ identity: { did, handle, pds } }: Account): string {
  return `${did} is ${handle === undefined ? "an account without a handle that leads to it" : `@${handle}`}, at ${pds}`;
}

function readEntry(record: RepoRecord): { readonly entry?: ReadEntry; readonly error?: AtdataError } {
  try {
    return { entry: entryFromRecord(record) };
  } catch (error) {
    if (isAtdataError(error)) return { error };
    throw error;
  }
}

/** Checks the record of the schema as that of the entry was, and that it makes a type. */
async function checkSchema(
  { value }: RepoRecord,
  account: Account,
  { atmosphere, codecs, signal }: VerifyEntryOptions,
): Promise<{ ok: true; what: string; value: undefined }> {
  const schema = typeof value.schemaRef === "string" ? value.schemaRef : "";
  const place = parseRecordUri(schema, COLLECTIONS.schema);
  const own = place.authority === account.identity.did;
  const owner = own ? account : await findAccount(atmosphere, place.authority, { signal });
  const missing = (): AtdataError => new AtdataError("SCHEMA_NOT_FOUND", "no record has the type", { schema });
  const record = await requireChecked(owner, place, missing, { signal });
  const stored = schemaFromAtRecord(record);
  const type = schemaFromLocal(stored.json, { codecs });
  const of = own ? "" : ` of ${owner.identity.did}`;
  return {
    ok: true,
    what: `${type.name} ${stored.version}${of}, signed, with the CID ${record.cid}`,
    value: undefined,
  };
}

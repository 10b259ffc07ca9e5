import { AtdataError, type CallOptions } from "@atdata/core";
import type { Atmosphere } from "../atmosphere.ts";
import type { Collection } from "../lexicon/collections.ts";
import type { Account, RecordPlace } from "./signed-record.ts";

/** What accounts are found with. */
export type AccountFinder = Pick<Atmosphere, "identities" | "open">;

/** Finds an account by what its DID document says now, and opens its repository. */
export async function findAccount(
  { identities, open }: AccountFinder,
  authority: string,
  options: CallOptions,
): Promise<Account> {
  const identity = await identities.resolve(authority, { ...options, fresh: true });
  return { identity, reader: await open(identity.did, options) };
}

/**
 * Takes the uri of a record apart.
 *
 * @throws AtdataError `REF_INVALID` – it is none; `RECORD_TYPE` – it is of another collection.
 */
export function parseRecordUri(uri: string, collection: Collection): RecordPlace & { readonly authority: string } {
  const [, authority, got, rkey] = /^at:\/\/([^/?#]+)\/([A-Za-z0-9.-]+)\/([A-Za-z0-9._:~-]{1,512})$/.exec(uri) ?? [];
  if (authority === undefined || got === undefined || rkey === undefined) {
    const hint = `write at://<did or handle>/${collection}/<key>`;
    throw new AtdataError("REF_INVALID", "not the uri of a record", { ref: uri.slice(0, 200) }, { hint });
  }
  if (got === collection) return { uri, authority, collection, rkey };
  throw new AtdataError("RECORD_TYPE", "the record is of another type", { uri, want: collection, got });
}

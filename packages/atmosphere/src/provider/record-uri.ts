import { AtdataError } from "@atdata/core";
import type { Identity } from "../identity/identity.ts";
import type { Collection } from "../lexicon/collections.ts";

/**
 * Tells the key of a record of an account; `undefined` for what is no uri of a record, or one of another account.
 *
 * @throws AtdataError `RECORD_TYPE` – the record is of another collection.
 */
export function keyOf({ did, handle }: Identity, uri: string, collection: Collection): string | undefined {
  const [, authority = "", got = "", rkey] = /^at:\/\/([^/]+)\/([^/]+)\/([A-Za-z0-9._:~-]{1,512})$/.exec(uri) ?? [];
  if (rkey === undefined || (authority !== did && authority.toLowerCase() !== handle)) return undefined;
  if (got === collection) return rkey;
  throw new AtdataError("RECORD_TYPE", "the record is of another type", { uri, want: collection, got });
}

/** Writes the uri of a record of an account. */
export function uriOf({ did }: Identity, collection: Collection, rkey: string): string {
  return `at://${did}/${collection}/${rkey}`;
}

/** Names an account by its DID in a uri that names it by its handle. */
export function canonical({ did, handle }: Identity, uri: string): string {
  const [, authority = "", rest = ""] = /^at:\/\/([^/]+)(\/.*)$/.exec(uri) ?? [];
  return handle !== undefined && authority.toLowerCase() === handle ? `at://${did}${rest}` : uri;
}

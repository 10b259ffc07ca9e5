import { AtdataError, httpSource, type Repository, type RepositoryNetwork } from "@atdata/core";
import type { BlobSource } from "./blobs/blob-source.ts";
import type { OpenAccount } from "./provider/accounts.ts";
import type { EntrySettings } from "./provider/put-entry.ts";
import { repoProvider } from "./provider/repo-provider.ts";

/** What {@link accountNetwork} works with. */
export interface AccountNetworkOptions {
  /** Finds the repositories of accounts. */
  readonly open: OpenAccount;
  /** The repository of the account that is logged in, and its DID. */
  readonly own: { readonly did: string; readonly repository: Repository } | undefined;
  /** Reads files and blobs. */
  readonly source: BlobSource;
  /** What entries are read with. */
  readonly settings: EntrySettings;
  /** Sends requests to urls that stand in records of others. */
  readonly foreignFetch?: typeof fetch | undefined;
}

/**
 * Builds the way to the repositories of other accounts, which can be read and not written: that is `ACCESS_DENIED`.
 *
 * Their shards are read from blobs and over http alone, whatever other sources an index has; the account that is logged in
 * is found here too.
 */
export function accountNetwork({
  open,
  own,
  source,
  settings,
  foreignFetch,
}: AccountNetworkOptions): RepositoryNetwork {
  const http = httpSource({ fetch: foreignFetch });
  return {
    source,
    async open(authority, options) {
      const { identity } = await open(authority, options);
      const { did } = identity;
      if (did === own?.did) return own.repository;
      const access = {
        reader: (call: typeof options) => open(did, call),
        writer: async () => {
          const hint = "copy it to a repository of your own";
          const clause = "only its own account writes a repository";
          throw new AtdataError("ACCESS_DENIED", clause, { url: `at://${did}` }, { hint });
        },
      };
      return { provider: repoProvider(access, settings), sources: [source, http] };
    },
  };
}

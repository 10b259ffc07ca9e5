import type { CallOptions } from "@atdata/core";
import type { RepoReader } from "../client/repo-client.ts";
import { repoReader } from "../client/repo-reader.ts";
import type { IdentityResolver } from "../identity/identity.ts";
import type { OwnRepo } from "./own-repo.ts";

/** So many repositories are kept open, with the listings that were read of them. */
const KEPT = 100;

/** What {@link accounts} works with. */
export interface AccountsOptions {
  /** Finds accounts. */
  readonly identities: IdentityResolver;
  /** The repository of the account that is logged in. */
  readonly own: OwnRepo | undefined;
  /** Sends requests; default the runtime's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Finds the repository of an account by its handle or DID. */
export type OpenAccount = (authority: string, options?: CallOptions) => Promise<RepoReader>;

/** Builds the way to the repositories of all accounts, each at the PDS that its account has now. */
export function accounts({ identities, own, fetch }: AccountsOptions): OpenAccount {
  const kept = new Map<string, RepoReader>();
  return async (authority, options) => {
    const identity = await identities.resolve(authority, options);
    const { did, pds, handle } = identity;
    if (did === own?.identity.did) return own.open(options);
    const known = kept.get(did);
    const same = known?.identity.pds === pds && known.identity.handle === handle;
    const reader = known !== undefined && same ? known : repoReader(identity, { fetch });
    kept.delete(did);
    kept.set(did, reader);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    return reader;
  };
}

import { AtdataError, type CallOptions } from "@atdata/core";
import type { RepoWriter } from "../client/repo-client.ts";
import { repoWriter } from "../client/repo-writer.ts";
import type { IdentityResolver } from "../identity/identity.ts";
import type { AtmosphereSession } from "../session.ts";

/** The repository of the account that is logged in; where it is is looked up with the first call. */
export interface OwnRepo extends RepoWriter {
  /** Looks it up. */
  open(options?: CallOptions): Promise<RepoWriter>;
}

/**
 * Builds {@link OwnRepo}.
 *
 * @throws AtdataError `AUTH_REQUIRED` – the session has no DID, and so nobody is logged in.
 */
export function ownRepo(
  session: AtmosphereSession,
  identities: IdentityResolver,
  { fetch }: { readonly fetch?: typeof globalThis.fetch | undefined },
): OwnRepo {
  const { did } = session;
  if (did === undefined) throw authRequired("atmosphere");
  let opened: RepoWriter | undefined;
  const open = async (options?: CallOptions): Promise<RepoWriter> => {
    const identity = opened?.identity ?? (await identities.resolve(did, options));
    opened ??= repoWriter(session, identity, { fetch });
    return opened;
  };
  return {
    get identity() {
      return opened?.identity ?? { did, pds: "" };
    },
    open,
    get: async (collection, rkey, options) => (await open(options)).get(collection, rkey, options),
    all: async (collection, options) => (await open(options)).all(collection, options),
    blob: async (cid, options) => (await open(options)).blob(cid, options),
    proof: async (collection, rkey, options) => (await open(options)).proof(collection, rkey, options),
    transact: async (plan, options) => (await open(options)).transact(plan, options),
    uploadBlob: async (bytes, mimeType, options) => (await open(options)).uploadBlob(bytes, mimeType, options),
    maxBlobBytes: async (options) => (await open(options)).maxBlobBytes(options),
  };
}

/** Makes the error for what only an account that is logged in can do. */
export function authRequired(operation: string): AtdataError<"AUTH_REQUIRED"> {
  const hint = "give atmosphere a session, such as that of login";
  return new AtdataError("AUTH_REQUIRED", "nobody is logged in", { operation }, { hint });
}

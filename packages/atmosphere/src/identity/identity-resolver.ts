import { AtdataError } from "@atdata/core";
import { findDid } from "./find-did.ts";
import { getDocument } from "./get-document.ts";
import { httpsResolver } from "./https-resolver.ts";
import type { HandleResolver, Identity, IdentityResolver } from "./identity.ts";
import { lookups } from "./lookups.ts";

/** An account that is asked for by its DID does not wait for its handle for longer. */
const HANDLE_CHECK_MS = 3_000;

/** What an {@link IdentityResolver} is made of. */
export interface IdentityResolverOptions {
  /** How handles become DIDs, tried in order; by default over https. */
  readonly resolvers?: readonly HandleResolver[] | undefined;
  /** The directory of did:plc; default `https://plc.directory`. */
  readonly plcUrl?: string | undefined;
  /** Sends the requests; default the runtime's. */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * Builds the way from a handle or DID to an account and its PDS.
 *
 * A handle counts only where the DID document names it back. What was found is remembered for ten minutes.
 *
 * @example
 * ```ts
 * import { identityResolver, serviceResolver } from "@atdata/atmosphere";
 * const identities = identityResolver({ resolvers: [serviceResolver("https://bsky.social")] });
 * const pds = async () => (await identities.resolve("alice.example")).pds;
 * ```
 */
export function identityResolver(options: IdentityResolverOptions = {}): IdentityResolver {
  const { plcUrl = "https://plc.directory", fetch, resolvers = [httpsResolver({ fetch })] } = options;

  async function find(authority: string, signal: AbortSignal): Promise<Identity> {
    const byDid = authority.startsWith("did:");
    const did = byDid ? authority : await findDid(authority, resolvers, signal);
    const { handle, pds, signingKey } = await getDocument(did, { plcUrl, fetch, signal });
    if (byDid) return { did, pds, signingKey, handle: (await leadsTo(handle, did, signal)) ? handle : undefined };
    if (handle === authority) {
      const identity = { did, pds, signingKey, handle };
      known.keep(did, identity);
      return identity;
    }
    const hint = `it names ${handle === undefined ? "no handle" : `@${handle}`}`;
    const fields = { handle: authority, did };
    throw new AtdataError("HANDLE_MISMATCH", "the account that the handle leads to does not name it", fields, { hint });
  }

  async function leadsTo(handle: string | undefined, did: string, signal: AbortSignal): Promise<boolean> {
    if (handle === undefined) return false;
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(HANDLE_CHECK_MS)]);
      return (await findDid(handle, resolvers, limited)) === did;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  const known = lookups(find);
  return {
    resolve: (authority, options) => {
      return known.get(authority.startsWith("did:") ? authority : authority.toLowerCase(), options);
    },
  };
}

import type { CallOptions, DataStore, Hasher, Repository, RepositoryNetwork, SearchBackend } from "@atdata/core";
import type { BlobCache } from "./blobs/blob-cache.ts";
import { blobSource } from "./blobs/blob-source.ts";
import { blobStore } from "./blobs/blob-store.ts";
import { memoryBlobCache } from "./blobs/memory-blob-cache.ts";
import { memoryJournal } from "./blobs/memory-journal.ts";
import type { UploadJournal } from "./blobs/upload-journal.ts";
import type { RepoReader, RepoWriter } from "./client/repo-client.ts";
import { appView } from "./discovery/app-view.ts";
import { appViewSearch } from "./discovery/app-view-search.ts";
import type { HandleResolver, IdentityResolver } from "./identity/identity.ts";
import { identityResolver } from "./identity/identity-resolver.ts";
import { accountNetwork } from "./network.ts";
import { accounts } from "./provider/accounts.ts";
import { authRequired, ownRepo } from "./provider/own-repo.ts";
import type { RepoAccess } from "./provider/repo-access.ts";
import { repoProvider } from "./provider/repo-provider.ts";
import type { PublicBucket } from "./records/public-bucket.ts";
import type { AtmosphereSession } from "./session.ts";

const CACHE_BYTES = 256 << 20;

/** What an {@link Atmosphere} is made of. */
export interface AtmosphereOptions {
  /** Who writes; without one everything can be read and nothing written. */
  readonly session?: AtmosphereSession | undefined;
  /** How handles become DIDs, tried in order; by default their `/.well-known/atproto-did` over https. */
  readonly resolvers?: readonly HandleResolver[] | undefined;
  /** The directory of did:plc; default `https://plc.directory`. */
  readonly plcUrl?: string | undefined;
  /** Sends every request that is not the session's; default the runtime's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Sends requests to urls that stand in records of others; the Node entry refuses loopback and private addresses. */
  readonly foreignFetch?: typeof fetch | undefined;
  /** Keeps blobs that were read; by default 256 MiB in memory. */
  readonly cache?: BlobCache | undefined;
  /** Remembers uploads; by default for as long as this object is there. */
  readonly journal?: UploadJournal | undefined;
  /** Starts a SHA-256; the default works everywhere, Node's own is faster. */
  readonly createHasher?: (() => Hasher) | undefined;
  /** An AppView to search with, as `https://…` or `did:web:…`. */
  readonly appView?: string | undefined;
  /** Hosts that entries may name though they look private, with a port or for any: `localhost`, `127.0.0.1:8080`. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Buckets that everybody can read, by name: their shards may be published as `s3://` urls. */
  readonly publicBuckets?: Readonly<Record<string, PublicBucket>> | undefined;
}

/** The repository of the account that is logged in, and the way to all others. */
export interface Atmosphere extends Repository {
  /** DID of the account that is logged in. */
  readonly did: string | undefined;
  /** Keeps files as blobs of the account; there is none without a session. */
  readonly store?: DataStore | undefined;
  /** Finds the repositories of other accounts. */
  readonly network: RepositoryNetwork;
  /** Finds accounts. */
  readonly identities: IdentityResolver;
  /** Reads and writes the records of the account that is logged in as they are; there is none without a session. */
  readonly own?: RepoWriter | undefined;
  /**
   * Opens the repository of an account, to read its records and blobs as they are.
   *
   * @throws AtdataError what finding the account throws.
   */
  open(authority: string, options?: CallOptions): Promise<RepoReader>;
  /** Searches the repositories of all accounts, by the AppView; there is none without. */
  readonly networkSearch: SearchBackend | undefined;
}

/**
 * Builds the repository of the account that is logged in, and the way to those of all others.
 *
 * In an index it is a repository like any other, and lets references name accounts: `@alice.example/digits`, `at://…`. Without
 * a session nothing is in it, writing is `AUTH_REQUIRED`, and everything of others can be read.
 *
 * @throws AtdataError `AUTH_REQUIRED` – the session has no DID, and so nobody is logged in.
 * @throws TypeError – `appView` is no address of one.
 * @example
 * ```ts
 * import { atmosphere } from "@atdata/atmosphere";
 * import { createIndex } from "@atdata/core";
 * import { wds } from "@atdata/wds";
 * const index = createIndex({ repos: { me: atmosphere() }, formats: [wds()] });
 * const digits = () => index.load("@alice.example/digits@1.0.0");
 * ```
 */
export function atmosphere(options: AtmosphereOptions = {}): Atmosphere {
  const { session, fetch, foreignFetch, resolvers, plcUrl, publicBuckets, allowHosts } = options;
  const { cache = memoryBlobCache(CACHE_BYTES), journal = memoryJournal(), createHasher } = options;
  const identities = identityResolver({ resolvers, plcUrl, fetch });
  const own = session && ownRepo(session, identities, { fetch });
  const open = accounts({ identities, own, fetch });
  const source = blobSource({ repo: open, cache, createHasher });
  const settings = { publicBuckets, allowHosts, learn: source.learn };
  const access: RepoAccess = {
    reader: async (call) => own?.open(call),
    async writer(operation, call) {
      if (own === undefined) throw authRequired(operation);
      return own.open(call);
    },
  };
  const repository: Repository = {
    provider: repoProvider(access, settings),
    store: own && blobStore({ repo: own, source, journal, cache, createHasher }),
  };
  const did = own?.identity.did;
  const network = accountNetwork({
    open,
    own: did === undefined ? undefined : { did, repository },
    source,
    settings,
    foreignFetch: foreignFetch ?? fetch,
  });
  const view = options.appView === undefined ? undefined : appView(options.appView, { fetch });
  return {
    ...repository,
    did,
    identities,
    own,
    open,
    network,
    networkSearch: view && appViewSearch({ appView: view, network, accounts: did === undefined ? [] : [did] }),
  };
}

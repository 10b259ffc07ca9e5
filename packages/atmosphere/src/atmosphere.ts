import type { Repository, RepositoryNetwork, SearchBackend } from "@atdata/core";
import type { BlobCache } from "./blobs/blob-cache.ts";
import type { UploadJournal } from "./blobs/upload-journal.ts";
import type { HandleResolver, IdentityResolver } from "./identity/identity.ts";
import type { AtmosphereSession } from "./session.ts";

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
  /** An AppView to ask first, as `https://…` or `did:web:…`. */
  readonly appView?: string | undefined;
  /** Buckets that everybody can read, by name: their shards may be published as `s3://` urls. */
  readonly publicBuckets?: Readonly<Record<string, PublicBucket>> | undefined;
}

/** Where a bucket is that everybody can read. */
export interface PublicBucket {
  /** Its server, where that is not AWS. */
  readonly endpoint?: string | undefined;
  /** Its region. */
  readonly region?: string | undefined;
}

/** The repository of the account that is logged in, and the way to all others. */
export interface Atmosphere extends Repository {
  /** DID of the account that is logged in. */
  readonly did: string | undefined;
  /** Finds the repositories of other accounts. */
  readonly network: RepositoryNetwork;
  /** Finds accounts. */
  readonly identities: IdentityResolver;
  /** Asks the AppView where there is one. */
  readonly search: SearchBackend | undefined;
}

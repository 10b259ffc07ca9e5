import { join, resolve } from "node:path";
import { atdataHome, createNodeHasher } from "@atdata/core/node";
import { type Atmosphere, type AtmosphereOptions, atmosphere as webAtmosphere } from "../atmosphere.ts";
import { httpsResolver } from "../identity/https-resolver.ts";
import { diskBlobCache } from "./disk-blob-cache.ts";
import { dnsResolver } from "./dns-resolver.ts";
import { fileJournal } from "./file-journal.ts";
import { foreignFetch } from "./foreign-fetch.ts";

const CACHE_BYTES = 8 * 2 ** 30;

/** What {@link atmosphere} for Node is made of. */
export interface NodeAtmosphereOptions extends AtmosphereOptions {
  /** Folder of the blobs that were read and of the journal of uploads; default `atdataHome()`. */
  readonly home?: string | undefined;
}

/**
 * Builds the repository of the account that is logged in, and the way to those of all others, as the one of the root entry does.
 *
 * By default blobs that were read are kept in `cache/blobs` of `home`, 8 GiB at the most, and uploads in `uploads.jsonl`;
 * handles are looked up in the DNS, then over https; and urls in records of others are refused where they lead to
 * loopback, link-local or private addresses that are not in `allowHosts`.
 *
 * @throws AtdataError `AUTH_REQUIRED` – the session has no DID, and so nobody is logged in.
 * @example
 * ```ts
 * import { atmosphere } from "@atdata/atmosphere/node";
 * import { createIndex } from "@atdata/core";
 * import { localRepo } from "@atdata/local/node";
 * import { wds } from "@atdata/wds";
 * const index = createIndex({ repos: { local: localRepo(), me: atmosphere() }, formats: [wds()] });
 * ```
 */
export function atmosphere({ home = atdataHome(), ...options }: NodeAtmosphereOptions = {}): Atmosphere {
  const folder = resolve(home);
  const { fetch, allowHosts } = options;
  return webAtmosphere({
    ...options,
    resolvers: options.resolvers ?? [dnsResolver(), httpsResolver({ fetch })],
    foreignFetch: options.foreignFetch ?? foreignFetch({ allowHosts }),
    createHasher: options.createHasher ?? createNodeHasher,
    cache: options.cache ?? diskBlobCache(join(folder, "cache", "blobs"), CACHE_BYTES),
    journal: options.journal ?? fileJournal(join(folder, "uploads.jsonl")),
  });
}

/**
 * The atmosphere for Node: blobs and uploads are remembered on the disk, handles are looked up in the DNS too, and urls of others
 * lead to no address of this machine's own network.
 *
 * @module
 */
export { diskBlobCache } from "./disk-blob-cache.ts";
export { dnsResolver } from "./dns-resolver.ts";
export { fileJournal } from "./file-journal.ts";
export { foreignFetch, type ForeignFetchOptions } from "./foreign-fetch.ts";
export { atmosphere, type NodeAtmosphereOptions } from "./node-atmosphere.ts";

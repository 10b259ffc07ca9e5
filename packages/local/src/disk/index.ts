/**
 * Datasets on this machine's disk, and checked copies of shards from elsewhere.
 *
 * @module
 */
export { cached, type CacheOptions } from "./cached.ts";
export { diskStore } from "./disk-store.ts";

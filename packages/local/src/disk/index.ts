/**
 * Datasets on this machine's disk, and checked copies of shards from elsewhere.
 *
 * @module
 */
export type { Diagnosis, Finding } from "../shared/diagnosis.ts";
export { cached, type CacheOptions } from "./cached.ts";
export { diskStore } from "./disk-store.ts";
export { diagnoseDisk } from "./diagnose-disk.ts";

/**
 * Manifests beside shards: written with them, pruned by and queried, so that only the bytes that match are read.
 *
 * @module
 */

export { manifests, type ManifestsOptions } from "./manifests.ts";
export type { Provenance } from "./header/format-header.ts";
export { formatPredicate } from "./text/format-predicate.ts";
export { parsePredicate } from "./text/parse-predicate.ts";
export type { ScanEngine, ScanMatches, ScanOptions } from "./engine/scan-engine.ts";
export { type BuildInput, type BuildProgress, buildManifests, stemOf } from "./build/build-manifests.ts";
export type { ScanInput } from "./build/scan-shard.ts";
export { type CheckInput, checkManifests, type ManifestFinding } from "./build/check-manifests.ts";
export { type ManifestPlace, manifestsIn } from "./build/manifests-in.ts";
export { type ManifestUrls, manifestUrls } from "./read/sidecar-urls.ts";

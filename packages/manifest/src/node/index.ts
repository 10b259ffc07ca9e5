/**
 * Manifests on Node.
 *
 * @module
 */

export { manifests } from "./manifests.ts";
export type { ManifestsOptions } from "../manifests.ts";

import { hash } from "node:crypto";
import type { ShardPlugin } from "@atdata/core";
import { type ManifestsOptions, manifests as portable } from "../manifests.ts";

/** Builds the plugin as `manifests` of the root entry does, with hashes by OpenSSL. */
export function manifests(options: ManifestsOptions = {}): ShardPlugin {
  return portable({ sha256, ...options });
}

/** Gives the SHA-256 of bytes by OpenSSL. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash("sha256", bytes, "buffer");
}

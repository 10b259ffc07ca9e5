import { AtdataError } from "@atdata/core";

/** Builds the error for a shard that is not the one that its manifest was made of. */
export function staleManifest(shard: string, manifest: string, how: string): AtdataError {
  const fields = { shard, url: manifest };
  const hint = "make it again with atdata manifest build";
  return new AtdataError("MANIFEST_STALE", `shard is not the one that its manifest tells of: ${how}`, fields, { hint });
}

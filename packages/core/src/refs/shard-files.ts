/**
 * Tells whether a file name looks like a shard: a visible `.tar`, `.tgz`, `.tar.gz`, `.tar.zst`, `.tar.bz2` or `.tar.xz`.
 *
 * What a directory holds besides, such as sidecars, is not listed.
 */
export function isShardFile(name: string): boolean {
  return !name.startsWith(".") && /\.(?:tar(?:\.(?:gz|zst|zstd|bz2|xz))?|tgz)$/i.test(name);
}

/** Tells whether a file name looks like one that describes shards, which a glob such as `digits*` should leave out. */
export function isSidecarFile(name: string): boolean {
  return /\.(?:json|parquet)$/i.test(name);
}

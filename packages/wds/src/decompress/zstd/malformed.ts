/** Refuses data that is no zstd; the reader of the shard says which shard it is. */
export function malformed(what: string): never {
  throw new RangeError(what);
}

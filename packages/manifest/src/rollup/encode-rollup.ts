import type { ShardSummary } from "../summary/shard-summary.ts";

/**
 * Encodes what is known of the shards of a dataset as one Parquet file, a row a shard (`atdata.rollup/1`; see docs/formats.md).
 *
 * The fields are those of the first shard. The url of a shard is written as it is: give file names beside the roll-up.
 */
export async function encodeRollup(shards: readonly ShardSummary[]): Promise<Uint8Array> {
  throw new Error(`${shards.length} shards: to come`);
}

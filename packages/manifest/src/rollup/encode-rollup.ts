import type { ManifestField, ShardSummary } from "../summary/shard-summary.ts";
import { RollupBuilder } from "./rollup-builder.ts";

/**
 * Encodes what is known of the shards of a dataset as one Parquet file, a row a shard (`atdata.rollup/1`; see docs/formats.md).
 *
 * The url of a shard is written as it is: give names relative to the roll-up. A filter that is none of ours is left out.
 *
 * @param fields - What it has columns for; by default the fields of the first shard.
 */
export async function encodeRollup(
  shards: Iterable<ShardSummary>,
  fields?: readonly ManifestField[],
): Promise<Uint8Array> {
  let builder = fields && new RollupBuilder(fields);
  for (const shard of shards) {
    builder ??= new RollupBuilder([...shard.fields.values()].map(({ field }) => field));
    builder.add(shard);
  }
  return (builder ?? new RollupBuilder([])).finish();
}

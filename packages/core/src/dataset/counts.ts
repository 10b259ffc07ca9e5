import type { PluginIndex } from "../protocols/shard-plugin.ts";
import type { DatasetInput } from "./read-options.ts";
import type { ShardTables } from "./shard-tables.ts";

/**
 * Finds the number of samples in each shard: from what is recorded, from a plugin, or by walking headers where that is
 * asked for.
 *
 * `undefined` when some shard's number is not known that way.
 */
export async function findCounts(
  input: DatasetInput<unknown>,
  indexes: readonly PluginIndex[],
  tables: ShardTables | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly number[] | undefined> {
  const counts: (number | undefined)[] = input.shards.map((shard) => shard.samples);
  for (const index of indexes) {
    if (!counts.includes(undefined)) break;
    const known = await index.counts?.({ signal });
    known?.forEach((count, shard) => {
      counts[shard] ??= count;
    });
  }
  for (let shard = 0; shard < counts.length; shard++) {
    if (counts[shard] !== undefined) continue;
    if (tables === undefined) return undefined;
    counts[shard] = (await tables.get(shard, signal)).offsets.length;
  }
  return counts as number[];
}

import type { FieldStatistics, PluginIndex } from "../protocols/shard-plugin.ts";
import { describeField } from "../schema/problems.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { Dataset, Description } from "./dataset.ts";

/** Sums up what is known of a dataset: `counts` of samples in each shard, and what a plugin tells of the fields. */
export function describeDataset(
  {
    type,
    shards,
  }: Pick<Dataset<unknown>, "shards"> & { readonly type: Pick<SampleType, "name" | "fields"> | undefined },
  counts: readonly number[] | undefined,
  statistics: ReadonlyMap<string, FieldStatistics> | undefined,
): Description {
  const bytes = shards.map((shard) => shard.bytes);
  const fields = Object.entries(type?.fields ?? {});
  return {
    type: type?.name ?? null,
    fields: Object.fromEntries(fields.map(([name, field]) => [name, describeField(field)])),
    shards: shards.length,
    samples: counts && sum(counts),
    bytes: bytes.includes(undefined) ? undefined : sum(bytes as number[]),
    ...(statistics !== undefined && { statistics: Object.fromEntries(statistics) }),
  };
}

/** Asks the first of several indexes that sums up fields. */
export async function fieldStatistics(
  indexes: readonly PluginIndex[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, FieldStatistics> | undefined> {
  return indexes.find((index) => index.describe !== undefined)?.describe?.({ signal });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

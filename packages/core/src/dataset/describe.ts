import { describeField } from "../schema/problems.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { Dataset, Description } from "./dataset.ts";

/** Sums up what is known of a dataset; `counts` holds the number of samples in each shard, when known. */
export function describeDataset(
  {
    type,
    shards,
  }: Pick<Dataset<unknown>, "shards"> & { readonly type: Pick<SampleType, "name" | "fields"> | undefined },
  counts: readonly number[] | undefined,
): Description {
  const bytes = shards.map((shard) => shard.bytes);
  const fields = Object.entries(type?.fields ?? {});
  return {
    type: type?.name ?? null,
    fields: Object.fromEntries(fields.map(([name, field]) => [name, describeField(field)])),
    shards: shards.length,
    samples: counts && sum(counts),
    bytes: bytes.includes(undefined) ? undefined : sum(bytes as number[]),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

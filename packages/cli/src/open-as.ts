import { createDataset, type Dataset, type RawSample, type SampleType, type ShardFormat } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { wds } from "@atdata/wds/node";
import { membersFor } from "./infer-from-samples.ts";
import type { Opened } from "./open.ts";
import { firstExtensions } from "./stored-samples.ts";

/** Gives a dataset the type that the user wants, whatever it has; files whose extensions are no names are found as `schema infer` names them. */
export async function openAs(
  opened: Opened,
  type: SampleType<RawSample>,
  signal: AbortSignal,
): Promise<Dataset<RawSample>> {
  const { source, dataset, plugins } = opened;
  const format = await formatFor(opened, type, signal);
  return createDataset({ type, source, plugins, shards: dataset.shards, format, createHasher: createNodeHasher });
}

/** Gives what reads shards of samples of a type, members found by the names that `schema infer` gives them. */
export async function formatFor(
  opened: Opened,
  type: SampleType<RawSample>,
  signal: AbortSignal,
): Promise<ShardFormat> {
  return wds({ members: membersFor(type as SampleType, await firstExtensions(opened, signal)) });
}

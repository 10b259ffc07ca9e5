import { createDataset, type Dataset, type RawSample, type SampleType } from "@atdata/core";
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
  const members = membersFor(type, await firstExtensions(opened, signal));
  const { source, dataset } = opened;
  return createDataset({
    type,
    source,
    shards: dataset.shards,
    format: wds({ members }),
    createHasher: createNodeHasher,
  });
}

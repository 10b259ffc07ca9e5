import {
  type DataSource,
  type Dataset,
  type FieldCodecPack,
  httpSource,
  type RawSample,
  type ShardPlugin,
  sourceFor,
} from "@atdata/core";
import { arrowTensorCodec, dataframeCodec } from "@atdata/core/arrow";
import { fileSource, fileStore } from "@atdata/core/node";
import { safetensorsCodec } from "@atdata/core/safetensors";
import { sparseCodec } from "@atdata/core/sparse";
import { manifests, manifestsIn } from "@atdata/manifest";
import { openDataset } from "@atdata/wds/node";

/** The codecs of all kinds of field. */
export const codecs: readonly FieldCodecPack[] = [sparseCodec, arrowTensorCodec, dataframeCodec, safetensorsCodec];

/** A dataset with what reads its shards. */
export interface Opened {
  readonly dataset: Dataset<RawSample>;
  readonly source: DataSource;
  readonly plugins: readonly ShardPlugin[];
}

/** The sources that a reference may name. */
export function allSources(): readonly DataSource[] {
  return [fileSource(), httpSource()];
}

/** Opens what a reference names: shards or a `dataset.json`, on disk or over HTTP. */
export async function openRef(ref: string, signal: AbortSignal, plugins: readonly ShardPlugin[] = []): Promise<Opened> {
  const sources = allSources();
  const dataset = await openDataset(ref, { sources, codecs, plugins, signal });
  return { dataset, source: sourceFor(sources, dataset.shards[0]?.url ?? ref), plugins };
}

/** Builds the plugin that reads manifests: beside the shards, or in a folder. */
export function readManifests(folder: string | undefined): ShardPlugin {
  return folder === undefined ? manifests() : manifestsIn(fileStore(folder), manifests());
}

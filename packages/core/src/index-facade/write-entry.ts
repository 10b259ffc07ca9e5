import type { SampleType } from "../schema/sample-type.ts";
import { type Samples, writeSamples } from "../write/write-samples.ts";
import type { IndexWriteOptions } from "./index-options.ts";
import { type IndexParts, requireStore } from "./index-parts.ts";
import { claimName } from "./name-claim.ts";
import { planSchema } from "./publish-schema.ts";
import { freshNames, putWritten, writtenShards } from "./put-dataset.ts";
import type { RepoEntry } from "./repo-items.ts";
import { routeToWrite } from "./route.ts";

/** Writes samples into a repository's store, and puts an entry for them. */
export async function writeEntry<S>(
  parts: IndexParts,
  ref: string,
  type: SampleType<S>,
  samples: Samples<S>,
  { overwrite, description, tags = [], license, plugins = parts.plugins, key, ...write }: IndexWriteOptions<S>,
): Promise<RepoEntry> {
  const { signal } = write;
  const place = await routeToWrite(parts, ref, { signal });
  const store = requireStore(parts, place.repo, ref, "write");
  const claim = await claimName(parts, place, { overwrite, signal });
  // A conflict is better known before the samples are written than after.
  await planSchema(parts, type as SampleType, { repo: place.repo, version: type.version, signal });
  const format = parts.formats[0] as (typeof parts.formats)[number];
  const names = freshNames(place.name, format);
  const written = await writeSamples({ ...write, plugins, type, store, format, names }, samples, key);
  const details = {
    shards: writtenShards(written),
    description,
    tags,
    license,
    file: written.url,
    format: format.name,
    options: shardOptions(write),
    plugins: plugins.map(({ name }) => name),
    content: write.metadata,
  };
  return putWritten(
    parts,
    { claim, type: type as SampleType, version: type.version, details },
    { store, dataset: names.dataset, signal },
  );
}

/** Gives the limits that shards were cut by, for their entry. */
export function shardOptions({
  maxSamples,
  maxShardBytes,
}: Pick<IndexWriteOptions, "maxSamples" | "maxShardBytes">): Record<string, number> {
  return { ...(maxSamples !== undefined && { maxSamples }), ...(maxShardBytes !== undefined && { maxShardBytes }) };
}

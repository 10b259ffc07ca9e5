import type { CallOptions, PluginIndex, PluginReadContext } from "@atdata/core";
import type { ScanEngine } from "../engine/scan-engine.ts";
import { fieldStatistics } from "./field-statistics.ts";
import type { KnownShard } from "./known-shard.ts";
import { type FoundManifest, loadManifests, loadSummaries } from "./load-manifests.ts";
import { ManifestIndex } from "./manifest-index.ts";
import { manifestUrls } from "./sidecar-urls.ts";

/** Headers that are read to sum up a dataset; of more shards only what the roll-up has is told. */
const MAX_HEADERS = 1024;

/** Settings of reading manifests. */
export interface OpenIndexOptions extends CallOptions {
  /** Runs queries over many rows; without one, the portable engine runs all. */
  readonly engine?: ScanEngine | undefined;
}

/**
 * Looks at the manifests of a dataset: its roll-up, or else a header beside each shard.
 *
 * Samples are found only when every shard has a manifest of ours, because an answer must not leave one out. Python's give counts
 * alone: the places that they name are not those of samples, and without types their aggregates are not exact.
 *
 * @returns `undefined` when no shard has a manifest.
 * @throws AtdataError `MANIFEST_STALE` – a shard has changed, or the manifest is another's; `MANIFEST_INVALID`, `FORMAT_TOO_NEW`.
 */
export async function openIndex(
  context: PluginReadContext,
  options: OpenIndexOptions = {},
): Promise<PluginIndex | undefined> {
  const { engine, ...call } = options;
  const found = await loadManifests(context, call);
  if (found === undefined) return undefined;
  const counts = async (given?: CallOptions) => {
    given?.signal?.throwIfAborted();
    return found.map((each) => each?.summary.samples);
  };
  if (!found.every((each) => each?.trusted === true)) return { counts };
  const index = new ManifestIndex(knownShards(context, found as FoundManifest[]), context.source, engine);
  return {
    counts,
    locate: (key, given) => index.locate(key, given),
    places: (shard, given) => index.places(shard, given),
    query: (predicate, given) => index.query(predicate, given),
    answers: (predicate) => index.answers(predicate),
    plan: (predicate, given) => index.plan(predicate, given),
    async describe(given) {
      given?.signal?.throwIfAborted();
      // A roll-up has no histograms.
      const headers = found.length <= MAX_HEADERS ? await loadSummaries(context, { ...given }) : undefined;
      return fieldStatistics(headers ?? found.map((each) => (each as FoundManifest).summary));
    },
  };
}

function knownShards({ shards }: PluginReadContext, found: readonly FoundManifest[]): KnownShard[] {
  let start = 0;
  return found.map(({ summary, fields }, position) => {
    const url = shards[position]?.url as string;
    const shard = { url, start, summary, fields, rowsUrl: manifestUrls(url).rows };
    start += summary.samples;
    return shard;
  });
}

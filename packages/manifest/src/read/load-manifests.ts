import type { CallOptions, DataSource, PluginReadContext, ShardInfo } from "@atdata/core";
import { type ManifestHeader, parseHeader } from "../header/parse-header.ts";
import { decodeRollup } from "../rollup/decode-rollup.ts";
import type { ManifestField, ShardSummary } from "../summary/shard-summary.ts";
import { inOrder } from "./in-order.ts";
import { readWhole } from "./read-whole.ts";
import { manifestUrls, rollupUrls, truncatedHeaderUrl } from "./sidecar-urls.ts";
import { staleManifest } from "./stale-manifest.ts";

const MAX_ROLLUP = 1024 * 1024 * 1024;
/** Python lists every distinct value. */
const MAX_HEADER = 64 * 1024 * 1024;
const AT_ONCE = 16;

/** What was found out about one shard. */
export interface FoundManifest {
  /** What is known without rows; its url is the dataset's. */
  readonly summary: ShardSummary;
  /** Fields that the rows have columns of, by name; one and the same map for all shards of a roll-up. */
  readonly fields: ReadonlyMap<string, ManifestField>;
  /** Whether rows can be used: Python's name places that are not there. */
  readonly trusted: boolean;
}

/**
 * Finds what manifests tell of the shards of a dataset: from its roll-up, and for shards that are not in it from their headers.
 *
 * Afar, the first shard that turns out to have none stands for all, because asking for each would cost as many requests as shards.
 *
 * @returns One entry a shard, `undefined` for those without a manifest; `undefined` when none has one.
 * @throws AtdataError `MANIFEST_STALE`, `MANIFEST_INVALID`, `FORMAT_TOO_NEW`, or what the source says.
 */
export async function loadManifests(
  { shards, source }: PluginReadContext,
  options: CallOptions,
): Promise<readonly (FoundManifest | undefined)[] | undefined> {
  const rollup = await loadRollup({ shards, source }, options);
  const found = shards.map((shard) => rollup && fromRollup(shard, rollup));
  const others = shards.flatMap((_, i) => (found[i] === undefined ? [i] : []));
  const headers = new HeaderLoader({ shards, source }, options);
  const load = (i: number) => headers.load(shards[i] as ShardInfo);
  const first = others.shift();
  if (first !== undefined) {
    found[first] = await load(first);
    if (found[first] === undefined && !source.capabilities.local) others.length = 0;
  }
  let next = 0;
  for await (const each of inOrder(others, AT_ONCE, load)) found[others[next++] as number] = each;
  return found.some((each) => each !== undefined) ? found : undefined;
}

/** Reads the headers of all shards, which tell more than a roll-up; `undefined` where one is missing or not ours. */
export async function loadSummaries(
  { shards, source }: PluginReadContext,
  options: CallOptions,
): Promise<readonly ShardSummary[] | undefined> {
  const headers = new HeaderLoader({ shards, source }, options);
  const summaries: ShardSummary[] = [];
  for await (const found of inOrder(shards, AT_ONCE, (shard) => headers.load(shard))) {
    if (found?.trusted !== true) return undefined;
    summaries.push(found.summary);
  }
  return summaries;
}

class HeaderLoader {
  readonly #source: DataSource;
  readonly #options: CallOptions;
  /** How many shards Python would have given the same header. */
  readonly #shortNames: Map<string, number> = new Map();

  constructor({ shards, source }: PluginReadContext, options: CallOptions) {
    this.#source = source;
    this.#options = options;
    for (const { url } of shards) {
      const name = truncatedHeaderUrl(url);
      if (name !== undefined) this.#shortNames.set(name, (this.#shortNames.get(name) ?? 0) + 1);
    }
  }

  async load(shard: ShardInfo): Promise<FoundManifest | undefined> {
    for (const url of this.#candidates(shard.url)) {
      const bytes = await readWhole(this.#source, url, MAX_HEADER, this.#options);
      if (bytes === undefined) continue;
      const header = parseHeader(new TextDecoder().decode(bytes), url);
      return header.trueOffsets ? checked(shard, url, foundFrom(header)) : fromPython(shard, header);
    }
    return undefined;
  }

  #candidates(shard: string): string[] {
    const { header } = manifestUrls(shard);
    const short = truncatedHeaderUrl(shard);
    // Shards a.1.tar and a.2.tar have written over each other's.
    return short !== undefined && this.#shortNames.get(short) === 1 ? [header, short] : [header];
  }
}

interface LoadedRollup {
  readonly url: string;
  readonly summaries: ReadonlyMap<string, ShardSummary>;
  readonly fields: ReadonlyMap<string, ManifestField>;
}

async function loadRollup(
  { shards, source }: PluginReadContext,
  options: CallOptions,
): Promise<LoadedRollup | undefined> {
  const [first] = shards;
  if (first === undefined) return undefined;
  const candidates = rollupUrls(first.url);
  for (const url of source.capabilities.local ? candidates : candidates.slice(0, 1)) {
    const bytes = await readWhole(source, url, MAX_ROLLUP, options);
    if (bytes === undefined) continue;
    const summaries = await decodeRollup(bytes, url);
    const fields = new Map(Array.from(summaries[0]?.fields ?? [], ([name, { field }]) => [name, field]));
    return { url, fields, summaries: new Map(summaries.map((summary) => [summary.url, summary])) };
  }
  return undefined;
}

function fromRollup(shard: ShardInfo, { url, summaries, fields }: LoadedRollup): FoundManifest | undefined {
  const summary = summaries.get(shard.url);
  return summary && checked(shard, url, { summary, fields, trusted: true });
}

function foundFrom({ summary, fields = [], partial }: ManifestHeader): FoundManifest {
  const columns = partial ? [] : fields;
  return { summary, fields: new Map(columns.map((field) => [field.name, field])), trusted: true };
}

/** Python's header of a shard whose rows were lost says 0 samples; counts that are known to differ are not used either. */
function fromPython(shard: ShardInfo, { summary }: ManifestHeader): FoundManifest | undefined {
  const { samples } = summary;
  if (samples === 0 || (shard.samples ?? samples) !== samples) return undefined;
  return { summary: { ...summary, url: shard.url }, fields: new Map(), trusted: false };
}

function checked(shard: ShardInfo, url: string, found: FoundManifest): FoundManifest {
  const { summary } = found;
  for (const fact of ["bytes", "sha256", "samples"] as const) {
    const [told, is] = [summary[fact], shard[fact]];
    if (told === undefined || is === undefined || told === is) continue;
    throw staleManifest(shard.url, url, `${fact} ${fact === "sha256" ? "differs" : "differ"}`);
  }
  return found;
}

import { type DatasetRef, findDataset } from "../dataset/open-dataset.ts";
import { AtdataError } from "../errors.ts";
import { inParallel } from "../internal/in-parallel.ts";
import type { CallOptions, DataSource, ShardInfo } from "../protocols/data-source.ts";
import { redactUrl } from "../refs/schemes.ts";
import { carriesSecret } from "../refs/secret-url.ts";
import type { InsertOptions } from "./index-options.ts";
import { formatFor, type IndexParts, sourcesOf } from "./index-parts.ts";
import { claimName } from "./name-claim.ts";
import { putDataset } from "./put-dataset.ts";
import type { RepoEntry } from "./repo-items.ts";
import { routeToWrite } from "./route.ts";

/** Puts an entry for shards that lie elsewhere. */
export async function insertEntry(
  parts: IndexParts,
  ref: string,
  source: DatasetRef,
  { type, overwrite, metadata, description, tags = [], license, signal }: InsertOptions,
): Promise<RepoEntry> {
  const place = await routeToWrite(parts, ref, { signal });
  refuseUnlasting(source);
  const claim = await claimName(parts, place, { overwrite, signal });
  const sources = sourcesOf(parts, place.repo);
  const { codecs, formats } = parts;
  const found = await findDataset(source, { sources, codecs, signal, format: formats[0] as (typeof formats)[number] });
  refuseUnlasting(found.shards.map(({ url }) => url));
  const shards = await withSizes(found.source, found.shards, { signal });
  const known = type ?? found.type;
  const [first] = shards as [ShardInfo, ...ShardInfo[]];
  if (known === undefined) {
    const hint = "give the type of the samples; inferType makes one of some of them";
    const fields = { operation: "insert" };
    throw new AtdataError("UNSUPPORTED", `no type is stored with ${redactUrl(first.url)}`, fields, { hint });
  }
  const details = {
    shards,
    description,
    tags,
    license,
    file: found.file?.url,
    format: formatFor(parts, first.url).name,
    content: metadata ?? found.file?.metadata,
  };
  return putDataset(parts, { claim, type: known, version: known.version, details }, { signal });
}

/** Refuses what others could not open later, or only with a secret that they would be told. */
function refuseUnlasting(source: DatasetRef): void {
  for (const item of typeof source === "string" || source instanceof Blob ? [source] : source) {
    if (typeof item !== "string") {
      throw new AtdataError("UNSUPPORTED", "a blob has no url that would last", { operation: "insert" });
    }
    if (carriesSecret(item)) {
      const hint = "a url without password or signature, and headers or credentials in the source";
      const fields = { ref: redactUrl(item) };
      throw new AtdataError("REF_INVALID", "a url that lets others in does not belong into an index", fields, { hint });
    }
  }
}

/** Adds the lengths of files that nothing was recorded of. */
async function withSizes(
  source: DataSource,
  shards: readonly ShardInfo[],
  options: CallOptions,
): Promise<readonly ShardInfo[]> {
  return inParallel(shards, async (shard) => {
    const bytes = shard.bytes ?? (await source.size?.(shard.url, options));
    if (bytes === undefined && source.capabilities.local) {
      throw new AtdataError("NOT_FOUND", "no such shard", { url: redactUrl(shard.url) });
    }
    return { ...shard, bytes };
  });
}

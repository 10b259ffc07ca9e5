import type { DatasetInput } from "../dataset/read-options.ts";
import { isAtdataError } from "../errors.ts";
import { inParallel } from "../internal/in-parallel.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { DataStore } from "../protocols/data-store.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { copyFiles } from "./copy-files.ts";
import { copyLenses } from "./copy-lenses.ts";
import { type CopySource, copySource } from "./copy-source.ts";
import type { ProvenanceStep } from "./entry-metadata.ts";
import type { CopyOptions } from "./index-options.ts";
import { type IndexParts, requireStore } from "./index-parts.ts";
import { claimName } from "./name-claim.ts";
import { planSchema } from "./publish-schema.ts";
import { freshNames, putWritten, writtenShards } from "./put-dataset.ts";
import type { RepoEntry } from "./repo-items.ts";
import { rewriteShards } from "./rewrite-shards.ts";
import { routeToWrite } from "./route.ts";
import { shardOptions } from "./write-entry.ts";

/** Copies a dataset into a repository's store, with its schema and the lenses that start at it. */
export async function copyEntry(parts: IndexParts, from: string, to: string, options: CopyOptions): Promise<RepoEntry> {
  const { overwrite, signal, onProgress, plugins = parts.plugins } = options;
  const source = await copySource(parts, from, { signal });
  const { input, type, details, entry } = source;
  const place = await routeToWrite(parts, namedAs(to, from, entry), { signal });
  const { repo } = place;
  const store = requireStore(parts, repo, to, "copy");
  const claim = await claimName(parts, place, { overwrite, signal });
  const version = await versionThere(parts, type, { repo, signal });
  const limits = shardOptions(options);
  const rewrites = Object.keys(limits).length > 0 || !(await fitsInto(store, input, { signal }));
  const format = rewrites ? (parts.formats[0] as ShardFormat) : input.format;
  const names = freshNames(place.name, format);
  const metadata = details.content;
  const shared = { store, signal, onProgress, metadata };
  const written = rewrites
    ? await rewriteShards(input, { ...shared, ...limits, type, format, names, plugins })
    : await copyFiles({ ...shared, input, type, file: details.file, fresh: names });
  const copied = {
    ...details,
    shards: writtenShards(written),
    file: written.url,
    format: format.name,
    provenance: [...(details.provenance ?? []), stepOf(source, rewrites)],
    ...(rewrites && { options: limits, plugins: plugins.map(({ name }) => name) }),
  };
  const put = { claim, type, version, details: copied };
  const held = await putWritten(parts, put, { store, dataset: written.name, signal });
  await copyLenses(parts, entry, { repo, schemaRef: held.schemaRef, signal });
  return held;
}

/** A repository alone stands for the name there that the dataset has, and the version that it was named by. */
function namedAs(to: string, from: string, { name }: RepoEntry): string {
  if (!/^@[^/]+$/.test(to)) return to;
  const version = /@\d+\.\d+\.\d+$/.exec(from)?.[0] ?? "";
  return `${to}/${name}${version}`;
}

/** Tells whether a store takes all shards as they are. */
async function fitsInto(
  store: DataStore,
  { source, shards }: DatasetInput<unknown>,
  options: CallOptions,
): Promise<boolean> {
  const limit = await store.maxFileBytes?.(options);
  if (limit === undefined) return true;
  const sizes = await inParallel(shards, async ({ url, bytes }) => bytes ?? (await source.size?.(url, options)) ?? 0);
  return sizes.every((bytes) => bytes <= limit);
}

/** Keeps a type's version, unless another type has it there; then it gets the next one that is free. */
async function versionThere(
  parts: IndexParts,
  type: SampleType,
  options: { readonly repo: string; readonly signal: AbortSignal | undefined },
): Promise<string | undefined> {
  try {
    await planSchema(parts, type, { ...options, version: type.version });
    return type.version;
  } catch (error) {
    if (isAtdataError(error, "SCHEMA_CONFLICT")) return undefined;
    throw error;
  }
}

function stepOf({ details, entry }: CopySource, rewrites: boolean): ProvenanceStep {
  const sums = details.shards.flatMap(({ sha256 }) => sha256 ?? []);
  return {
    operation: rewrites ? "rewrite" : "copy",
    name: entry.name,
    id: entry.id,
    ...(sums.length === details.shards.length && { sha256: sums }),
  };
}

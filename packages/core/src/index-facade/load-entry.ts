import { createDataset } from "../dataset/create-dataset.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { OpenOptions } from "../dataset/open-dataset.ts";
import { AtdataError } from "../errors.ts";
import type { DataSource, ShardInfo } from "../protocols/data-source.ts";
import { redactUrl, schemeOf, sourceFor } from "../refs/schemes.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { entryDetails } from "./entry-metadata.ts";
import { findSchema } from "./find-schema.ts";
import { formatFor, type IndexParts, sourcesOf } from "./index-parts.ts";
import { checkReadable } from "./readable-as.ts";
import type { RepoEntry } from "./repo-items.ts";

/** Opens the shards of an entry. */
export async function loadEntry<S>(
  parts: IndexParts,
  entry: RepoEntry,
  { type: given, codecs, signal, plugins = parts.plugins, ...read }: OpenOptions<S>,
): Promise<Dataset<S>> {
  const { shards, format } = entryDetails(entry);
  const [first] = shards;
  if (first === undefined) throw new AtdataError("NO_SHARDS", "entry names no shards", { ref: entry.name });
  const type = await typeOf(parts, entry, { given, codecs, signal, extra: read.extra });
  return createDataset<S>({
    ...read,
    type,
    shards,
    plugins,
    source: oneSource(sourcesOf(parts, entry.repo), shards),
    format: formatFor(parts, first.url, format),
    createHasher: parts.createHasher,
  });
}

async function typeOf<S>(
  parts: IndexParts,
  entry: RepoEntry,
  {
    given,
    codecs,
    signal,
    extra,
  }: Pick<OpenOptions<S>, "codecs" | "signal" | "extra"> & {
    readonly given: SampleType<S> | undefined;
  },
): Promise<SampleType<S>> {
  // Without a network, the schema of a record cannot be read.
  const elsewhere = schemeOf(entry.schemaRef) === "at" && parts.network === undefined;
  const options = { repo: entry.repo, codecs, signal };
  const stored = elsewhere ? undefined : await findSchema(parts, entry.schemaRef, options);
  if (given !== undefined) {
    if (stored !== undefined) checkReadable(stored, given as SampleType, extra);
    return given;
  }
  if (stored !== undefined) return stored as SampleType<S>;
  const hint = "give load the type of the samples";
  const fields = { schema: entry.schemaRef };
  throw new AtdataError("SCHEMA_NOT_FOUND", `the schema of ${entry.name} is not in its repository`, fields, { hint });
}

function oneSource(sources: readonly DataSource[], shards: readonly ShardInfo[]): DataSource {
  const [first, ...others] = shards.map(({ url }) => ({ url, source: sourceFor(sources, url) }));
  const { source } = first as { readonly source: DataSource };
  for (const other of others) {
    if (other.source === source) continue;
    const fields = { ref: redactUrl(other.url) };
    throw new AtdataError("REF_INVALID", "the shards of one dataset come from one source", fields);
  }
  return source;
}

import { AtdataError, isAtdataError } from "../errors.ts";
import type { Hasher } from "../hasher.ts";
import type { CallOptions, DataSource, ShardInfo } from "../protocols/data-source.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import { expandBraces } from "../refs/braces.ts";
import { DATASET_SUFFIX, withoutNumber, withoutToken } from "../refs/dataset-stem.ts";
import { baseName, resolveBeside } from "../refs/relative-url.ts";
import { sourceFor } from "../refs/schemes.ts";
import type { FieldCodecPack } from "../schema/field-codec-pack.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { blobSource } from "../sources/blob-source.ts";
import { createDataset } from "./create-dataset.ts";
import type { Dataset } from "./dataset.ts";
import { parseDatasetFile, type ReadDatasetFile } from "./dataset-file.ts";
import { readAll } from "./read-all.ts";
import type { ReadOptions } from "./read-options.ts";

const MAX_DATASET_FILE = 256 * 1024 * 1024;

/**
 * What a dataset is opened by: its `dataset.json` or name, or shards: a path, url, directory, glob, brace pattern, a list of those, or
 * `Blob`s and `File`s.
 */
export type DatasetRef = string | Blob | readonly (string | Blob)[];

/** Settings of opening. */
export interface OpenOptions<S> extends ReadOptions, CallOptions {
  /** Type of the samples; without it, the type that was stored with the dataset, or none. */
  readonly type?: SampleType<S> | undefined;
  /** Codecs of field kinds that live in subpaths, for a stored type. */
  readonly codecs?: readonly FieldCodecPack[] | undefined;
}

/** What opening takes besides: the parts that this package does not choose. */
export interface OpenInput<S> extends OpenOptions<S> {
  /** Sources by scheme; the first that serves one is used. */
  readonly sources: readonly DataSource[];
  /** How shards are read. */
  readonly format: ShardFormat;
  /** Starts a SHA-256. */
  readonly createHasher?: (() => Hasher) | undefined;
}

/**
 * Opens a dataset; reads its `dataset.json` where there is one, and no shard.
 *
 * @throws AtdataError `NOT_FOUND`, `NO_SHARDS`, `SCHEME_NOT_ALLOWED`, `REF_INVALID`, `FORMAT_INVALID`, `FORMAT_TOO_NEW`, or what a source says.
 */
export async function openFrom<S>(ref: DatasetRef, input: OpenInput<S>): Promise<Dataset<S>> {
  const { source, shards } = await findShards(ref, input);
  return await openListed(source, shards, input);
}

/** Opens files that their source has listed, with what a `dataset.json` tells of them. */
export async function openListed<S>(
  source: DataSource,
  listed: readonly ShardInfo[],
  input: OpenInput<S>,
): Promise<Dataset<S>> {
  const found = await describeShards(source, listed, input);
  const { sources: _sources, codecs: _codecs, signal: _signal, ...rest } = input;
  const type = input.type ?? (found.type as SampleType<S> | undefined);
  return createDataset<S>({ ...rest, type, source, shards: found.shards });
}

/** A dataset among files. */
export interface FoundDataset {
  /** What reads it. */
  readonly source: DataSource;
  /** Its shards, with what is recorded of them. */
  readonly shards: readonly ShardInfo[];
  /** The type that is stored with it. */
  readonly type?: SampleType | undefined;
  /** Its `dataset.json`, when the reference stands for all of its shards. */
  readonly file?: { readonly url: string; readonly metadata: ReadDatasetFile["metadata"] } | undefined;
}

/** Finds the dataset that a reference stands for; reads its `dataset.json` where there is one, and no shard. */
export async function findDataset(ref: DatasetRef, input: OpenInput<unknown>): Promise<FoundDataset> {
  const { source, shards } = await findShards(ref, input);
  return { source, ...(await describeShards(source, shards, input)) };
}

/** The shards of a reference, or the `dataset.json` that it names. */
interface FoundShards {
  readonly source: DataSource;
  readonly shards: readonly ShardInfo[];
}

async function findShards(ref: DatasetRef, input: OpenInput<unknown>): Promise<FoundShards> {
  const list = typeof ref === "string" || ref instanceof Blob ? [ref] : ref;
  if (list.length === 0) throw new AtdataError("NO_SHARDS", "an empty list names no shards", { ref: "[]" });
  const blobs = list.filter((item) => item instanceof Blob);
  if (blobs.length > 0) return fromBlobs(list);
  const refs = (list as readonly string[]).flatMap((item) => expandBraces(item));
  const source = sourceFor(input.sources, refs[0] as string);
  const shards: ShardInfo[] = [];
  for (const each of refs) {
    if (sourceFor(input.sources, each) !== source) {
      throw new AtdataError("REF_INVALID", "the shards of one dataset come from one source", { ref: each });
    }
    for await (const shard of source.list(each, { signal: input.signal })) shards.push(shard);
  }
  return { source, shards };
}

function fromBlobs(list: readonly (string | Blob)[]): FoundShards {
  const blobs = new Map<string, Blob>();
  list.forEach((item, i) => {
    if (!(item instanceof Blob)) {
      throw new AtdataError("REF_INVALID", "blobs and names cannot be mixed", { ref: item });
    }
    const name = "name" in item && typeof item.name === "string" ? item.name : `blob-${i}.tar`;
    blobs.set(blobs.has(name) ? `${i}-${name}` : name, item);
  });
  const shards = Array.from(blobs, ([url, blob]) => ({ url, bytes: blob.size }));
  return { source: blobSource(blobs), shards };
}

/** Adds what a `dataset.json` tells: the type, and counts and checksums of exactly the shards that were named. */
async function describeShards(
  source: DataSource,
  shards: readonly ShardInfo[],
  input: OpenInput<unknown>,
): Promise<Omit<FoundDataset, "source">> {
  const first = shards[0] as ShardInfo;
  const named = baseName(first.url).endsWith(DATASET_SUFFIX);
  if (named && shards.length > 1) {
    throw new AtdataError("REF_INVALID", "one dataset file at a time", { ref: first.url });
  }
  const found = named ? await readFile(source, first.url, input) : await findFile(source, first.url, input);
  if (found === undefined) {
    if (!source.capabilities.local || (await source.size?.(first.url, input)) !== undefined) return { shards };
    throw new AtdataError("NOT_FOUND", "no such shard or dataset", { url: first.url });
  }
  const { url, file } = found;
  const recorded = file.shards.map((shard) => ({ ...shard, url: resolveBeside(url, shard.url) }));
  // A file of the same name in a folder below is another one.
  const beside = recorded.filter((shard) => shard.url === resolveBeside(url, baseName(shard.url)));
  const known = new Map(beside.map((shard) => [baseName(shard.url), shard]));
  const whole =
    named || (shards.length === 1 && !known.has(baseName(first.url)) && !(await exists(source, first.url, input)));
  const { type, metadata } = file;
  if (whole) return { type, shards: recorded, file: { url, metadata } };
  if (!known.has(baseName(first.url))) return { shards };
  const all = shards.length === recorded.length && shards.every((shard) => known.has(baseName(shard.url)));
  return {
    type,
    shards: shards.map((shard) => ({ ...known.get(baseName(shard.url)), ...shard })),
    ...(all && { file: { url, metadata } }),
  };
}

async function exists(source: DataSource, url: string, input: OpenInput<unknown>): Promise<boolean> {
  // Afar, a dataset file that does not name the shard stands for the whole; asking would cost a request.
  return source.capabilities.local && (await source.size?.(url, { signal: input.signal })) !== undefined;
}

interface FoundFile {
  readonly url: string;
  readonly file: ReadDatasetFile;
}

/** Looks for the dataset file of a shard, in the same place: by its name without number and token, or with them. */
async function findFile(source: DataSource, shard: string, input: OpenInput<unknown>): Promise<FoundFile | undefined> {
  const [path = "", query = ""] = /^https?:/i.test(shard)
    ? [/^[^?#]*/.exec(shard)?.[0], /[?#].*$/.exec(shard)?.[0]]
    : [shard];
  const stem = path.replace(/\.[^./\\]*$/, "");
  const unnumbered = withoutNumber(stem);
  const stems = [withoutToken(unnumbered), unnumbered, ...(source.capabilities.local ? [stem] : [])];
  for (const each of new Set(stems)) {
    const url = each + DATASET_SUFFIX + query;
    try {
      return await readFile(source, url, input);
    } catch (error) {
      if (!isAtdataError(error, "NOT_FOUND", "ACCESS_DENIED")) throw error;
    }
  }
  return undefined;
}

async function readFile(source: DataSource, url: string, input: OpenInput<unknown>): Promise<FoundFile> {
  const bytes = await readAll(source, url, MAX_DATASET_FILE, { signal: input.signal });
  return { url, file: parseDatasetFile(bytes, url, { codecs: input.codecs }) };
}

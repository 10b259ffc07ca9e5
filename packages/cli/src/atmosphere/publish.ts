import {
  AtdataError,
  type CopyOptions,
  type DataSource,
  type EntryOptions,
  entryDetails,
  type Index,
  memoryIndex,
  type RepoEntry,
  type Repository,
  type SampleType,
} from "@atdata/core";
import { OWN_REPO } from "../config/parse-config.ts";
import { loadType, noteInference, readTypeFile } from "../load-type.ts";
import { isIndexRef, type Opened, openRef, openUserIndex, readManifests, repoOfRef } from "../open.ts";
import type { Terminal } from "../terminal.ts";

/** How a dataset is published. */
export interface PublishSettings extends EntryOptions, Pick<CopyOptions, "overwrite" | "onProgress"> {
  /** Names the shards where they are, instead of copying them. */
  readonly reference: boolean;
  /** A file with the type of the samples, where none is stored with them. */
  readonly type: string | undefined;
}

/** Datasets stand here while they are published. */
const STAGE = "_publish";

/** Where a dataset has an entry before it is published. */
interface Stage extends Repository {
  sources?: readonly DataSource[];
}

/**
 * Publishes a dataset, from files or from an index: its shards and manifests are copied, or named where they are.
 *
 * Where shards have no manifests with hashes of their samples, they are written anew with them; keys and samples stay.
 */
export async function publishDataset(
  from: string,
  to: string,
  settings: PublishSettings,
  terminal: Terminal,
): Promise<RepoEntry> {
  const { signal } = terminal;
  const { overwrite, onProgress, reference } = settings;
  const stage: Stage = { provider: memoryIndex() };
  const index = await openUserIndex(terminal, { [STAGE]: stage });
  const said = { description: settings.description, tags: settings.tags, license: settings.license };
  if (reference) return insertWhereItIs(index, from, to, { ...said, overwrite, type: settings.type }, terminal);
  const changes = Object.values(said).some((value) => value !== undefined);
  const staged = isIndexRef(from)
    ? changes && (await stageEntry(index, from, said, stage, signal))
    : await stageFiles(index, from, nameIn(to), said, settings.type, terminal);
  // Types of files are those that were found; only what is written anew needs others.
  const opened = await openRef(from, terminal);
  const rewrites = (await hasHashes(opened, signal)) ? {} : await anew(index, opened, signal);
  return index.copy(staged || from, to, { ...rewrites, overwrite, onProgress, signal });
}

/** Puts an entry for files, with the name and version that they are to have. */
async function stageFiles(
  index: Index,
  files: string,
  name: string,
  said: EntryOptions,
  typeFile: string | undefined,
  terminal: Terminal,
): Promise<string> {
  const loaded =
    typeFile === undefined ? await loadType(files, terminal) : { type: await readTypeFile(typeFile, terminal) };
  const ref = `@${STAGE}/${name}`;
  await index.insert(ref, files, { ...said, type: loaded.type as SampleType, signal: terminal.signal });
  await noteInference(files, loaded, terminal);
  return ref;
}

/** Puts an entry like another one, of which something else is said. */
async function stageEntry(
  index: Index,
  ref: string,
  said: EntryOptions,
  stage: Stage,
  signal: AbortSignal,
): Promise<string> {
  const entry = await index.resolve(ref, { signal });
  const { store, sources = store && [store.source] } = (await repoOfRef(index, ref, signal)) ?? {};
  if (sources !== undefined) stage.sources = sources;
  const type = await storedType(index, entry, signal);
  const { held } = await index.publishSchema(type, { repo: STAGE, signal });
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const metadata = { ...entry.metadata, ...given };
  const { name, dataUrls } = entry;
  const { id } = await stage.provider.putEntry({ name, dataUrls, schemaRef: held.ref, metadata }, { signal });
  const version = /@\d+\.\d+\.\d+$/.exec(ref)?.[0].slice(1) ?? "";
  await stage.provider.putLabel({ name, version, id }, { signal });
  return `@${STAGE}/${name}${version === "" ? "" : `@${version}`}`;
}

async function insertWhereItIs(
  index: Index,
  from: string,
  to: string,
  {
    type: typeFile,
    ...options
  }: EntryOptions & { readonly overwrite: boolean | undefined; readonly type: string | undefined },
  terminal: Terminal,
): Promise<RepoEntry> {
  const { signal } = terminal;
  if (isIndexRef(from)) {
    const entry = await index.resolve(from, { signal });
    const { shards, description, tags, license, content: metadata } = entryDetails(entry);
    const said = { description, tags, license, ...given(options) };
    const urls = shards.map(({ url }) => url);
    const version = /@\d+\.\d+\.\d+$/.exec(from)?.[0] ?? "";
    return index.insert(withName(to, `${entry.name}${version}`), urls, {
      ...said,
      metadata,
      type: await storedType(index, entry, signal),
      signal,
    });
  }
  const loaded =
    typeFile === undefined ? await loadType(from, terminal) : { type: await readTypeFile(typeFile, terminal) };
  nameIn(to);
  const entry = await index.insert(to, from, { ...options, type: loaded.type as SampleType, signal });
  await noteInference(from, loaded, terminal);
  return entry;
}

async function storedType(index: Index, { schemaRef, repo }: RepoEntry, signal: AbortSignal): Promise<SampleType> {
  const type = await index.schema(schemaRef, { repo, signal });
  if (type !== undefined) return type as SampleType;
  throw new AtdataError("SCHEMA_NOT_FOUND", "the type of the dataset is not stored", { schema: schemaRef });
}

/** Tells whether every shard has a manifest of ours with a hash of each sample. */
async function hasHashes({ dataset, source }: Opened, signal: AbortSignal): Promise<boolean> {
  const found = await readManifests(undefined).open?.({ shards: dataset.shards, source }, { signal });
  if (found?.places === undefined) return false;
  for (const at of dataset.shards.keys()) {
    if ((await found.places(at, { signal }))?.hashes === undefined) return false;
  }
  return true;
}

/** What has shards written anew: of as many samples as they have, as long as the account's PDS takes them. */
async function anew(index: Index, { dataset }: Opened, signal: AbortSignal): Promise<CopyOptions> {
  const maxShardBytes = (await index.repos[OWN_REPO]?.store?.maxFileBytes?.({ signal })) ?? Number.MAX_SAFE_INTEGER;
  const counts = dataset.shards.map(({ samples }) => samples ?? 0);
  const known = counts.every((count) => count > 0);
  return { maxShardBytes, ...(known && { maxSamples: Math.max(...counts) }) };
}

/** Gives the name and version that a dataset is to have. */
function nameIn(to: string): string {
  const name = /^@[^/]+\/(.+)$/.exec(to)?.[1];
  if (name !== undefined) return name;
  throw new AtdataError("REF_INVALID", "files have to be given a name", { ref: to }, { hint: `${to}/digits@1.0.0` });
}

function withName(to: string, name: string): string {
  return to.includes("/") ? to : `${to}/${name}`;
}

function given<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<T>;
}

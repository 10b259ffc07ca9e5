import {
  type DataSource,
  type Dataset,
  httpSource,
  type Index,
  parseRef,
  type RawSample,
  type Repository,
  type ShardPlugin,
  schemeOf,
  sourceFor,
} from "@atdata/core";
import { fileSource, fileStore } from "@atdata/core/node";
import { manifests, manifestsIn } from "@atdata/manifest";
import { openDataset } from "@atdata/wds/node";
import { lazyAtmosphere } from "./atmosphere/lazy-atmosphere.ts";
import { openAtmosphere } from "./atmosphere/user-atmosphere.ts";
import { codecs } from "./codecs.ts";
import { openIndex, userConfig } from "./config/open-index.ts";
import { OWN_REPO } from "./config/parse-config.ts";
import { configuredS3 } from "./config/s3.ts";
import type { Terminal } from "./terminal.ts";

/** What a reference to a dataset may be, for helps. */
export const REF_HELP =
  "path, directory, glob, brace pattern, dataset.json, http(s) or s3 url, @repo/name[@version], @handle/name[@version], or at:// uri";

/** What of a terminal opening something takes: it ends when the user interrupts, and is closed when the command ends. */
export type Session = Pick<Terminal, "signal" | "atExit">;

/** A dataset with what reads its shards. */
export interface Opened {
  readonly dataset: Dataset<RawSample>;
  readonly source: DataSource;
  readonly plugins: readonly ShardPlugin[];
}

/** The sources that a reference may name. */
export function allSources(session: Session): readonly DataSource[] {
  const s3 = configuredS3(userConfig);
  session.atExit(s3);
  const { network } = lazyAtmosphere(async () => {
    const config = await userConfig();
    return (await openAtmosphere(config, undefined)).atmosphere;
  });
  return [fileSource(), httpSource(), s3, network.source];
}

/** Tells whether a reference names something in an index, or a record. */
export function isIndexRef(ref: string): boolean {
  if (schemeOf(ref) === "at") return parseRef(ref).kind === "record";
  return ref.startsWith("@") || /^(atdata|local):/i.test(ref);
}

/** Opens the index of this user, for as long as the command runs. */
export async function openUserIndex(
  session: Session,
  more?: Readonly<Record<string, Repository>> | undefined,
): Promise<Index> {
  const index = await openIndex(more);
  session.atExit(index);
  return index;
}

/** Opens what a reference names: shards or a `dataset.json`, on disk, over HTTP, in S3 or of an account, or a dataset of an index. */
export async function openRef(ref: string, session: Session, plugins: readonly ShardPlugin[] = []): Promise<Opened> {
  if (isIndexRef(ref)) return openIndexed(ref, session, plugins);
  const { signal } = session;
  const sources = allSources(session);
  const dataset = await openDataset(ref, { sources, codecs, plugins, signal });
  return { dataset, source: sourceFor(sources, dataset.shards[0]?.url ?? ref), plugins };
}

async function openIndexed(ref: string, session: Session, plugins: readonly ShardPlugin[]): Promise<Opened> {
  const { signal } = session;
  const index = await openUserIndex(session);
  const dataset = await index.load(ref, { plugins, signal });
  const { store, sources = store === undefined ? [] : [store.source] } = (await repoOfRef(index, ref, signal)) ?? {};
  return { dataset, source: sourceFor([...sources, ...index.sources], dataset.shards[0]?.url ?? ""), plugins };
}

/** Finds the repository that a reference is of, on the network where the index does not have it. */
export async function repoOfRef(index: Index, ref: string, signal: AbortSignal): Promise<Repository | undefined> {
  const parsed = parseRef(ref);
  if (parsed.kind === "files") return undefined;
  const name = parsed.kind === "named" ? parsed.repo : parsed.authority;
  // What is neither a handle nor a DID is a repository that is missing.
  return index.repos[name] ?? (/[.:]/.test(name) ? index.repos[OWN_REPO]?.network?.open(name, { signal }) : undefined);
}

/** Builds the plugin that reads manifests: beside the shards, or in a folder. */
export function readManifests(folder: string | undefined): ShardPlugin {
  return folder === undefined ? manifests() : manifestsIn(fileStore(folder), manifests());
}

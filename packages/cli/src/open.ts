import {
  type DataSource,
  type Dataset,
  httpSource,
  type Index,
  parseRef,
  type RawSample,
  type ShardPlugin,
  sourceFor,
} from "@atdata/core";
import { fileSource, fileStore } from "@atdata/core/node";
import { manifests, manifestsIn } from "@atdata/manifest";
import { openDataset } from "@atdata/wds/node";
import { codecs } from "./codecs.ts";
import { openIndex, userConfig } from "./config/open-index.ts";
import { configuredS3 } from "./config/s3.ts";
import type { Terminal } from "./terminal.ts";

/** What a reference to a dataset may be, for helps. */
export const REF_HELP =
  "path, directory, glob, brace pattern, dataset.json, http(s) or s3 url, or @repo/name[@version]";

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
  return [fileSource(), httpSource(), s3];
}

/** Tells whether a reference names something in an index. */
export function isIndexRef(ref: string): boolean {
  return ref.startsWith("@") || /^(atdata|local):/i.test(ref);
}

/** Opens the index of this user, for as long as the command runs. */
export async function openUserIndex(session: Session): Promise<Index> {
  const index = await openIndex();
  session.atExit(index);
  return index;
}

/** Opens what a reference names: shards or a `dataset.json`, on disk, over HTTP or in S3, or a dataset of an index. */
export async function openRef(ref: string, session: Session, plugins: readonly ShardPlugin[] = []): Promise<Opened> {
  if (isIndexRef(ref)) return openIndexed(ref, session, plugins);
  const { signal } = session;
  const sources = allSources(session);
  const dataset = await openDataset(ref, { sources, codecs, plugins, signal });
  return { dataset, source: sourceFor(sources, dataset.shards[0]?.url ?? ref), plugins };
}

async function openIndexed(ref: string, session: Session, plugins: readonly ShardPlugin[]): Promise<Opened> {
  const index = await openUserIndex(session);
  const dataset = await index.load(ref, { plugins, signal: session.signal });
  const parsed = parseRef(ref);
  const store = parsed.kind === "named" ? index.repos[parsed.repo]?.store : undefined;
  const sources = [...(store === undefined ? [] : [store.source]), ...index.sources];
  return { dataset, source: sourceFor(sources, dataset.shards[0]?.url ?? ""), plugins };
}

/** Builds the plugin that reads manifests: beside the shards, or in a folder. */
export function readManifests(folder: string | undefined): ShardPlugin {
  return folder === undefined ? manifests() : manifestsIn(fileStore(folder), manifests());
}

import { isAtdataError } from "../errors.ts";
import type { CallOptions, ShardInfo } from "../protocols/data-source.ts";
import type { DataStore } from "../protocols/data-store.ts";
import type { ShardFormat } from "../protocols/shard-format.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { WriteNames, WrittenDataset } from "../write/writer.ts";
import { removeEntry } from "./delete-entry.ts";
import { type EntryDetails, entryMetadata } from "./entry-metadata.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import { type NameClaim, type PutNamedOptions, putNamed } from "./name-claim.ts";
import { publishAs } from "./publish-schema.ts";
import type { RepoEntry } from "./repo-items.ts";
import { filesOf, removeFiles } from "./stored-files.ts";

/** A dataset that is put into an index. */
export interface PutInput {
  /** Where. */
  readonly claim: NameClaim;
  /** Type of its samples. */
  readonly type: SampleType;
  /** The version that the type is stored under; the next one by default. */
  readonly version: string | undefined;
  /** What is known of it. */
  readonly details: Omit<EntryDetails, "samples" | "bytes">;
}

/** Publishes the type, puts the entry, and lets the name stand for it; then removes what it replaces. */
export async function putDataset(
  parts: IndexParts,
  { claim, type, version, details }: PutInput,
  { signal, undo }: PutNamedOptions,
): Promise<RepoEntry> {
  const { repo, name } = claim.place;
  const { held } = await publishAs(parts, type, { signal, repo, version }).catch(async (error: unknown) => {
    await undo?.();
    throw error;
  });
  const { shards } = details;
  const metadata = entryMetadata({ ...details, samples: sum(shards, "samples"), bytes: sum(shards, "bytes") });
  const dataUrls = shards.map(({ url }) => url);
  const entry = await putNamed(parts, claim, { name, schemaRef: held.ref, dataUrls, metadata }, { signal, undo });
  try {
    await removeReplaced(parts, claim, entry);
  } catch (error) {
    // The new dataset is there; what is left of the old one is no failure of it.
    if (!isAtdataError(error)) throw error;
  }
  return entry;
}

/** Puts a dataset whose files were just written; if that fails, they go. */
export function putWritten(
  parts: IndexParts,
  input: PutInput,
  { store, dataset, signal }: CallOptions & { readonly store: DataStore; readonly dataset: string },
): Promise<RepoEntry> {
  const undo = async () => removeFiles(store, await filesOf(store, dataset, {}), {});
  return putDataset(parts, input, { signal, undo });
}

/** Gives the facts of shards that were written, for their entry. */
export function writtenShards({ shards }: WrittenDataset): ShardInfo[] {
  return shards.map(({ url, samples, bytes, sha256 }) => ({ url, samples, bytes, sha256 }));
}

/** Makes names of files in a store that no other writer uses. */
export function freshNames(name: string, { suffix }: ShardFormat): WriteNames {
  const slug = name
    .replace(/[^A-Za-z0-9_]+/g, "-")
    .replace(/^[-_]+|-+$/g, "")
    .slice(0, 60);
  const random = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0"));
  const dataset = `${slug === "" ? "dataset" : slug}-${random.join("")}`;
  return {
    dataset,
    single: dataset + suffix,
    numbered: (n) => `${dataset}-${String(n).padStart(6, "0")}${suffix}`,
  };
}

/** A dataset that lost its last name goes, with its files. */
async function removeReplaced(parts: IndexParts, { place, replaced }: NameClaim, entry: RepoEntry): Promise<void> {
  if (replaced === undefined || replaced.id === entry.id) return;
  const { provider } = requireRepo(parts, place.repo, place.ref);
  for await (const _label of provider.listLabels({ id: replaced.id })) return;
  await removeEntry(parts, { ...replaced, repo: place.repo }, { shards: true });
}

function sum(shards: readonly ShardInfo[], fact: "samples" | "bytes"): number | undefined {
  let total = 0;
  for (const shard of shards) {
    const value = shard[fact];
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
}

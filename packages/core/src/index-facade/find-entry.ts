import { AtdataError, isAtdataError } from "../errors.ts";
import { nearestNames } from "../predicate/nearest-names.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { IndexEntry, IndexProvider, Label } from "../protocols/index-provider.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import type { RepoEntry } from "./repo-items.ts";
import { type Place, route } from "./route.ts";
import { byVersion, isPartial, isVersionOf } from "./versions.ts";

/** Entries that are looked through for names that are like one that is not there. */
const MAX_NAMES = 10_000;

/** Finds the dataset that a reference names. */
export async function findEntry(
  parts: IndexParts,
  ref: string,
  { signal }: CallOptions,
): Promise<RepoEntry | undefined> {
  const place = await route(parts, ref, { type: "dataset", signal });
  const entry = await entryAt(requireRepo(parts, place.repo, ref).provider, place, { signal });
  return entry && { ...entry, repo: place.repo };
}

/** Finds a dataset that has to be there. */
export async function resolveEntry(parts: IndexParts, ref: string, { signal }: CallOptions): Promise<RepoEntry> {
  const found = await findEntry(parts, ref, { signal });
  if (found !== undefined) return found;
  const place = await route(parts, ref, { type: "dataset", signal });
  // What keeps a hint from being made is not what is wrong.
  const hint = await ifPossible(hintFor(parts, place, { signal }));
  throw new AtdataError("DATASET_NOT_FOUND", "no such dataset", { ref }, hint === undefined ? {} : { hint });
}

async function entryAt(
  provider: IndexProvider,
  { name, version, uri }: Place,
  options: CallOptions,
): Promise<IndexEntry | undefined> {
  if (uri !== undefined) return provider.getEntry(uri, options);
  if (version === undefined) {
    if (isContentId(name)) return provider.getEntry(name, options);
    const latest = await provider.latestLabel(name, options);
    const labelled = latest && (await provider.getEntry(latest.id, options));
    return labelled ?? provider.latestEntry(name, options);
  }
  const label = await labelAt(provider, name, version, options);
  return label && provider.getEntry(label.id, options);
}

async function labelAt(
  provider: IndexProvider,
  name: string,
  version: string,
  options: CallOptions,
): Promise<Label | undefined> {
  if (!isPartial(version)) return provider.getLabel(name, version, options);
  const labels: Label[] = [];
  for await (const label of provider.listLabels({ ...options, name })) {
    if (isVersionOf(label.version, version)) labels.push(label);
  }
  return byVersion(labels)[0] ?? labels.find((label) => label.version === version);
}

function isContentId(name: string): boolean {
  return /^baf[a-z2-7]{56}$/.test(name);
}

async function hintFor(parts: IndexParts, place: Place, options: CallOptions): Promise<string | undefined> {
  const { repo, name, version, ref } = place;
  const { provider } = requireRepo(parts, repo, ref);
  if (version !== undefined) {
    const versions: string[] = [];
    for await (const label of provider.listLabels({ ...options, name })) {
      if (label.version !== "") versions.push(`@${repo}/${name}@${label.version}`);
    }
    if (versions.length > 0) return versions.slice(-5).reverse().join(" or ");
    if ((await provider.latestEntry(name, options)) !== undefined) return `@${repo}/${name}, which has no versions`;
  }
  const names = new Set<string>();
  for await (const each of provider.listEntries(options)) {
    names.add(each.name);
    if (names.size >= MAX_NAMES) break;
  }
  const near = nearestNames(name, [...names]).map((each) => `@${repo}/${each}`);
  for (const [other, { provider: there }] of Object.entries(parts.repos)) {
    if (other === repo) continue;
    const same = await ifPossible(there.latestEntry(name, options));
    if (same !== undefined) near.unshift(`@${other}/${name}`);
  }
  return near.length > 0 ? near.join(" or ") : undefined;
}

async function ifPossible<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAtdataError(error)) return undefined;
    throw error;
  }
}

import { AtdataError } from "../errors.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { IndexEntry, NewEntry } from "../protocols/index-provider.ts";
import { contentId } from "./content-id.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import type { RepoEntry } from "./repo-items.ts";
import type { Place } from "./route.ts";

/** What a name and version stood for when somebody began to put a dataset there. */
export interface NameClaim {
  readonly place: Place;
  /** The entry's id that the label had, or `null` for no label. */
  readonly expect: string | null;
  /** The dataset that is replaced. */
  readonly replaced: IndexEntry | undefined;
}

/**
 * Looks whether a name and version are free, before a long write.
 *
 * @throws AtdataError `DATASET_EXISTS` – they are not, and `overwrite` is not set.
 */
export async function claimName(
  parts: IndexParts,
  place: Place,
  { overwrite = false, signal }: CallOptions & { readonly overwrite?: boolean | undefined },
): Promise<NameClaim> {
  const { provider } = requireRepo(parts, place.repo, place.ref);
  const { name, version = "" } = place;
  const label = await provider.getLabel(name, version, { signal });
  let replaced = label && (await provider.getEntry(label.id, { signal }));
  if (label === undefined && version === "" && (await provider.latestLabel(name, { signal })) === undefined) {
    replaced = await provider.latestEntry(name, { signal });
  }
  if (replaced !== undefined && !overwrite) throw nameTaken(place);
  return { place, expect: label?.id ?? null, replaced };
}

/**
 * Puts an entry and lets its name stand for it; if the name was taken meanwhile, nothing has changed.
 *
 * Shards that have an entry already keep it, under the name it has: the new name is one more label of it.
 *
 * @throws AtdataError `DATASET_EXISTS`.
 */
export async function putNamed(
  parts: IndexParts,
  { place, expect }: NameClaim,
  entry: NewEntry,
  options: CallOptions,
): Promise<RepoEntry> {
  const { provider } = requireRepo(parts, place.repo, place.ref);
  const before = await provider.getEntry(contentId(entry), options);
  const held = await provider.putEntry(before === undefined ? entry : merged(before, entry), options);
  try {
    const label = { name: place.name, version: place.version ?? "", id: held.id };
    if (!(await provider.putLabel(label, { ...options, expect }))) throw nameTaken(place);
  } catch (error) {
    if (before === undefined) await provider.deleteEntry(held.id);
    else await provider.putEntry(before);
    throw error;
  }
  return { ...held, repo: place.repo };
}

function merged(before: IndexEntry, { metadata, ...entry }: NewEntry): NewEntry {
  const ours = [before.metadata?.atdata, metadata?.atdata].filter((each) => typeof each === "object");
  return {
    ...entry,
    name: before.name,
    metadata: { ...before.metadata, ...metadata, atdata: Object.assign({}, ...ours) as unknown },
  };
}

function nameTaken({ ref, version }: Place): AtdataError {
  const hint =
    version === undefined ? `a version, such as ${ref}@1.0.0, or overwrite` : "another version, or overwrite";
  return new AtdataError("DATASET_EXISTS", "the name stands for a dataset", { name: ref }, { hint });
}

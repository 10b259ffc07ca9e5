import { AtdataError } from "../errors.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { IndexEntry, IndexProvider, NewEntry, NewLabel } from "../protocols/index-provider.ts";
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

/** Settings of {@link putNamed}. */
export interface PutNamedOptions extends CallOptions {
  /** Takes back what was done before, once it is certain that no entry speaks of it. */
  readonly undo?: (() => Promise<void>) | undefined;
}

/**
 * Puts an entry and lets its name stand for it; if that fails, nothing has changed.
 *
 * Shards that have an entry already keep it, under the name it has: the new name is one more label of it.
 *
 * @throws AtdataError `DATASET_EXISTS` – the name was taken meanwhile.
 */
export async function putNamed(
  parts: IndexParts,
  claim: NameClaim,
  entry: NewEntry,
  { signal, undo }: PutNamedOptions,
): Promise<RepoEntry> {
  const { place, expect } = claim;
  const { provider } = requireRepo(parts, place.repo, place.ref);
  const before = await provider.getEntry(contentId(entry), { signal }).catch(async (error: unknown) => {
    await undo?.();
    throw error;
  });
  let taken = false;
  try {
    const put = before === undefined ? entry : merged(before, entry);
    let held = await putBoth(provider, put, claim, { signal });
    // Nobody else has shards that were written just now: then the label is that of this call, which its client sent twice.
    if (held === undefined && undo !== undefined) held = await labelled(provider, place, contentId(entry));
    taken = held === undefined;
    if (held === undefined) throw nameTaken(place);
    // Whoever gave up on the same shards just now has removed it.
    held = (await provider.getEntry(held.id, { signal })) ?? (await provider.putEntry(put, { signal }));
    return { ...held, repo: place.repo };
  } catch (error) {
    try {
      // Of both in one go, none is there when the name was taken.
      if (!taken || provider.putLabelled === undefined) {
        const { id } = (await provider.getEntry(contentId(entry))) ?? { id: contentId(entry) };
        await takeBack(provider, labelOf(place, id), { before, mine: !taken && expect !== id });
      }
    } catch {
      // The index does not answer, so that the entry may be there: then what it speaks of had better stay.
      throw error;
    }
    await undo?.();
    throw error;
  }
}

/** Puts an entry and its label; gives `undefined` where the label does not stand for what it did. */
async function putBoth(
  provider: IndexProvider,
  entry: NewEntry,
  { place, expect }: NameClaim,
  { signal }: CallOptions,
): Promise<IndexEntry | undefined> {
  const { name, version = "" } = place;
  if (provider.putLabelled !== undefined) return provider.putLabelled(entry, { name, version }, { signal, expect });
  const held = await provider.putEntry(entry, { signal });
  return (await provider.putLabel(labelOf(place, held.id), { signal, expect })) ? held : undefined;
}

/** Finds the entry that a name stands for, where it is that of a content. */
async function labelled(
  provider: IndexProvider,
  { name, version = "" }: Place,
  content: string,
): Promise<IndexEntry | undefined> {
  const label = await provider.getLabel(name, version);
  const entry = label && (await provider.getEntry(label.id));
  return entry !== undefined && contentId(entry) === content ? entry : undefined;
}

/** Removes an entry and its label, whichever of the two is there: a call that failed may have been carried out. */
async function takeBack(
  provider: IndexProvider,
  { name, version, id }: NewLabel,
  { before, mine }: { readonly before: IndexEntry | undefined; readonly mine: boolean },
): Promise<void> {
  const label = mine ? await provider.getLabel(name, version) : undefined;
  if (label?.id === id) await provider.deleteLabel(name, version);
  if (before !== undefined) {
    await provider.putEntry(before);
    return;
  }
  // Somebody else may have put the same shards meanwhile.
  for await (const _label of provider.listLabels({ id })) return;
  const held = await provider.getEntry(id);
  await provider.deleteEntry(id);
  // Whoever named it since has it back, and whoever is about to looks afterwards whether it is there.
  for await (const _label of provider.listLabels({ id })) {
    if (held !== undefined) await provider.putEntry(held);
    return;
  }
}

function labelOf({ name, version = "" }: Place, id: string): NewLabel {
  return { name, version, id };
}

function merged(before: IndexEntry, { metadata, ...entry }: NewEntry): NewEntry {
  return {
    ...entry,
    name: before.name,
    metadata: { ...before.metadata, ...metadata, atdata: { ...ours(before), ...ours({ metadata }) } },
  };
}

function ours({ metadata }: Pick<NewEntry, "metadata">): object {
  const atdata = metadata?.atdata;
  return typeof atdata === "object" && atdata !== null ? atdata : {};
}

function nameTaken({ ref, version }: Place): AtdataError {
  const hint =
    version === undefined ? `a version, such as ${ref}@1.0.0, or overwrite` : "another version, or overwrite";
  return new AtdataError("DATASET_EXISTS", "the name stands for a dataset", { name: ref }, { hint });
}

import { isAtdataError } from "../errors.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { Label } from "../protocols/index-provider.ts";
import { expandBraces } from "../refs/braces.ts";
import { baseName } from "../refs/relative-url.ts";
import { redactUrl } from "../refs/schemes.ts";
import { entryDetails } from "./entry-metadata.ts";
import { resolveEntry } from "./find-entry.ts";
import type { DeleteOptions } from "./index-options.ts";
import { type IndexParts, requireRepo } from "./index-parts.ts";
import type { DeleteReport, RepoEntry } from "./repo-items.ts";
import { filesOf, isStoredIn, removeFiles, stemOfFile } from "./stored-files.ts";

/** Removes the dataset that a reference names. */
export async function deleteEntry(parts: IndexParts, ref: string, options: DeleteOptions): Promise<DeleteReport> {
  return removeEntry(parts, await resolveEntry(parts, ref, options), options);
}

/** Removes an entry, its labels, and with `shards` its files. */
export async function removeEntry(
  parts: IndexParts,
  entry: RepoEntry,
  { shards = false, dryRun = false, signal }: DeleteOptions,
): Promise<DeleteReport> {
  const { provider, store } = requireRepo(parts, entry.repo, `@${entry.repo}`);
  const labels: Label[] = [];
  for await (const label of provider.listLabels({ id: entry.id, signal })) labels.push(label);
  const { names, kept } = shards ? await planFiles(parts, entry, { signal }) : { names: [], kept: [] };
  if (!dryRun) {
    for (const { name, version } of labels) await provider.deleteLabel(name, version, { signal });
    await provider.deleteEntry(entry.id, { signal });
    if (store !== undefined) await removeFiles(store, names, { signal });
  }
  return { entry, labels, files: names.map((name) => store?.url(name) ?? name), kept };
}

interface FilePlan {
  /** Names in the store. */
  readonly names: readonly string[];
  readonly kept: DeleteReport["kept"];
}

async function planFiles(parts: IndexParts, entry: RepoEntry, options: CallOptions): Promise<FilePlan> {
  const { store } = requireRepo(parts, entry.repo, `@${entry.repo}`);
  const { shards, file } = entryDetails(entry);
  const keep = (reason: string): FilePlan => ({
    names: [],
    kept: shards.map(({ url }) => ({ url: redactUrl(url), reason })),
  });
  if (
    store === undefined ||
    file === undefined ||
    ![file, ...shards.map(({ url }) => url)].every((url) => isStoredIn(store, url))
  ) {
    return keep("not written by this repository");
  }
  const files = [...(await filesOf(store, stemOfFile(file), options)), ...shards.map(({ url }) => baseName(url))];
  const names = [...new Set(files)];
  const going = new Set(names.map((name) => plainPath(store.url(name))));
  const other = await otherEntry(parts, entry, going, options);
  if (other !== undefined) return keep(`also of @${other.repo}/${other.name}`);
  return { names, kept: [] };
}

/** Finds an entry of any repository that names one of the files, too. */
async function otherEntry(
  { repos }: IndexParts,
  entry: RepoEntry,
  files: ReadonlySet<string>,
  options: CallOptions,
): Promise<RepoEntry | undefined> {
  for (const [repo, { provider }] of Object.entries(repos)) {
    for await (const other of provider.listEntries(options)) {
      const same = repo === entry.repo && other.id === entry.id;
      if (!same && other.dataUrls.some((url) => namesAny(url, files))) return { ...other, repo };
    }
  }
  return undefined;
}

function namesAny(url: string, files: ReadonlySet<string>): boolean {
  const plain = plainPath(url);
  if (files.has(plain) || !plain.includes("{")) return files.has(plain);
  try {
    // Python notes several shards as one url in braces.
    return expandBraces(plain).some((each) => files.has(each));
  } catch (error) {
    if (isAtdataError(error)) return false;
    throw error;
  }
}

function plainPath(url: string): string {
  return url.replace(/^file:\/\/(?=\/)/i, "");
}

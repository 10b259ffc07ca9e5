import { inParallel } from "../internal/in-parallel.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { DataStore } from "../protocols/data-store.ts";
import { DATASET_SUFFIX } from "../refs/dataset-stem.ts";
import { baseName } from "../refs/relative-url.ts";
import { datasetFile, filesOfDataset } from "../stores/replaced-files.ts";

/** Tells whether a store has, or would have, a file at a url. */
export function isStoredIn(store: DataStore, url: string): boolean {
  return store.url(baseName(url)) === url;
}

/** Gives the stem of the dataset that a `dataset.json` is of. */
export function stemOfFile(url: string): string {
  return baseName(url).slice(0, -DATASET_SUFFIX.length);
}

/** Lists the files of a dataset in a store, the `dataset.json` first; none where that is not there. */
export async function filesOf(store: DataStore, stem: string, options: CallOptions): Promise<string[]> {
  const bytes = await store.get(datasetFile(stem), options);
  if (bytes === undefined) return [];
  const { source } = store;
  // Some are named on the chance that they are there.
  const names = await inParallel(filesOfDataset(stem, bytes), async (name) =>
    source.size === undefined || (await source.size(store.url(name), options)) !== undefined ? [name] : [],
  );
  return [datasetFile(stem), ...names.flat()];
}

/** Removes files, the first one before the others: without its `dataset.json`, a dataset that is half gone has no name. */
export async function removeFiles(
  store: DataStore,
  [first, ...others]: readonly string[],
  options: CallOptions,
): Promise<void> {
  if (first !== undefined) await store.delete(first, options);
  await inParallel(others, (name) => store.delete(name, options));
}

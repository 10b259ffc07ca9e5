import { createDataset, partsOf } from "../dataset/create-dataset.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { type OpenOptions, openListed } from "../dataset/open-dataset.ts";
import { AtdataError, isAtdataError } from "../errors.ts";
import type { Index } from "../index-facade/index-facade.ts";
import { formatFor } from "../index-facade/index-parts.ts";
import { DATASET_SUFFIX, withoutNumber, withoutToken } from "../refs/dataset-stem.ts";
import { baseName } from "../refs/relative-url.ts";
import { schemasEqual } from "../schema/compare.ts";
import type { SampleType } from "../schema/sample-type.ts";
import type { ListedShard } from "./list-shards.ts";

/** Opens files of one family with an index's parts; what their `dataset.json` says comes with them. */
export async function openFamily<S>(
  index: Index,
  files: readonly ListedShard[],
  options: OpenOptions<S>,
): Promise<Dataset<S>> {
  const [first] = files;
  if (first === undefined) throw new RangeError("no file to open");
  const { codecs = [], plugins = index.plugins, ...rest } = options;
  try {
    const shards = files.map(({ shard }) => shard);
    return await openListed<S>(first.source, shards, {
      ...rest,
      plugins,
      codecs: [...codecs, ...index.codecs],
      sources: index.sources,
      format: formatFor(index, first.shard.url),
      createHasher: index.createHasher,
    });
  } catch (error) {
    if (!isAtdataError(error, "NOT_FOUND") || error.hint !== undefined) throw error;
    const hint = "check the path; what an index holds is written @repo/name";
    throw new AtdataError("NOT_FOUND", error.clause, error.fields, { hint, cause: error });
  }
}

/**
 * Tells which files are of one dataset: those of one format and one name but for the number, for which one `dataset.json` is looked for.
 *
 * Afar each look is a request, so that a number of any length counts there.
 */
export function familyOf(index: Index, { shard: { url }, source }: ListedShard): string {
  if (baseName(url).endsWith(DATASET_SUFFIX)) return url;
  const stem = url.replace(/[?#].*$/, "").replace(/\.(?:tar\.\w+|[^./\\]*)$/i, "");
  const family = source.capabilities.local ? withoutToken(withoutNumber(stem)) : stem.replace(/\d+$/, "");
  return `${formatFor(index, url).name} ${family}`;
}

/**
 * Makes one dataset of several; it has a type when all have the same.
 *
 * @throws AtdataError `REF_INVALID` – they come from several sources, or have several formats.
 */
export function joinDatasets<S>(datasets: readonly Dataset<S>[]): Dataset<S> {
  const [first, ...others] = datasets;
  if (first === undefined) throw new RangeError("no dataset to join");
  if (others.length === 0) return first;
  const { input } = partsOf(first).reading;
  for (const other of others) {
    const { source, format } = partsOf(other).reading.input;
    if (source === input.source && format === input.format) continue;
    const ref = other.shards[0]?.url ?? "";
    const hint = "give each a split of its own";
    throw new AtdataError(
      "REF_INVALID",
      "the shards of one dataset come from one source in one format",
      { ref },
      { hint },
    );
  }
  const type = others.every((other) => sameType(first.type, other.type)) ? first.type : undefined;
  return createDataset<S>({ ...input, type, shards: datasets.flatMap(({ shards }) => shards) });
}

function sameType<S>(a: SampleType<S> | undefined, b: SampleType<S> | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && schemasEqual(a, b));
}

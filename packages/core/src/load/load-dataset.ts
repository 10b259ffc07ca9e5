import type { Dataset } from "../dataset/dataset.ts";
import type { OpenOptions } from "../dataset/open-dataset.ts";
import { AtdataError } from "../errors.ts";
import type { Index } from "../index-facade/index-facade.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import { parseRef } from "../refs/ref.ts";
import { baseName } from "../refs/relative-url.ts";
import type { RawSample } from "../schema/sample-type.ts";
import { type DatasetDict, datasetDict, unknownSplit } from "./dataset-dict.ts";
import { splitByRules, splitsByNames } from "./detect-split.ts";
import { joinRef, type ListedShard, listShards } from "./list-shards.ts";
import { familyOf, joinDatasets, openFamily } from "./open-shards.ts";

/** One reference, or several that make one split. */
type Refs = string | readonly string[];

/** Settings of {@link loadDataset}; `K` are the names of splits that are given by hand. */
export interface LoadOptions<S, K extends string = string> extends OpenOptions<S> {
  /** Finds datasets by name, and has formats, sources, codecs and plugins to read with. */
  readonly index: Index;
  /**
   * How files are told apart: by hand, each name relative to the reference unless it is a path, url or `@repo/name` of its own; or
   * `"names"`, by a word such as `train` or `eval` in the name of the file, else of its folder.
   *
   * By default as Python atdata does, for which `test.tar` is of `train`: a word counts between `-` or `_`, at the start of the file's
   * name, or as a folder anywhere in the path.
   */
  readonly splits?: "names" | Readonly<Record<K, Refs>> | undefined;
  /** Gives this split instead of all of them. */
  readonly split?: NoInfer<K> | undefined;
}

/**
 * Loads one split of a dataset, as {@link loadDataset} does without `split`.
 *
 * @throws AtdataError `SPLIT_UNKNOWN` – `available` lists those there are.
 */
export function loadDataset<S = RawSample, K extends string = string>(
  ref: Refs,
  options: LoadOptions<S, K> & { readonly split: NoInfer<K> },
): Promise<Dataset<S>>;
/**
 * Loads a dataset by its name in an index, or from files; reads no shard.
 *
 * Takes `@repo/name[@version]`, `atdata://repo/dataset/name[@version]`, which are one split `train`, or files: a `dataset.json` or the
 * name given to the writer, a directory, a glob, braces, a path or url, or a list of such. Files are sorted into splits. Where a
 * `dataset.json` lies beside shards, its type and counts are used; a split has a type when all its shards have the same.
 *
 * @throws AtdataError `DATASET_NOT_FOUND`, `REPO_UNKNOWN`, `NOT_FOUND`, `NO_SHARDS`, `SCHEME_NOT_ALLOWED`, `REF_INVALID`, or what a
 *   source or the index says.
 * @throws RangeError – `splits` by hand name no split.
 * @throws TypeError – `splits` with a dataset of an index, or by hand with a list.
 * @example
 * ```ts
 * import { createIndex, int, loadDataset, memoryFormat, memoryIndex, sample } from "@atdata/core";
 * const Point = sample("Point", { x: int() });
 * const index = createIndex({ repos: { local: { provider: memoryIndex() } }, formats: [memoryFormat()] });
 * const { train, splits } = await loadDataset("data/points-*.mem", { index, type: Point });
 * const test = await loadDataset("@local/points@1.0.0", { index, type: Point, split: "test" });
 * ```
 */
export function loadDataset<S = RawSample, K extends string = string>(
  ref: Refs,
  options: LoadOptions<S, K> & { readonly split?: undefined },
): Promise<DatasetDict<S, K>>;
export async function loadDataset<S>(ref: Refs, options: LoadOptions<S>): Promise<Dataset<S> | DatasetDict<S>> {
  const { index, split, splits, ...open } = options;
  const load: Load<S> = { index, open };
  const parts = typeof splits === "object" ? await byHand(ref, splits, split, load) : await detected(ref, splits, load);
  if (split === undefined) return datasetDict(new Map(Array.from(parts, ([name, some]) => [name, joinDatasets(some)])));
  const some = parts.get(split);
  if (some === undefined) throw unknownSplit(split, parts.keys());
  return joinDatasets(some);
}

/** What everything is loaded with. */
interface Load<S> {
  readonly index: Index;
  readonly open: OpenOptions<S>;
}

/** Datasets by split; those of one split are to be joined. */
type Parts<S> = Map<string, Dataset<S>[]>;

async function byHand<S>(
  ref: Refs,
  splits: Readonly<Record<string, Refs>>,
  split: string | undefined,
  load: Load<S>,
): Promise<Parts<S>> {
  if (typeof ref !== "string") throw new TypeError("splits by hand are relative to one path, not to a list");
  if (indexRef(ref) !== undefined) throw new TypeError("splits tell files apart; a dataset of an index is one split");
  const names = Object.keys(splits);
  if (names.length === 0) throw new RangeError("splits by hand name no split");
  if (split !== undefined && !names.includes(split)) throw unknownSplit(split, names);
  const parts: Parts<S> = new Map();
  for (const name of names) {
    if (split !== undefined && name !== split) continue;
    const refs = listOf(splits[name] ?? []).map((each) => joinRef(ref, each));
    const some: Dataset<S>[] = [];
    for (const dataset of (await detected(refs, undefined, load)).values()) some.push(...dataset);
    parts.set(name, some);
  }
  return parts;
}

async function detected<S>(ref: Refs, rule: "names" | undefined, { index, open }: Load<S>): Promise<Parts<S>> {
  const refs = listOf(ref);
  const parts: Parts<S> = new Map();
  const put = (split: string, dataset: Dataset<S>): void => {
    const some = parts.get(split) ?? [];
    some.push(dataset);
    parts.set(split, some);
  };
  const files: string[] = [];
  for (const each of refs) {
    const name = indexRef(each);
    if (name === undefined) files.push(each);
    else if (rule !== undefined) throw new TypeError("splits tell files apart; a dataset of an index is one split");
    else put("train", await index.load(name, open));
  }
  if (files.length === 0 && refs.length > 0) return parts;
  const listed = await listShards(index.sources, files, open.signal);
  const paths = listed.map(({ path }) => path);
  const splits = rule === "names" ? splitsByNames(paths) : paths.map(splitByRules);
  const families = new Map<string, { readonly split: string; readonly files: ListedShard[] }>();
  listed.forEach((file, i) => {
    const split = splits[i] ?? "train";
    const key = `${split}/${familyOf(index, file)}`;
    const family = families.get(key) ?? { split, files: [] };
    family.files.push(file);
    families.set(key, family);
  });
  for (const { split, files: family } of families.values()) {
    const dataset = await openFamily(index, family, open);
    put(rule === "names" ? split : splitOf(dataset.shards, family[0] as ListedShard, split), dataset);
  }
  return parts;
}

/** A `dataset.json` is of the split that its shards are of, so that it makes no difference which of them are named. */
function splitOf(shards: readonly ShardInfo[], { shard, path }: ListedShard, split: string): string {
  const [first] = shards;
  if (first === undefined || shards.some(({ url }) => url === shard.url)) return split;
  const folder = path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return splitByRules(folder + baseName(first.url));
}

/** Tells whether an index is to be asked; `undefined` for files. */
function indexRef(text: string): string | undefined {
  const ref = parseRef(text);
  if (ref.kind === "files") return undefined;
  if (ref.kind === "record" || ref.type === undefined || ref.type === "dataset") return text;
  const hint = "write atdata://repo/dataset/name or @repo/name";
  throw new AtdataError("REF_INVALID", `this names a ${ref.type}, not a dataset`, { ref: text }, { hint });
}

function listOf(refs: Refs): readonly string[] {
  return typeof refs === "string" ? [refs] : refs;
}

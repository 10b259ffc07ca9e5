import { type Dataset, type DatasetRef, httpSource, openFrom, type RawSample } from "@atdata/core";
import { createNodeHasher, fileSource } from "@atdata/core/node";
import type { OpenDatasetOptions } from "../open-dataset.ts";
import { wds } from "./format.ts";

/**
 * Opens a dataset of WebDataset shards, from files or over HTTP; reads its `dataset.json` where there is one, and no shard.
 *
 * @param ref - A `dataset.json`, the name given to `writeDataset`, a directory, a glob, shard paths or urls (also with braces, or a
 *   list), or `Blob`s.
 * @throws {@link AtdataError} `NOT_FOUND`, `NO_SHARDS`, `ACCESS_DENIED`, `SCHEME_NOT_ALLOWED`, `REF_INVALID`, `FORMAT_INVALID`,
 *   `FORMAT_TOO_NEW`, or what a source says.
 * @example
 * ```ts
 * import { openDataset } from "@atdata/wds/node";
 * const ds = await openDataset("data/digits-{000000..000005}.tar");
 * for await (const { key, sample } of ds.take(3).entries()) console.log(key, sample);
 * ```
 */
export function openDataset<S = RawSample>(ref: DatasetRef, options: OpenDatasetOptions<S> = {}): Promise<Dataset<S>> {
  const { sources = [fileSource(), httpSource()], members, decompress, ...rest } = options;
  return openFrom<S>(ref, { ...rest, sources, format: wds({ members, decompress }), createHasher: createNodeHasher });
}

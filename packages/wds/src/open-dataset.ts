import {
  type DataSource,
  type Dataset,
  type DatasetRef,
  httpSource,
  type OpenOptions,
  openFrom,
  type RawSample,
} from "@atdata/core";
import { wds } from "./format.ts";
import type { WdsOptions } from "./wds-format.ts";

/** Settings of opening a dataset of WebDataset shards. */
export interface OpenDatasetOptions<S> extends OpenOptions<S>, WdsOptions {
  /** What reads the urls, by scheme; the default is `http` and `https`. `Blob`s and `File`s need none. */
  readonly sources?: readonly DataSource[] | undefined;
}

/**
 * Opens a dataset of WebDataset shards; reads its `dataset.json` where there is one, and no shard.
 *
 * @param ref - A `dataset.json` or the name it stands for, shard urls (also with braces, or a list), or `Blob`s and `File`s.
 * @throws {@link AtdataError} `NOT_FOUND`, `NO_SHARDS`, `SCHEME_NOT_ALLOWED`, `REF_INVALID`, `FORMAT_INVALID`, `FORMAT_TOO_NEW`, or
 *   what a source says.
 * @example
 * ```ts
 * import { int, ndarray, sample } from "@atdata/core";
 * import { openDataset } from "@atdata/wds";
 * const Digit = sample("Digit", { image: ndarray("uint8", [28, 28]), label: int() });
 * const ds = await openDataset("https://example.org/digits.tar", { type: Digit });
 * for await (const d of ds.take(3)) console.log(d.label);
 * ```
 */
export function openDataset<S = RawSample>(ref: DatasetRef, options: OpenDatasetOptions<S> = {}): Promise<Dataset<S>> {
  const { sources = [httpSource()], members, decompress, ...rest } = options;
  return openFrom<S>(ref, { ...rest, sources, format: wds({ members, decompress }) });
}

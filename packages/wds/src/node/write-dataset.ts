import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Dataset, DatasetWriter, Samples, SampleType, WriteOptions } from "@atdata/core";
import { fileStore } from "@atdata/core/node";
import { datasetWriter as pushInto, writeDataset as writeInto } from "../write-dataset.ts";

/**
 * Writes samples as a dataset of WebDataset shards on disk and opens it.
 *
 * Folders are made. Nothing is visible before all is written; whatever goes wrong leaves nothing behind.
 *
 * @param target - Path or `file:` url of the shard, or with a limit of samples or bytes the form of the shards' paths:
 *   `out/digits.tar` gives `out/digits-000000.tar`, ….
 * @throws {@link AtdataError} `DATASET_EXISTS`, `DATASET_EMPTY`, `SCHEMA_MISMATCH`, `INTEGER_TOO_LARGE`, `SAMPLE_TOO_LARGE`,
 *   `REF_INVALID`, `ACCESS_DENIED` or `IO_ERROR`.
 * @example
 * ```ts
 * import { int, sample } from "@atdata/core";
 * import { writeDataset } from "@atdata/wds/node";
 * const Point = sample("Point", { x: int() });
 * const ds = await writeDataset(Point, [{ x: 1 }, { x: 2 }], "out/points.tar");
 * await ds.count(); // -> 2
 * ```
 */
export function writeDataset<S>(
  type: SampleType<S>,
  samples: Samples<S>,
  target: string,
  options: WriteOptions = {},
): Promise<Dataset<S>> {
  const { folder, name } = splitTarget(target);
  return writeInto(type, samples, name, { ...options, store: fileStore(folder) });
}

/**
 * Starts writing a dataset of WebDataset shards on disk, sample by sample.
 *
 * @example
 * ```ts
 * import { int, sample } from "@atdata/core";
 * import { datasetWriter } from "@atdata/wds/node";
 * const Point = sample("Point", { x: int() });
 * await using writer = await datasetWriter(Point, "out/points.tar", { maxSamples: 1000 });
 * await writer.write({ x: 1 });
 * await writer.close();
 * ```
 */
export function datasetWriter<S>(
  type: SampleType<S>,
  target: string,
  options: WriteOptions = {},
): Promise<DatasetWriter<S>> {
  const { folder, name } = splitTarget(target);
  return pushInto(type, name, { ...options, store: fileStore(folder) });
}

function splitTarget(target: string): { readonly folder: string; readonly name: string } {
  const path = target.startsWith("file:") ? fileURLToPath(target) : target;
  return { folder: dirname(path), name: basename(path) };
}

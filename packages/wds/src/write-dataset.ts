import {
  createDataset,
  createDatasetWriter,
  type DataStore,
  type Dataset,
  type DatasetWriter,
  type Samples,
  type SampleType,
  type WriteOptions,
  writeSamples,
} from "@atdata/core";
import { wds } from "./format.ts";
import { shardNames } from "./shard-name.ts";

/** Settings of writing a dataset of WebDataset shards into a store. */
export interface WriteDatasetOptions extends WriteOptions {
  /** Where it is written. */
  readonly store: DataStore;
}

/**
 * Writes samples as a dataset of WebDataset shards and opens it.
 *
 * Nothing is visible before all is written; whatever goes wrong leaves nothing behind.
 *
 * @param target - Name of the shard, or with a limit of samples or bytes the form of the shards' names: `digits.tar` gives
 *   `digits-000000.tar`, ….
 * @throws {@link AtdataError} `DATASET_EXISTS`, `DATASET_EMPTY`, `SCHEMA_MISMATCH`, `INTEGER_TOO_LARGE`, `SAMPLE_TOO_LARGE`, `REF_INVALID`, or
 *   what the store says.
 * @example
 * ```ts
 * import { int, memoryStore, sample } from "@atdata/core";
 * import { writeDataset } from "@atdata/wds";
 * const Point = sample("Point", { x: int() });
 * const ds = await writeDataset(Point, [{ x: 1 }, { x: 2 }], "points.tar", { store: memoryStore() });
 * await ds.count(); // -> 2
 * ```
 */
export async function writeDataset<S>(
  type: SampleType<S>,
  samples: Samples<S>,
  target: string,
  options: WriteDatasetOptions,
): Promise<Dataset<S>> {
  const format = wds();
  const { store, ...rest } = options;
  const written = await writeSamples({ ...rest, type, store, format, names: shardNames(target) }, samples);
  return createDataset({ type, source: store.source, format, shards: written.shards, plugins: options.plugins });
}

/**
 * Starts writing a dataset of WebDataset shards, sample by sample: for producers that push.
 *
 * @example
 * ```ts
 * import { int, memoryStore, sample } from "@atdata/core";
 * import { datasetWriter } from "@atdata/wds";
 * const Point = sample("Point", { x: int() });
 * const writer = await datasetWriter(Point, "points.tar", { store: memoryStore() });
 * await writer.write({ x: 1 }, { key: "first" });
 * (await writer.close()).samples; // -> 1
 * ```
 */
export function datasetWriter<S>(
  type: SampleType<S>,
  target: string,
  options: WriteDatasetOptions,
): Promise<DatasetWriter<S>> {
  const { store, ...rest } = options;
  return createDatasetWriter({ ...rest, type, store, format: wds(), names: shardNames(target) });
}

/**
 * WebDataset shards: tar archives of typed samples, read and written in any runtime.
 *
 * `@atdata/wds/node` has the same functions for files.
 *
 * @module
 */

export { wds } from "./format.ts";
export { type OpenDatasetOptions, openDataset } from "./open-dataset.ts";
export { datasetWriter, type WriteDatasetOptions, writeDataset } from "./write-dataset.ts";
export { datasetStem, type ShardNames, shardName, shardNames } from "./shard-name.ts";
export type { WdsOptions } from "./wds-format.ts";

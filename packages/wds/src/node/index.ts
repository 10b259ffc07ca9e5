/**
 * WebDataset shards in files and over HTTP, for Node.
 *
 * @module
 */

export { wds } from "./format.ts";
export { openDataset } from "./open-dataset.ts";
export { datasetWriter, writeDataset } from "./write-dataset.ts";
export type { OpenDatasetOptions } from "../open-dataset.ts";
export type { WdsOptions } from "../wds-format.ts";
export { datasetStem, type ShardNames, shardName, shardNames } from "../shard-name.ts";

/**
 * Typed samples, n-d arrays, lenses, predicates and the Dataset, over pluggable sources, stores and shard formats.
 *
 * @module
 */

export { ByteWriter } from "./codec/byte-writer.ts";
export type { Entry } from "./dataset/base-stage.ts";
export { type Batch, type BatchOf, type BatchOptions, batchSize, type RaggedBatch } from "./dataset/batch.ts";
// Datasets
export { createDataset } from "./dataset/create-dataset.ts";
export type {
  Dataset,
  DatasetIterator,
  Description,
  IterateOptions,
  PartitionOptions,
  Plan,
  ShuffleOptions,
  WaitOptions,
} from "./dataset/dataset.ts";
export { detach } from "./dataset/detach.ts";
export type { Progress } from "./dataset/iterator.ts";
export type { DatasetInput, OnError, ReadOptions } from "./dataset/read-options.ts";
export type { StageState } from "./dataset/stage.ts";
export type { DatasetState } from "./dataset/state.ts";
// Errors
export { AtdataError, type ErrorCode, type ErrorExtras, type ErrorFields, isAtdataError } from "./errors.ts";
export { createHasher, type Hasher } from "./hasher.ts";
export type {
  ByteReader,
  CallOptions,
  DataSource,
  ShardInfo,
  SourceCapabilities,
} from "./protocols/data-source.ts";
export type { BeginOptions, DataStore, ShardSink, StoredShard, StoreWrite } from "./protocols/data-store.ts";
export {
  type ByteSpan,
  type Member,
  type ReadStep,
  type ShardFormat,
  type ShardReader,
  type ShardReaderOptions,
  type ShardWriter,
  STEP_END,
  STEP_MORE,
  STEP_RECORD,
} from "./protocols/shard-format.ts";
export type {
  PluginIndex,
  PluginReadContext,
  PluginWriteContext,
  PluginWriter,
  SampleLocation,
  ShardPlugin,
  WrittenSample,
} from "./protocols/shard-plugin.ts";
export type { Attributes, LogLevel, Span, Telemetry } from "./protocols/telemetry.ts";
// Protocols
export { PROTOCOL_VERSION } from "./protocols/version.ts";
export { dict, list, optional } from "./schema/container-fields.ts";
export { type NdArrayFieldOptions, ndarray } from "./schema/ndarray-field.ts";
// Sample types
export { type SampleOptions, sample } from "./schema/sample.ts";
export type { ExtraOptions, Infer, RawSample, SampleType } from "./schema/sample-type.ts";
export { bool, bytes, float, int, int64, str } from "./schema/scalar-fields.ts";

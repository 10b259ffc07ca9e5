/**
 * Typed samples, n-d arrays, lenses, predicates and the Dataset, over pluggable sources, stores and shard formats.
 *
 * @module
 */

export { ByteWriter } from "./codec/byte-writer.ts";
// Errors
export { AtdataError, type ErrorCode, type ErrorExtras, type ErrorFields, isAtdataError } from "./errors.ts";
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

/**
 * Typed samples, n-d arrays, lenses, predicates and the Dataset, over pluggable sources, stores and shard formats.
 *
 * Declare a type with {@link sample} and the field builders, open or make a {@link Dataset} of it with a format package such as
 * `@atdata/wds`, and read it as a sequence of plain objects.
 *
 * @example
 * ```ts
 * import { type Infer, int, ndarray, sample } from "@atdata/core";
 * const Digit = sample("Digit", { image: ndarray("uint8", [28, 28]), label: int() });
 * type Digit = Infer<typeof Digit>; // { image: NdArray<"uint8">; label: number }
 * ```
 *
 * @module
 */

// Sample types and their fields
export { sample, type SampleOptions } from "./schema/sample.ts";
export type { ExtraOptions } from "./schema/extra-options.ts";
export type { Infer, RawSample, SampleType } from "./schema/sample-type.ts";
export type {
  Field,
  FieldCodec,
  FieldDetails,
  FieldKind,
  FieldOptions,
  Fields,
  InferField,
  InferFields,
  ManifestOptions,
  OptionalField,
} from "./schema/field.ts";
export { bool, bytes, float, int, int64, str } from "./schema/scalar-fields.ts";
export { dict, list, optional } from "./schema/container-fields.ts";
export { ndarray, type NdArrayFieldOptions } from "./schema/ndarray-field.ts";
export { structured, structuredCodec } from "./ndarray/structured-field.ts";
export { type BytesCodec, bytesField } from "./schema/bytes-field.ts";
export type { Opaque } from "./schema/opaque-field.ts";
export { describeField } from "./schema/problems.ts";
export type {
  StandardIssue,
  StandardJsonSchema,
  StandardJsonSchemaOptions,
  StandardProps,
  StandardResult,
  StandardSchema,
} from "./schema/standard-schema.ts";
export type { SampleCodec } from "./codec/sample-codec.ts";
export { Cursor, type Ownership } from "./codec/cursor.ts";
export { ByteWriter } from "./codec/byte-writer.ts";
export { decodeDynamic, encodeDynamic } from "./codec/dynamic.ts";

// Sample types from other places
export { type GivenField, sampleFrom, type SampleFromOptions } from "./schema/sample-from.ts";
export { type InferredField, inferFields, inferType, type InferTypeOptions } from "./schema/infer.ts";
export { type ArrayBytes, detectArray } from "./schema/array-bytes.ts";

// Stored schemas
export {
  type LocalField,
  type LocalFieldType,
  type LocalSchema,
  schemaFromLocal,
  schemaToLocal,
  type SchemaToLocalOptions,
} from "./schema/local-form.ts";
export {
  type SchemaBody,
  schemaFromRecord,
  type SchemaRecord,
  schemaToRecord,
  type SchemaToRecordOptions,
} from "./schema/record-form.ts";
export { type JsonSchemaDocument, type SchemaProperty, schemaToJsonSchema } from "./schema/json-schema-form.ts";
export { type FromJsonSchemaOptions, schemaFromJsonSchema } from "./schema/json-schema.ts";
export { type ConvertSchemaOptions, localSchemaToRecord, localSchemaFromRecord } from "./schema/convert-stored.ts";
export { schemaFromJson } from "./schema/schema-from-json.ts";
export type { FieldCodecPack, RebuildOptions } from "./schema/field-codec-pack.ts";
export type { StoredArray, StoredNotes } from "./schema/stored-details.ts";
export { type Compatibility, diffSchemas, type FieldChange, type SchemaDiff, schemasEqual } from "./schema/compare.ts";
export { compareVersions, nextVersion } from "./index-facade/versions.ts";

// N-d arrays
export type { DType, DTypeData, NdArray, TimeUnit } from "./ndarray/ndarray.ts";
export { type DTypeInfo, dtypeInfo, formatDType, isDType, type ParsedDType, parseDType } from "./ndarray/dtype.ts";
export { type DecodeArrayOptions, decodeCompact, encodeCompact } from "./ndarray/compact.ts";
export { decodeNdArray, decodeNpy, encodeNpy } from "./ndarray/npy.ts";
export { stack, zeros } from "./ndarray/create.ts";
export { astype, type CastOptions, type HalfFloats, toFloat16Array, toFloat32 } from "./ndarray/convert.ts";
export { reshape, transpose } from "./ndarray/reshape.ts";
export { contiguous, isNdArray } from "./ndarray/layout.ts";
export { arraysEqual, type EqualOptions } from "./ndarray/equal.ts";
export { type ElementOf, fromNested, itemAt, type Nested, toNested } from "./ndarray/nested.ts";
export { fromStrings, toStrings } from "./ndarray/strings.ts";
export {
  decodeStructured,
  encodeStructured,
  isStructured,
  type StructuredArray,
  structuredFrom,
} from "./ndarray/structured.ts";
export type { RecordField, RecordType } from "./ndarray/record-type.ts";

// Lenses
export { type AnyLens, identity, type Lens, type LensFunctions, lens } from "./lens/lens.ts";
export { pipe } from "./lens/pipe.ts";
export { fieldLens } from "./lens/field-lens.ts";
export type {
  CastKind,
  FieldLensSpec,
  FieldLensSpecFor,
  FieldStep,
  FieldStepFor,
  LensValue,
} from "./lens/field-lens-spec.ts";
export { structuralLens } from "./lens/structural-lens.ts";
export { type LensNetwork, lensNetwork } from "./lens/network.ts";
export {
  type CounterExample,
  checkLens,
  type GenerateOptions,
  type LawResult,
  type LensReport,
} from "./lens/check-lens.ts";
export { generateSamples } from "./lens/generate.ts";
export { type LensJson, lensFromJson, type LensTypeJson, type LensTypes, lensToJson } from "./lens/lens-json.ts";
export {
  type FieldMapping,
  lensToStored,
  type StoredFunction,
  type StoredLens,
  type StoreLensOptions,
} from "./lens/stored-lens.ts";
export { lensFromStored, type LoadLensOptions } from "./lens/load-stored-lens.ts";
export { pushDown } from "./lens/push-down.ts";

// Predicates
export type {
  Between,
  Comparison,
  ComparisonOperator,
  Contains,
  IsNull,
  Junction,
  Membership,
  Not,
  Predicate,
  PredicateOperator,
  PredicateValue,
  StartsWith,
} from "./predicate/predicate.ts";
export type {
  AnyHandle,
  Condition,
  ConditionMethods,
  EqualityHandle,
  FieldHandle,
  FieldHandles,
  HandleOf,
  ListHandle,
  OrderedHandle,
  Several,
  StringHandle,
} from "./predicate/field-handles.ts";
export { buildPredicate, fieldHandles } from "./predicate/builder.ts";
export { compilePredicate, evaluate } from "./predicate/evaluate.ts";
export { checkPredicate } from "./predicate/check-predicate.ts";
export { type PredicateJson, predicateFromJson, predicateToJson } from "./predicate/predicate-json.ts";
export { compareCodePoints } from "./predicate/compare.ts";

// Datasets
export { createDataset } from "./dataset/create-dataset.ts";
export { type DatasetRef, type OpenInput, type OpenOptions, openFrom } from "./dataset/open-dataset.ts";
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
export type { DatasetInput, OnError, ReadOptions } from "./dataset/read-options.ts";
export type { Entry } from "./dataset/base-stage.ts";
export type { Progress } from "./dataset/iterator.ts";
export type { DatasetState } from "./dataset/state.ts";
export type { StageState } from "./dataset/stage.ts";
export { type Batch, type BatchOf, type BatchOptions, batchSize, type RaggedBatch } from "./dataset/batch.ts";
export { detach } from "./dataset/detach.ts";
export { PlaceHashes } from "./dataset/place-hashes.ts";
export { type RecordPlace, walkShard } from "./dataset/shard-walk.ts";
export {
  type DatasetFile,
  type DatasetFileShard,
  parseDatasetFile,
  type ReadDatasetFile,
} from "./dataset/dataset-file.ts";

// Writing
export { createDatasetWriter } from "./write/dataset-writer.ts";
export type { DatasetWriter, PushWriter, WriteNames, WriterInput, WrittenDataset } from "./write/writer.ts";
export { type Samples, writeSamples } from "./write/write-samples.ts";
export type { WriteOptions, WriteProgress } from "./write/write-options.ts";
export { materialize, type MaterializeOptions } from "./views/materialize.ts";

// Sources, stores and formats in memory and over the network
export { listNames, memorySource } from "./sources/memory-source.ts";
export { blobSource } from "./sources/blob-source.ts";
export { type HttpHeaders, httpSource, type HttpSourceOptions } from "./sources/http-source.ts";
export { type MemoryStore, memoryStore } from "./stores/memory-store.ts";
export { datasetFile, filesOfDataset, requirePlainName } from "./stores/replaced-files.ts";
export { type TokenNames, tokenNames } from "./stores/token-names.ts";
export { datasetExists, writeEnded } from "./stores/store-errors.ts";
export { memoryFormat } from "./formats/memory-format.ts";
export { memoryPlugin } from "./plugins/memory-plugin.ts";
export { noopTelemetry } from "./telemetry/noop.ts";
export { consoleTelemetry, type ConsoleTelemetryOptions } from "./telemetry/console.ts";
export { createHasher, type Hasher } from "./hasher.ts";
export { abortable } from "./abortable.ts";

// References
export { formatRef, parseRef } from "./refs/ref.ts";
export type { FilesRef, NamedRef, NamedType, RecordRef, Ref } from "./refs/ref.ts";
export { expandBraces, joinBraces } from "./refs/braces.ts";
export { redactUrl, schemeOf, sourceFor } from "./refs/schemes.ts";
export { carriesSecret } from "./refs/secret-url.ts";
export { baseName, resolveBeside } from "./refs/relative-url.ts";
export { isGlob } from "./refs/glob.ts";

// Protocols
export { PROTOCOL_VERSION } from "./protocols/version.ts";
export type {
  ByteReader,
  CallOptions,
  DataSource,
  ReadFileOptions,
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
  FieldStatistics,
  PluginIndex,
  PluginPlan,
  PluginReadContext,
  PluginWriteContext,
  PluginWriter,
  SampleLocation,
  ShardPlaces,
  ShardPlugin,
  SidecarSink,
  WrittenSample,
} from "./protocols/shard-plugin.ts";
export type { Attributes, LogLevel, Span, Telemetry } from "./protocols/telemetry.ts";

// Errors
export {
  AtdataError,
  type ErrorCode,
  type ErrorExtras,
  type ErrorFields,
  isAtdataError,
  type SamplePlace,
} from "./errors.ts";

// Indexes
export type {
  Created,
  IndexEntry,
  IndexProvider,
  Label,
  ListLabelsOptions,
  ListOptions,
  NewEntry,
  NewLabel,
  NewSchema,
  PutLabelOptions,
  StoredLensRecord,
  StoredSchema,
} from "./protocols/index-provider.ts";
export type { SearchBackend, SearchPage, SearchQuery } from "./protocols/search-backend.ts";
export { contentId } from "./index-facade/content-id.ts";
export { memoryIndex } from "./index-facade/memory-index.ts";
export { createIndex } from "./index-facade/create-index.ts";
export { type EntryDetails, entryDetails, type ProvenanceStep } from "./index-facade/entry-metadata.ts";
export { localSchemaRef } from "./index-facade/schema-ref.ts";
export { type ScannedIndex, scanSearch } from "./index-facade/scan-search.ts";
export type { Index, IndexOptions, Repository, RepositoryNetwork } from "./index-facade/index-facade.ts";
export type { CopyOptions, DeleteOptions, EntryOptions, FindLensOptions } from "./index-facade/index-options.ts";
export type { IndexLabelsOptions, IndexListOptions, IndexQuery } from "./index-facade/index-options.ts";
export type { IndexWriteOptions, InsertOptions, LabelOptions, NamedLensOptions } from "./index-facade/index-options.ts";
export type { PublishOptions, SchemaOptions, IndexStoreLensOptions } from "./index-facade/index-options.ts";
export type { DeleteReport, IndexPage, RepoEntry, RepoLabel, RepoSchema } from "./index-facade/repo-items.ts";
export { loadDataset, type LoadOptions } from "./load/load-dataset.ts";
export type { DatasetDict } from "./load/dataset-dict.ts";

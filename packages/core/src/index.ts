/**
 * Typed samples, n-d arrays, lenses, predicates and the Dataset, over pluggable sources, stores and shard formats.
 *
 * @module
 */

// Errors
export { AtdataError, type ErrorCode, type ErrorExtras, type ErrorFields, isAtdataError } from "./errors.ts";
export { dict, list, optional } from "./schema/container-fields.ts";
export { type NdArrayFieldOptions, ndarray } from "./schema/ndarray-field.ts";
// Sample types
export { type SampleOptions, sample } from "./schema/sample.ts";
export type { ExtraOptions, Infer, RawSample, SampleType } from "./schema/sample-type.ts";
export { bool, bytes, float, int, int64, str } from "./schema/scalar-fields.ts";

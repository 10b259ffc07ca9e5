/**
 * Rules for atdata backends as data, and two ways to run them: in any test runner, or as a report.
 *
 * A backend's whole test file is one call:
 *
 * ```ts
 * import { memoryStore } from "@atdata/core";
 * import { dataStoreCases, register } from "@atdata/conformance";
 * import { describe, it } from "node:test";
 * register({ describe, it }, dataStoreCases, () => memoryStore());
 * ```
 *
 * A case is skipped only where the backend does not declare what it needs; skips are counted and reported.
 *
 * @module
 */

// Running cases
export { type Backend, checkBackend, type ProtocolReport } from "./backend.ts";
export { type ConformanceCase, ConformanceError, type Need } from "./case.ts";
// Test helpers
export { type CountingSource, countingSource } from "./counting-source.ts";
// The rules of each protocol, and what a factory makes for them
export { dataSourceCases } from "./data-source-cases.ts";
export { dataStoreCases } from "./data-store-cases.ts";
export type { FormatFixture, MakeFormat, SampleShard } from "./format-fixture.ts";
export { indexProviderCases } from "./index-provider-cases.ts";
export type { IndexFixture, MakeIndexProvider } from "./index-provider-fixture.ts";
export {
  type CaseResult,
  type ConformanceReport,
  check,
  KIT_PROTOCOL_VERSION,
  register,
  type SkipContext,
  type TestRunner,
} from "./run.ts";
export { searchBackendCases } from "./search-cases.ts";
export type { MakeSearchBackend, SearchFixture } from "./search-fixture.ts";
export { shardFormatCases } from "./shard-format-cases.ts";
export type { MakePlugin } from "./plugin-fixture.ts";
export { shardPluginCases } from "./shard-plugin-cases.ts";
export { slowSource } from "./slow-source.ts";
export type { MakeSource, SourceFixture } from "./source-fixture.ts";
export type { MakeStore } from "./store-fixture.ts";
export { type MakeTelemetry, type TelemetryFixture, telemetryCases } from "./telemetry-cases.ts";

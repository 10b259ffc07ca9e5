import type { ConformanceCase } from "./case.ts";
import { dataSourceCases } from "./data-source-cases.ts";
import { dataStoreCases } from "./data-store-cases.ts";
import type { MakeFormat } from "./format-fixture.ts";
import { indexProviderCases } from "./index-provider-cases.ts";
import type { MakeIndexProvider } from "./index-provider-fixture.ts";
import type { MakePlugin } from "./plugin-fixture.ts";
import { type ConformanceReport, check } from "./run.ts";
import { searchBackendCases } from "./search-cases.ts";
import type { MakeSearchBackend } from "./search-fixture.ts";
import { shardFormatCases } from "./shard-format-cases.ts";
import { shardPluginCases } from "./shard-plugin-cases.ts";
import type { MakeSource } from "./source-fixture.ts";
import type { MakeStore } from "./store-fixture.ts";
import { type MakeTelemetry, telemetryCases } from "./telemetry-cases.ts";

/** The factories of a backend, one for each protocol that it implements; a module may export them under these names. */
export interface Backend {
  /** Makes a `DataSource`. */
  readonly makeSource?: MakeSource | undefined;
  /** Makes a `DataStore`. */
  readonly makeStore?: MakeStore | undefined;
  /** Makes an `IndexProvider`. */
  readonly makeIndexProvider?: MakeIndexProvider | undefined;
  /** Makes a `SearchBackend`. */
  readonly makeSearchBackend?: MakeSearchBackend | undefined;
  /** Makes a `ShardFormat`. */
  readonly makeShardFormat?: MakeFormat | undefined;
  /** Makes a `ShardPlugin`. */
  readonly makePlugin?: MakePlugin | undefined;
  /** Makes a `Telemetry`. */
  readonly makeTelemetry?: MakeTelemetry | undefined;
}

/** What became of the cases of one protocol. */
export interface ProtocolReport extends ConformanceReport {
  /** The protocol, by the name of its interface. */
  readonly protocol: string;
}

/**
 * Runs the cases of every protocol that there is a factory for, one after the other, and reports.
 *
 * Order: of the protocols, whatever the order of the factories; none where there is no factory.
 *
 * @throws ConformanceError – if core has another version of the protocols than this kit.
 * @example
 * ```ts
 * import { checkBackend } from "@atdata/conformance";
 * import { memoryIndex, memoryStore } from "@atdata/core";
 * const reports = await checkBackend({
 *   makeStore: () => memoryStore(),
 *   makeIndexProvider: () => ({ provider: memoryIndex() }),
 * });
 * reports.map(({ protocol, failed }) => [protocol, failed]); // -> [["DataStore", 0], ["IndexProvider", 0]]
 * ```
 */
export async function checkBackend(backend: Backend): Promise<ProtocolReport[]> {
  const reports: ProtocolReport[] = [];
  const add = async <TMake>(
    protocol: string,
    cases: readonly ConformanceCase<TMake>[],
    make: TMake | undefined,
  ): Promise<void> => {
    if (make !== undefined) reports.push({ protocol, ...(await check(cases, make)) });
  };
  await add("DataSource", dataSourceCases, backend.makeSource);
  await add("DataStore", dataStoreCases, backend.makeStore);
  await add("IndexProvider", indexProviderCases, backend.makeIndexProvider);
  await add("SearchBackend", searchBackendCases, backend.makeSearchBackend);
  await add("ShardFormat", shardFormatCases, backend.makeShardFormat);
  await add("ShardPlugin", shardPluginCases, backend.makePlugin);
  await add("Telemetry", telemetryCases, backend.makeTelemetry);
  return reports;
}

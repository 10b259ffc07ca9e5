import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import {
  type ConformanceCase,
  check,
  dataSourceCases,
  dataStoreCases,
  indexProviderCases,
  searchBackendCases,
  shardFormatCases,
  shardPluginCases,
  telemetryCases,
} from "../src/index.ts";
import { formatMutants, goodFormat } from "./mutants/formats.ts";
import { indexCallMutants } from "./mutants/index-calls.ts";
import { indexDocumentMutants } from "./mutants/index-documents.ts";
import { indexEntryMutants } from "./mutants/index-entries.ts";
import { goodIndex } from "./mutants/index-provider.ts";
import { goodPlugin, pluginMutants } from "./mutants/plugins.ts";
import { goodSearch, searchMutants } from "./mutants/searches.ts";
import { goodSource, sourceMutants } from "./mutants/sources.ts";
import { goodStore, storeMutants } from "./mutants/stores.ts";
import { goodTelemetry, telemetryMutants } from "./mutants/telemetries.ts";

const counts: Record<string, number> = {};

/** Fails unless the good backend passes every case, each mutant fails one, and each case fails a mutant. */
function prove<TMake>(
  name: string,
  cases: readonly ConformanceCase<TMake>[],
  good: TMake,
  mutants: Readonly<Record<string, TMake>>,
): void {
  counts[name] = cases.length;
  describe(name, () => {
    it("passes a good backend, with no case skipped", async () => {
      const report = await check(cases, good);
      expect(report.results.filter((result) => result.outcome !== "passed")).toEqual([]);
      expect(report.passed).toBe(cases.length);
    });

    const killing = new Set<string>();
    for (const [fault, make] of Object.entries(mutants)) {
      it(`fails a backend that ${fault}`, async () => {
        const failed = (await check(cases, make)).results.filter((result) => result.outcome === "failed");
        for (const { id } of failed) killing.add(id);
        expect(failed.map(({ id }) => id)).not.toEqual([]);
      });
    }

    it("has no case that fails none of them", () => {
      expect(cases.map(({ id }) => id).filter((id) => !killing.has(id))).toEqual([]);
    });

    it("has a name of its own for each case", () => {
      expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    });
  });
}

prove("dataSourceCases", dataSourceCases, goodSource, sourceMutants);
prove("dataStoreCases", dataStoreCases, goodStore, storeMutants);
prove("indexProviderCases", indexProviderCases, goodIndex, {
  ...indexEntryMutants,
  ...indexDocumentMutants,
  ...indexCallMutants,
});
prove("searchBackendCases", searchBackendCases, goodSearch, searchMutants);
prove("shardFormatCases", shardFormatCases, goodFormat, formatMutants);
prove("shardPluginCases", shardPluginCases, goodPlugin, pluginMutants);
prove("telemetryCases", telemetryCases, goodTelemetry, telemetryMutants);

describe("the kit", () => {
  it("has as many cases as case-counts.json says, so that none is lost unnoticed", async () => {
    const committed: unknown = JSON.parse(await readFile(new URL("./case-counts.json", import.meta.url), "utf8"));
    expect(counts).toEqual(committed);
  });
});

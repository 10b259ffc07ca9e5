import type { ConformanceCase } from "./case.ts";
import { callCases } from "./index-provider-call-cases.ts";
import { concurrencyCases } from "./index-provider-concurrency-cases.ts";
import { entryCases } from "./index-provider-entry-cases.ts";
import type { MakeIndexProvider } from "./index-provider-fixture.ts";
import { labelCases } from "./index-provider-label-cases.ts";
import { labelledCases } from "./index-provider-labelled-cases.ts";
import { listingCases } from "./index-provider-listing-cases.ts";
import { nameCases } from "./index-provider-name-cases.ts";
import { schemaRefCases, versionedCases } from "./index-provider-versioned-cases.ts";

/** The rules of an `IndexProvider`. */
export const indexProviderCases: readonly ConformanceCase<MakeIndexProvider>[] = [
  ...entryCases,
  ...nameCases,
  ...versionedCases,
  ...schemaRefCases,
  ...labelCases,
  ...labelledCases,
  ...listingCases,
  ...callCases,
  ...concurrencyCases,
];
